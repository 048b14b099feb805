"""A signal as the rules see it: what two of them may have in common, bounded in size."""

import re
from collections.abc import Callable, Mapping
from hashlib import blake2b

from msgspec import Struct

from argus_streams.core.events import Kind, Severity, Signal, SignalKind
from argus_streams.core.incidents.known import Surroundings
from argus_streams.core.incidents.rules import Role, Shared

TEXT = 200  # bytes of a title or path
NAME = 100  # bytes of a service, release ...
FILES = 200  # of a push
SUBJECT = 300  # bytes

_FAILED = re.compile(r"fail|error|unhealthy", re.IGNORECASE)
_IDLE = re.compile(r"cancel|inactive|skipp|queued|waiting", re.IGNORECASE)
# Files that every other repository has: one such name alone says nothing.
_USUAL = frozenset(
    {
        "index.js", "index.ts", "index.tsx", "index.html", "main.py", "main.go", "main.js", "main.ts", "main.rs",
        "app.js", "app.py", "app.ts", "__init__.py", "utils.py", "utils.js", "utils.ts", "types.ts", "models.py",
        "views.py", "server.js", "Program.cs", "Main.java", "lib.rs", "mod.rs", "handler.go", "package.json",
    }
)  # fmt: skip


class Fact(Struct, frozen=True, array_like=True):
    """One signal on a project's timeline; new fields go to the end, with a default."""

    at: int  # ms, Kafka's time of what caused it
    id: int  # 64 bits of its signal's id within the project
    signal_id: str
    kind: SignalKind
    subject: str
    title: str
    role: Role | None  # none: it ends what is about the same subject
    of: Kind | None = None
    severity: Severity | None = None
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    repository: str | None = None
    branch: str | None = None
    commit: str | None = None
    files: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    trace_id: str | None = None
    session: str | None = None
    type: str | None = None
    culprit: str | None = None
    author: str | None = None
    link: str | None = None
    replayed: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands on the timeline, whenever it arrived."""
        return self.at, self.id


def identity(project: str, signal_id: str) -> int:
    """64 bits that stand for a signal: by these it is known again, and an incident is named after its first one."""
    return int.from_bytes(blake2b(f"{len(project)}:{project}{signal_id}".encode(), digest_size=8).digest())


def fact_of(signal: Signal, at: int) -> Fact | None:
    """What incidents need of a signal; ``None`` = nothing. ``at`` is its time, in ms."""
    role, counts = _role(signal)
    if not counts:
        return None
    return Fact(
        at=at,
        id=identity(signal.project, signal.signal_id),
        signal_id=clipped(signal.signal_id, NAME),
        kind=signal.kind,
        subject=clipped(signal.subject, SUBJECT),
        title=clipped(signal.title, TEXT),
        role=role,
        of=signal.of,
        severity=signal.severity,
        service=_clipped(signal.service, NAME),
        environment=_clipped(signal.environment, NAME),
        release=_clipped(signal.release, NAME),
        repository=_clipped(signal.repository, NAME),
        branch=_clipped(signal.branch, NAME),
        commit=_clipped(signal.commit, NAME),
        files=_ends(signal.files[:FILES]),
        frames=_ends(signal.frames),
        flags=tuple(clipped(flag, NAME) for flag in signal.flags),
        peers=tuple(clipped(peer, NAME) for peer in signal.peers),
        trace_id=_clipped(signal.trace_id, NAME),
        session=_clipped(signal.session, NAME),
        type=_clipped(signal.type, NAME),
        culprit=_clipped(signal.culprit, NAME),
        author=_clipped(signal.author, NAME),
        link=_clipped(signal.link, 2 * TEXT),
        replayed=signal.replayed,
    )


def _role(signal: Signal) -> tuple[Role | None, bool]:
    """What the signal is to the rules, and whether it is anything at all."""
    status = signal.status or ""
    match signal.kind:
        case "group_new" | "group_regressed" | "group_spiking":
            return signal.of or "error", True
        case "deploy":
            return ("failed_deploy" if _FAILED.search(status) else "deploy"), not _IDLE.search(status)
        case "ci":
            return ("ci" if status == "failed" else None), True
        case "pull_request":
            return "merge", status == "merged"
        case "group_resolved":
            return None, status != "open"  # that a resolve was taken back is no end
        case "push" | "group_grown":
            return ("push" if signal.kind == "push" else None), signal.kind != "group_grown"


def clipped(text: str, size: int) -> str:
    """The text's beginning that fits into so many bytes of UTF-8: what is kept of it is bounded in any script."""
    if text.isascii():
        return text[:size]
    return text.encode("utf-8", "replace")[:size].decode(errors="ignore")


def _clipped(text: str | None, size: int) -> str | None:
    return text if text is None else clipped(text, size)


def _ends(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        path[-TEXT:] if path.isascii() else path.encode("utf-8", "replace")[-TEXT:].decode(errors="ignore")
        for path in paths
    )


def same_file(changed: str, seen: str) -> bool:
    """Whether a path of a repository and one of a stack mean the same file: one is the end of the other."""
    ours, theirs = _steps(changed), _steps(seen)
    alike = 0
    for one, other in zip(reversed(ours), reversed(theirs), strict=False):
        if one != other:
            break
        alike += 1
    shortest = min(len(ours), len(theirs))
    return alike >= 2 or (alike == shortest == 1 and ours[-1] not in _USUAL)  # noqa: PLR2004 - a folder and a name


def _steps(path: str) -> list[str]:
    return [step for step in path.partition("?")[0].replace("\\", "/").split("/") if step not in ("", ".", "..", "~")]


def name_of(path: str) -> str:
    """The file's name without folders."""
    return path.partition("?")[0].replace("\\", "/").rpartition("/")[2]


Values = Callable[[Fact, Surroundings], tuple[str, ...]]


def _one(name: str) -> Values:
    def values(fact: Fact, _: Surroundings) -> tuple[str, ...]:
        value = getattr(fact, name)
        return (value,) if value else ()

    return values


def _upstream(fact: Fact, around: Surroundings) -> tuple[str, ...]:
    known = around.upstream(fact.service, fact.at)
    return tuple(dict.fromkeys((*fact.peers, *known))) if known else fact.peers


_SIMPLE: dict[Shared, str] = {
    "service": "service", "environment": "environment", "release": "release", "repository": "repository",
    "branch": "branch", "commit": "commit", "trace": "trace_id", "session": "session", "type": "type",
    "culprit": "culprit",
}  # fmt: skip
# By these values a signal is found: as the one of a rule, and as the other.
ONE: Mapping[Shared, Values] = {
    **{name: _one(field) for name, field in _SIMPLE.items()},
    "flag": lambda fact, _: fact.flags,
    "new_flag": lambda fact, around: around.known.new(fact.flags, fact.at) if fact.flags else (),
    "peer": lambda fact, _: fact.peers,
    "frame": lambda fact, _: fact.frames,
    "file": lambda fact, _: tuple(dict.fromkeys(map(name_of, fact.files))),
    "callee": _one("service"),
    "upstream": _one("service"),
}
OTHER: Mapping[Shared, Values] = {
    **ONE,
    "file": lambda fact, _: tuple(dict.fromkeys(map(name_of, fact.frames))),
    "callee": lambda fact, _: fact.peers,
    "upstream": _upstream,
}


def shared(name: Shared, one: Fact, other: Fact, around: Surroundings) -> str | None:
    """What the two have in common under this name; ``None`` = nothing."""
    if name == "environment":  # an alert often has none: that is no difference
        same = one.environment == other.environment or not one.environment or not other.environment
        return (one.environment or other.environment or "") if same else None
    if name == "file":
        return next((path for path in one.files for frame in other.frames if same_file(path, frame)), None)
    theirs = OTHER[name](other, around)
    return next((value for value in ONE[name](one, around) if value in theirs), None)
