"""Servers of our own: started under a guard, on a free port, in a folder that is kept or not."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from argus_streams.embedded import guard
from argus_streams.errors import Unavailable

Say = Callable[[str], None]
"""Tells the user one line of progress."""

PORTS = range(20_000, 30_000)
"""Below what Linux (32768) and macOS (49152) hand to clients: a client that reconnects to a stopped server of its own
machine can otherwise be given that very port, and occupies it."""
TAIL_LINES = 15
KILL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that a server lives in."""

    path: Path
    temporary: bool

    @property
    def remove(self) -> tuple[str, ...]:
        """What nobody needs once the server is gone."""
        return (str(self.path),) if self.temporary else ()

    def discard(self) -> None:
        """Remove what a start that failed has left."""
        for folder in self.remove:
            shutil.rmtree(folder, ignore_errors=True)

    def __str__(self) -> str:
        return "in a temporary folder" if self.temporary else f"with its data in {self.path}"


def home(directory: Path | None, purpose: str) -> Home:
    """The named folder, made if missing, or a temporary one."""
    if directory is None:
        return Home(Path(tempfile.mkdtemp(prefix=f"argus-{purpose}-")).resolve(), temporary=True)
    path = directory.expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"can not keep {purpose}'s data in {path}: {error.strerror}") from error
    return Home(path, temporary=False)


def claim_ports(folder: Path, count: int) -> tuple[int, ...]:
    """The folder's ports of last time if they are free, else fresh ones, written down there."""
    note = folder / "ports"
    kept = tuple(map(int, note.read_text().split())) if note.exists() else ()
    if len(kept) == count and all(map(is_free, kept)):
        return kept
    # not for security: two processes that start at once should seldom pick the same
    fresh = [port for port in random.SystemRandom().sample(PORTS, 50 * count) if is_free(port)][:count]
    if len(fresh) < count:
        raise Unavailable(f"no free port on 127.0.0.1 between {PORTS.start} and {PORTS.stop}")
    note.write_text(" ".join(map(str, fresh)))
    return tuple(fresh)


def is_free(port: int) -> bool:
    """Whether a server could listen there now; what was closed a moment ago counts as free, as it does for servers."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Server:
    """One server process under its guard; it can be ended in every way and started again with the same orders."""

    def __init__(self, name: str, orders: guard.Orders) -> None:
        self._name = name
        self._orders = orders
        self._guard: subprocess.Popen[bytes] | None = None
        self.pid = 0

    @property
    def running(self) -> bool:
        return self._guard is not None and self._guard.poll() is None

    def start(self) -> None:
        """Run it; returns before it is ready."""
        # by path, in isolated mode: neither the working folder nor PYTHONPATH decides what the guard imports
        program = [sys.executable, "-I", guard.__file__, str(os.getpid()), json.dumps(asdict(self._orders))]
        self._guard = subprocess.Popen(  # noqa: S603 - our own script
            program, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._guard.stdout is not None  # noqa: S101 - told to mypy
        with self._guard.stdout as answers:
            answer, _, detail = answers.readline().decode().strip().partition(" ")
        if answer == "pid":
            self.pid = int(detail)
            return
        self._reap(KILL_SECONDS)
        if answer == guard.LOCKED:
            raise Unavailable(
                f"{self._orders.folder} is in use by another {self._name}: stop it, or name another folder"
            )
        raise Unavailable(
            f"{self._name} could not be started: {self._orders.command[0]}: {detail or 'its guard ended'}"
        )

    def start_until(self, answers: Callable[[], bool], seconds: float) -> None:
        """Run it, and return once it answers; else end it and raise with the end of its log."""
        self.start()
        deadline = time.monotonic() + seconds
        try:
            while not answers():
                self._check(deadline, seconds)
                time.sleep(0.05)
        except BaseException:
            self.halt()
            raise

    def _check(self, deadline: float, seconds: float) -> None:
        if not self.running:
            raise Unavailable(f"{self._name} ended at once; the end of its log:\n{self.log_tail()}")
        if time.monotonic() > deadline:
            raise Unavailable(f"{self._name} did not answer in {seconds:.0f} s; the end of its log:\n{self.log_tail()}")

    def halt(self) -> None:
        """Stop it in good order; its data stay."""
        process = self._guard
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            process.stdin.write(guard.STOP)
        self._reap(self._orders.grace_seconds + KILL_SECONDS)

    def kill(self) -> None:
        """End it as a crash would (SIGKILL); its data stay."""
        if self.running:
            os.kill(self.pid, signal.SIGKILL)
        self._reap(KILL_SECONDS)

    def remove(self) -> None:
        """Stop it, and remove what nobody needs any more."""
        self.halt()
        for folder in self._orders.remove:
            shutil.rmtree(folder, ignore_errors=True)

    def log_tail(self) -> str:
        """The last lines that it wrote."""
        log = Path(self._orders.folder) / "log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return "\n".join(lines[-TAIL_LINES:])

    def _reap(self, seconds: float) -> None:
        process, self._guard = self._guard, None
        if process is None:
            return
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()
