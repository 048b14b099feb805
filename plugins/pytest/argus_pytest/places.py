"""Where in the tests' code a locator is written."""

import sys
from types import FrameType
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file, from 1."""

    file: str
    line: int


def caller() -> Place | None:
    """The line of the code that called this plugin."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  (`inspect.stack` reads all the files)
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith("argus_pytest"):
            return Place(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return None
