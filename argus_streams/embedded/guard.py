"""Runs one server and ends it when the process that asked for it is gone, even after SIGKILL.

It holds the reading end of a pipe whose writing end its parent holds: the kernel closes that end however the parent
ends, on Linux and macOS alike (Linux's PR_SET_PDEATHSIG alone does not serve macOS). Run as a plain script, so the
standard library is all it may import.
"""

import contextlib
import fcntl
import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STOP = b"s"
POLL_SECONDS = 0.1
LOCKED = "locked"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Orders:
    """What to run, where, and how to end it."""

    command: tuple[str, ...]
    folder: str
    """Working folder, holder of `lock` and `log`."""
    stop_signal: int
    grace_seconds: float
    """From the stop signal to SIGKILL."""
    lock_seconds: float = 15.0
    """How long a server that is just being ended may keep its folder from the next one."""
    user: str | None = None
    """Whom to run it as, where this process may choose."""
    remove: tuple[str, ...] = ()
    """Folders that nobody needs once the parent is gone."""


def main(arguments: list[str]) -> int:
    """Carry out the orders (JSON) of the parent (pid), and exit as the server does."""
    parent, orders = int(arguments[0]), Orders(**json.loads(arguments[1]))
    signalled: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: signalled.append(received))
    with locked(Path(orders.folder) / "lock", orders.lock_seconds) as held:
        if not held:
            say(LOCKED)
            return os.EX_TEMPFAIL
        try:
            child = launch(orders)
        except OSError as error:
            say(f"{FAILED} {error.strerror}")
            return os.EX_OSERR
        say(f"pid {child.pid}")
        abandoned = watch(child, parent, signalled)
        end(child, orders)
    if abandoned:
        for folder in orders.remove:
            shutil.rmtree(folder, ignore_errors=True)
    return child.returncode


def say(line: str) -> None:
    """Tell the parent, unless it is gone."""
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), f"{line}\n".encode())


@contextlib.contextmanager
def locked(path: Path, seconds: float) -> Iterator[bool]:
    """Keep a second server out of the folder; the kernel lets go of the lock when this process ends."""
    deadline = time.monotonic() + seconds
    with path.open("a") as file:
        while not (held := try_lock(file.fileno())) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        yield held


def try_lock(descriptor: int) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def launch(orders: Orders) -> subprocess.Popen[bytes]:
    """Start the server with nothing of ours but its log."""
    identity = {} if orders.user is None else identity_of(orders.user)
    with (Path(orders.folder) / "log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - the command is this package's own
            orders.command, cwd=orders.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **identity
        )


def identity_of(user: str) -> dict[str, Any]:
    """Popen's arguments for running as this user and with no group but its own."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": ()}


def watch(child: subprocess.Popen[bytes], parent: int, signalled: list[int]) -> bool:
    """Wait for the server's end or for a reason to end it; True when the parent is gone."""
    while child.poll() is None and not signalled:
        readable, _, _ = select.select([sys.stdin], [], [], POLL_SECONDS)
        if readable:
            return os.read(sys.stdin.fileno(), 1) != STOP
        if os.getppid() != parent:  # a fork of the parent may still hold the pipe
            return True
    return False


def end(child: subprocess.Popen[bytes], orders: Orders) -> None:
    """Ask the server to stop, then make it."""
    if child.poll() is not None:
        return
    child.send_signal(orders.stop_signal)
    try:
        child.wait(orders.grace_seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
