"""Ends the process when it stands still though nothing explains it; what runs it starts it again (docs/adr/0020).

The facts are gathered in the event loop, once a second; a thread beside it sees whether the loop itself still answers,
and whether the end of the process comes to an end.
"""

import asyncio
import faulthandler
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from argus_streams.errors import ArgusError
from argus_streams.streaming.watch import Facts, Watch

LOOK_SECONDS = 1.0
GRACE_SECONDS = 10.0  # for a thread that needs the interpreter, before the one that does not ends the process
STDERR = 2
FRAMES = 6  # of the event loop's thread, told when it does not answer


class Stalled(ArgusError):  # noqa: N818 - what happened to us
    """The process stands still, and nothing that is declared explains it."""


async def watch(watched: Watch, facts: Callable[[], Facts], fatal: Callable[[BaseException], None]) -> None:
    """Look once a second, for ever."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        reason = watched.look(facts(), monotonic())
        if reason is not None:
            fatal(Stalled(f"{reason}, and nothing that is declared explains it"))


class Pulse:
    """A thread that ends the process when its event loop does not answer for ``bound`` seconds, or does not end.

    Where the interpreter itself is blocked, in a call that never lets go of its lock, ``faulthandler`` does it.
    """

    def __init__(self, bound: float, fatal: Callable[[BaseException], None]) -> None:
        self._bound = bound
        self._fatal = fatal
        self._beat = monotonic()
        self._deadline: float | None = None
        self._over = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._watched = threading.get_ident()
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def end_within(self, seconds: float) -> None:
        """The process is asked to end, and has so long for it."""
        self._deadline = monotonic() + seconds

    def stop(self) -> None:
        """The loop is about to be left in good order."""
        self._over.set()
        faulthandler.cancel_dump_traceback_later()

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            faulthandler.dump_traceback_later(self._bound + GRACE_SECONDS, exit=True, file=STDERR)
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._answer)
            now = monotonic()
            if now - self._beat > self._bound + LOOK_SECONDS:
                self._fatal(Stalled(f"the event loop has not answered for {now - self._beat:.0f} s: {self._place()}"))
            if self._deadline is not None and now > self._deadline:
                self._fatal(Stalled(f"the end does not come to an end: {self._place()}"))

    def _answer(self) -> None:
        self._beat = monotonic()

    def _place(self) -> str:
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - Python's own way to another thread's place
        calls = traceback.extract_stack(frame)[-FRAMES:] if frame is not None else []
        return " < ".join(f"{call.name} ({call.filename.rpartition('/')[2]}:{call.lineno})" for call in reversed(calls))
