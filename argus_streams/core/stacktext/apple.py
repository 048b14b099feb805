"""Crash reports of iOS and macOS, and the bare backtraces that their notifiers write in the same columns: crash first.

https://developer.apple.com/documentation/xcode/examining-the-fields-in-a-crash-report
"""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import told

# "4   UIKitCore   0x00007fff47850e1a -[UIApplication sendAction:to:] + 83", also with "(Cart.swift:12)" at its end.
MARK = re.compile(r"\s*\d{1,4} +(\S+(?: \S+){0,4}) +\t?(0x[0-9a-fA-F]{6,16}) (.+)$|Exception Type: +\S")

_TYPE = re.compile(r"Exception Type: +(\w+)(?: \(([^()]*)\))?")
_RAISED = re.compile(r".*uncaught exception '([^']+)', reason: '?(.*?)'?$")
_PLACE = re.compile(r" \(([^():]+):(\d{1,9})\)$")
_CRASHED = re.compile(r"Thread \d+ Crashed:")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The exception with the stack of the thread that crashed; of bare backtraces the first."""
    start = next((index for index, line in enumerate(lines) if _CRASHED.match(line)), 0)
    frames: list[Frame] = []
    for line in lines[start:]:
        frame = _frame(line)
        if frame is not None:
            frames.append(frame)
        elif frames:
            break
    kind, value = _raised(lines)
    return (told(kind, value, frames),)


def _raised(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """What was thrown, where the report says so, else the signal of the kernel."""
    thrown = next((found for found in map(_RAISED.match, lines) if found), None)
    if thrown is not None:
        return thrown[1], thrown[2] or None
    signal = next((found for found in map(_TYPE.match, lines) if found), None)
    return (signal[1], signal[2]) if signal is not None else (None, None)


def _frame(line: str) -> Frame | None:
    found = MARK.match(line)
    if found is None or found[1] is None:
        return None
    name, file, number = found[3], None, None
    place = _PLACE.search(name)
    if place is not None:
        name, file, number = name[: place.start()], place[1], int(place[2])
    symbol = name.rpartition(" + ")[0] or name
    return Frame(None if symbol.startswith("0x") else symbol, None, file, number, package=found[1])
