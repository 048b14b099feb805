"""Looking at something that may never answer: each look has a thread and a bound of its own."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from argus_streams.core.doctor.finding import Unseen
from argus_streams.errors import ArgusError

T = TypeVar("T")


class Probe(Generic[T]):
    """A look that runs; its thread is left behind where it does not come back, and does not keep the process."""

    def __init__(self, what: str, look: Callable[[], T], seconds: float) -> None:
        self._what = what
        self._seconds = seconds
        self._until = monotonic() + seconds
        self._found: list[T | Unseen] = []
        self._thread = threading.Thread(target=self._run, args=(look,), name=f"doctor: {what}", daemon=True)
        self._thread.start()

    def result(self) -> T | Unseen:
        """What it saw, or why it saw nothing."""
        self._thread.join(max(0.0, self._until - monotonic()))
        return self._found[0] if self._found else Unseen(f"{self._what} did not answer within {self._seconds:g} s")

    def _run(self, look: Callable[[], T]) -> None:
        try:
            self._found.append(look())
        except ArgusError as error:
            self._found.append(Unseen(str(error)))
        except Exception as error:  # noqa: BLE001 - one look that fails hides no other
            self._found.append(Unseen(f"{self._what} could not be looked at: {type(error).__name__}: {error}"))
