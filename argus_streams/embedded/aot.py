"""A cache of a Java program's loaded and linked classes (JEP 483, 514): a start takes about half the CPU time."""

import fcntl
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from argus_streams.embedded.process import Say
from argus_streams.errors import Unavailable

Command = tuple[str, ...]


def with_cache(java: Command, folder: Path, train: Callable[[Command], None], say: Say) -> Command:
    """The command with its cache in the folder, which is made, once, from what ``train`` loads with a command.

    Where it can not be made the command is as it was. Java itself leaves a cache aside that does not fit.
    """
    cache = folder / f"classes-{identity(java)}.aot"
    try:
        with (folder / "aot.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # several start at once: one makes it, for all
            if not cache.exists():
                make(cache, java, train)
    except (OSError, Unavailable) as error:
        say(f"Java starts slower than it could, as {cache} could not be made: {error}")
        return java
    return option(java, f"-XX:AOTCache={cache}")


def identity(java: Command) -> str:
    """Of the options, the jars, and the Java that is installed: one cache fits one of them."""
    installed = Path(java[0]).stat().st_mtime_ns
    return hashlib.sha256(f"{installed} {java}".encode()).hexdigest()[:16]


def make(cache: Path, java: Command, train: Callable[[Command], None]) -> None:
    """Let the program run once, and keep what Java has noted down: a whole file or none."""
    with tempfile.TemporaryDirectory(dir=cache.parent) as scratch:
        fresh = Path(scratch) / cache.name
        train(option(java, f"-XX:AOTCacheOutput={fresh}"))
        fresh.rename(cache)


def option(java: Command, given: str) -> Command:
    """The command with one more option."""
    program, *rest = java
    return (program, given, *rest)
