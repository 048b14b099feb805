"""Worker processes kept running: one that ends is started again, all end together."""

import logging
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

log = logging.getLogger(__name__)

MISCONFIGURED = 78  # EX_CONFIG: starting again can not help
STOP_SECONDS = 8.0  # above what a worker needs to drain
PAUSES = (0.5, 30.0)  # before a restart, doubled each time ...
STEADY_SECONDS = 60.0  # ... until it ran for this long


class Launch(NamedTuple):
    """How a worker is started."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None  # where its standard error goes; None = to ours


@dataclass(slots=True)
class Child:
    """One worker process."""

    process: subprocess.Popen[bytes]
    started: float
    restarts: int = 0
    pause: float = PAUSES[0]
    due: float | None = None  # when to start it again


class Supervisor:
    """Starts workers, restarts those that end, and ends with all of them.

    Each worker's standard input is a pipe of ours: when we are gone, however that came, it closes, and the worker ends.
    """

    def __init__(self, launches: Mapping[str, Launch]) -> None:
        self._launches = launches
        self.children: dict[str, Child] = {}

    def start(self) -> None:
        """Start every worker."""
        for name in self._launches:
            self.children[name] = Child(self._launch(name), monotonic())

    def check(self) -> int | None:
        """Restart what ended; the exit code when starting again can not help. Call it a few times a second."""
        now = monotonic()
        for name, child in self.children.items():
            code = child.process.poll()
            if code is None:
                if now - child.started > STEADY_SECONDS:
                    child.pause = PAUSES[0]
                continue
            if code == MISCONFIGURED:
                return code
            if child.due is None:
                log.warning("worker %s ended (%s): starting it again in %.1f s", name, _ending(code), child.pause)
                child.due, child.pause = now + child.pause, min(child.pause * 2, PAUSES[1])
            elif now >= child.due:
                _release(child.process)
                child.process, child.started, child.due = self._launch(name), now, None
                child.restarts += 1
        return None

    def kill(self, name: str) -> None:
        """End one worker as a crash would."""
        self.children[name].process.kill()

    def stop(self) -> None:
        """Let every worker finish its turn, then end it."""
        for child in self.children.values():
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        deadline = monotonic() + STOP_SECONDS
        for child in self.children.values():
            while child.process.poll() is None and monotonic() < deadline:
                sleep(0.05)
            if child.process.poll() is None:
                child.process.kill()
            child.process.wait()
            _release(child.process)

    def _launch(self, name: str) -> subprocess.Popen[bytes]:
        command, environment, log_file = self._launches[name]
        with nullcontext() if log_file is None else log_file.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own command line
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=output,
                env=environment,
                start_new_session=True,  # Ctrl-C is for us: we end them in good order
            )


def _release(process: subprocess.Popen[bytes]) -> None:
    """Close our end of an ended worker's pipe."""
    if process.stdin is not None:
        process.stdin.close()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
