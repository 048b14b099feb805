"""Java, Kotlin and Scala traces: crash first, each cause after what it caused."""

import re
from collections.abc import Sequence
from itertools import takewhile

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import (
    MAX_EXCEPTIONS,
    MAX_FRAMES,
    headed,
    headline,
    package,
    sections,
    told,
    without,
)

# "at app//com.acme.Cart.add(Cart.java:12)", also with "(Native Method)" or "(Unknown Source)".
MARK = re.compile(
    r"\s*at ([^\s()]+)\.([^\s().]+)\((?:Native Method|Unknown Source(?::\d+)?|([^\s():,]+)(?::(-?\d+))?)\)"
)

_MORE = re.compile(r"\s*\.\.\. (\d{1,6}) (?:more|common frames omitted)")
_SUPPRESSED = re.compile(r"\s+Suppressed: ")
_PREFIX = re.compile(r"(?:Caused by: |Wrapped by: |Exception in thread \"[^\"]*\" )+")
_QUALIFIED = re.compile(r"(?:[\w$]+\.)+[\w$]+(?::|$)")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The chain, causes first, each with the frames that it shares with what it caused ("... 12 more") put back."""
    found: list[ExceptionInfo] = []
    enclosing: list[Frame] = []
    for section in list(sections(lines, _is_cause))[:MAX_EXCEPTIONS]:
        own = list(takewhile(lambda line: not _SUPPRESSED.match(line), section))
        head, frames = headed(own, _frame)
        more = next((int(match[1]) for match in map(_MORE.match, own) if match), 0)
        enclosing = [*frames, *(enclosing[-more:] if more else ())][:MAX_FRAMES]
        module, kind, value = _head(head)
        found.append(told(kind, value, enclosing, module))
    return tuple(reversed(found))


def _is_cause(line: str) -> bool:
    return line.startswith("Caused by: ")


def _head(head: str) -> tuple[str | None, str | None, str | None]:
    """Package, type and message; a log line before the trace is not the message."""
    lines = [without(_PREFIX, line) for line in head.split("\n") if not _MORE.match(line)]
    start = next((index for index, line in enumerate(lines) if _QUALIFIED.match(line)), 0)
    name, value = headline("\n".join(lines[start:]))
    module, kind = package(name)
    return module, kind, value


def _frame(line: str) -> Frame | None:
    found = MARK.match(line)
    if found is None:
        return None
    owner = found[1].rpartition("/")[2]  # without the class loader and module: "app//", "java.base@17/"
    number = int(found[4][:9]) if found[4] else -1
    return Frame(found[2], owner, found[3], number if number > 0 else None)
