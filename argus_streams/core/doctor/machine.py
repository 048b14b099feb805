"""Where this runs: clocks, the state folder, limits and versions; and Redis and the workers beside it."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from argus_streams.core.doctor.finding import Finding, Unseen, fine, names, unknown, warning, wrong

SKEW_MS = 5_000  # above it what came first is told by two clocks that disagree
SOON_MS = 1_000  # below SKEW_MS: NTP keeps machines within some ms, so it is likely off
MIB = 1024**2
FULL_BYTES = 256 * MIB  # two write buffers and a compaction of a small state
LEAST_MEMORY = 256 * MIB  # what the smallest role has
LEAST_FILES = 1_024  # RocksDB holds up to 256, sockets to brokers come on top
MEMORY_DISKS = frozenset({"tmpfs", "ramfs"})
NTP = "let an NTP client keep the time (chronyc tracking, timedatectl) on the machine that is off"


class Skew(Struct, frozen=True, kw_only=True):
    """Another clock against ours, ms; positive = it is ahead."""

    whose: str
    least: float  # the truth lies between these two
    most: float


class Ahead(Struct, frozen=True, kw_only=True):
    """Of a clock of which only its last word is known."""

    whose: str
    least: float  # ms that it is ahead, at least; below 0 = it may be behind or not


class Folder(Struct, frozen=True, kw_only=True):
    """ARGUS_STATE_DIR."""

    path: str
    complaint: str | None = None  # why it can not be used
    free: int | None = None  # bytes
    used: int = 0  # by what lies there
    free_inodes: int | None = None  # ``None`` = the file system has no bound
    disk: str | None = None  # kind of file system
    held: Mapping[str, int] = {}  # process by changelog; 0 = one of another container


class Machine(Struct, frozen=True, kw_only=True):
    """Limits and versions."""

    versions: Mapping[str, str]
    complaints: tuple[str, ...] = ()  # versions that do not fit together
    memory: int | None = None  # bytes, the limit
    files: int | None = None  # open ones, the limit


class Redis(Struct, frozen=True, kw_only=True):
    """A Redis that answers."""

    version: str
    policy: str
    most: int  # bytes; 0 = no bound
    used: int
    evicted: int


class Worker(Struct, frozen=True, kw_only=True):
    """What one says at /readyz."""

    url: str
    complaint: str | None = None  # why there is no answer
    role: str = ""
    obstacles: tuple[str, ...] = ()


def judge_clocks(clocks: Sequence[Skew | Ahead | Unseen]) -> Iterator[Finding]:
    """Whether the clocks agree."""
    for clock in clocks:
        if isinstance(clock, Unseen):
            yield unknown("clock", clock.why)
        elif isinstance(clock, Skew):
            yield _skew(clock)
        elif clock.least > SKEW_MS:
            yield wrong("clock", f"{clock.whose} is at least {clock.least / 1000:,.1f} s ahead of this machine", NTP)
        else:
            told = f"{clock.whose}: no record came in during the look, so its clock can not be read; it is not ahead"
            yield unknown("clock", told, "look again while records come in")


def _skew(clock: Skew) -> Finding:
    off = max(clock.least, -clock.most, 0.0)
    way = "ahead of" if clock.least > 0 else "behind"
    told = f"{clock.whose} is {off / 1000:,.1f} s {way} this machine"
    if off > SKEW_MS:
        return wrong("clock", f"{told}; more than {SKEW_MS / 1000:.0f} s makes wrong hours and orders", NTP)
    if off > SOON_MS:
        return warning("clock", told, NTP)
    return fine("clock", f"{clock.whose} agrees with this machine to {max(abs(clock.least), abs(clock.most)):,.0f} ms")


def judge_folder(found: Folder | None, members: Mapping[str, int | None]) -> Iterator[Finding]:
    """The state folder; ``members`` = workers by changelog, ``None`` where Kafka was not asked."""
    if found is None:
        yield fine("state folder", "ARGUS_STATE_DIR is not set: state is in memory, and read again at each start")
        return
    if found.complaint is not None:
        mend = "name a folder that the user of the workers may write (fsGroup in Kubernetes)"
        yield wrong("state folder", f"{found.path}: {found.complaint}", mend)
        return
    findings = [*_room(found), *_holders(found, members)]
    if found.disk in MEMORY_DISKS:
        told = f"{found.path} is a {found.disk}: it counts as memory, and is gone after a restart"
        findings.append(warning("state folder", told, "name a folder on a disk that stays, or unset ARGUS_STATE_DIR"))
    held = "".join(f"; {name} is held by the worker that runs" for name in found.held)
    free = "" if found.free is None else f", {found.free // MIB:,} MiB free"
    yield from findings or [fine("state folder", f"{found.path} can be written{free}{held}")]


def _room(found: Folder) -> Iterator[Finding]:
    mend = "make room there, or enlarge the volume; an emptied folder is restored from the changelog"
    if found.free_inodes == 0:
        yield wrong("state folder", f"{found.path}: no inode is left", mend)
    if found.free is None:
        return
    told = f"{found.path}: {found.free // MIB:,} MiB are free, and {found.used // MIB:,} MiB are used by state"
    if found.free < FULL_BYTES:
        yield wrong("state folder", f"{told}; {FULL_BYTES // MIB} MiB are needed", mend)
    elif found.free < found.used:
        yield warning("state folder", f"{told}; a compaction may need as much as it holds", mend)


def _holders(found: Folder, members: Mapping[str, int | None]) -> Iterator[Finding]:
    for changelog, process in found.held.items():
        if members.get(changelog) == 0:
            told = f"{found.path}/{changelog} is held by process {process or 'of another container'}, and no worker of "
            told += "its role is a member of its group: a worker that starts here would end with 78"
            yield wrong("state folder", told, "stop that process, or give each worker its own folder")


def judge_machine(found: Machine) -> Iterator[Finding]:
    """Limits and versions."""
    findings = [wrong("machine", told, "pip install --force-reinstall argus-streams") for told in found.complaints]
    if found.memory is not None and found.memory < LEAST_MEMORY:
        told = f"the memory limit is {found.memory // MIB} MiB, and no role fits into less than {LEAST_MEMORY // MIB}"
        findings.append(
            warning("machine", told, "raise the limit where workers run: docs/operations tells each role's")
        )
    if found.files is not None and found.files < LEAST_FILES:
        told = f"at most {found.files} files may be open, and a worker may need {LEAST_FILES}"
        findings.append(
            warning("machine", told, f"ulimit -n {LEAST_FILES} before the start, or LimitNOFILE of its unit")
        )
    told = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    yield from findings or [fine("machine", told)]


def judge_redis(found: Redis | Unseen | None) -> Iterator[Finding]:
    """Redis; without one each worker keeps answers of models itself."""
    if found is None:
        yield fine("redis", "REDIS_URL is not set: each worker keeps answers of models itself")
    elif isinstance(found, Unseen):
        told = f"{found.why}; workers go on, and pay for answers of models that they had"
        yield wrong("redis", told, "start it, correct REDIS_URL, or unset it")
    elif found.most and found.used >= found.most and found.policy == "noeviction":
        told = f"Redis {found.version} is full ({found.most // MIB} MiB) and keeps all: new answers are refused"
        yield warning("redis", told, "config set maxmemory-policy allkeys-lru, or raise maxmemory")
    else:
        evicted = f", {found.evicted:,} answers evicted" if found.evicted else ""
        yield fine("redis", f"Redis {found.version}, {found.policy}{evicted}")


def judge_workers(workers: Sequence[Worker]) -> Iterator[Finding]:
    """What workers say that were asked; 0 = none was named."""
    passing = ("rebalancing", "recovering", "not yet a member")
    for each in workers:
        who = f"{each.role} at {each.url}" if each.role else each.url
        if each.complaint is not None:
            told, mend = f"{who} does not answer: {each.complaint}", "start it, or correct --workers"
            yield wrong("workers", told, mend)
        elif each.obstacles:
            judge = warning if all(told.startswith(passing) for told in each.obstacles) else wrong
            mend = 'docs/operations/README.md, "Probes": what to do about each obstacle'
            yield judge("workers", f"{who} is not ready: {'; '.join(each.obstacles)}", mend, each.obstacles)
    ready = [each.url for each in workers if each.complaint is None and not each.obstacles]
    if ready:
        yield fine("workers", f"{names(ready)}: ready")
