"""What locators found when they last worked: a file to commit or to cache, as a lock file is."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

MOST = 2_000  # elements of a file
LARGEST = 16 * 2**20  # bytes of a file
_LAYOUT = frozenset({"location", "area", "shape", "neighborText"})
_TRIES = 50  # to get a file's turn, a tenth of a second apart

Element = dict[str, Any]  # as `element.js` tells it
Known = dict[str, dict[str, Element]]  # by scope and locator


class Elements:
    """The elements that were known before, and those that were seen now."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._before = _read(path) if path else {}
        self._seen: Known = {}

    def lacks(self, scope: str, locator: str) -> bool:
        """Whether it is worth a look at the page: once in a run."""
        return self._path is not None and locator not in self._seen.get(scope, {})

    def note(self, scope: str, locator: str, element: Element) -> None:
        """A locator has worked."""
        self._seen.setdefault(scope, {})[locator] = element

    def last(self, scope: str, locator: str) -> Element | None:
        """What the locator found when it last worked."""
        seen = self._seen.get(scope, {}).get(locator)
        return seen or self._before.get(scope, {}).get(locator)

    def save(self) -> None:
        """Put what is new into the file, beside what others have put there meanwhile; no more than ``MOST``."""
        if self._path is None or not self._seen:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with _turn(self._path):
            known = _read(self._path)
            room = MOST - sum(map(len, known.values()))
            for scope, found in sorted(self._seen.items()):
                for locator, element in sorted(found.items()):
                    before = known.get(scope, {}).get(locator)
                    if (before is None and room > 0) or (before is not None and _lasting(before) != _lasting(element)):
                        known.setdefault(scope, {})[locator] = element
                        room -= before is None
            _write(self._path, known)


def _lasting(element: Element) -> Element:
    """What is the same on each machine: fonts alone move an element, and the file would change with each run."""
    return {name: value for name, value in element.items() if name not in _LAYOUT}


def _read(path: Path) -> Known:
    """A file that is none, or damaged, is as good as an empty one: it is written anew by the next run."""
    try:
        told = json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST else {}
    except (OSError, ValueError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {scope: found for scope, found in told.items() if isinstance(found, dict)}


def _write(path: Path, known: Known) -> None:
    text = json.dumps(known, indent=1, sort_keys=True) + "\n"
    if path.exists() and path.read_bytes() == text.encode():
        return
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_bytes(text.encode())
    new.replace(path)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """One process after the other; a turn that never ends, as its process was killed, is taken after some seconds."""
    lock = path.with_suffix(".lock")
    for _ in range(_TRIES):
        try:
            lock.mkdir()
            break
        except FileExistsError:
            time.sleep(0.1)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            lock.rmdir()
