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
    r"\s*at ([^\s()]+)\.([^\s().](?:[^().\t]*[^\s().])?)\("
    r"(?:Native Method|Unknown Source(?::\d+)?|([^\s():,]+)(?::(-?\d+))?)\)"
)

# A function without a class, as OpenTelemetry writes PHP's traces in the way of Java: "at {main}(index.php:17)".
_BARE = re.compile(r"\s*at ([^\s().]+)\(([^\s():,]+\.php):(\d+)\)")
_MORE = re.compile(r"\s*\.\.\. (\d{1,6}) (?:more|common frames omitted)")
_NESTED = re.compile(r"\s*Suppressed: ")
_CAUSE = re.compile(r"(\s*)Caused by: (?!\[CIRCULAR REFERENCE)")
_CIRCULAR = re.compile(r"\s*(?:Caused by: )?\[CIRCULAR REFERENCE")
_LOADER = re.compile(r"(?:[^/$]*/){1,2}")  # "app//", "java.base@17/", unlike the "/" of a hidden class: "$$Lambda/0x00"
_PREFIX = re.compile(r"\s*(?:Caused by: |Wrapped by: |Exception in thread \"[^\"]*\" )+")
_QUALIFIED = re.compile(r"(?:[\w$]+\.)+[\w$]+(?::|$)")
_THROWN = re.compile(r"(?:[\w$]+\.)*[\w$]*(?:Exception|Error|Failure)(?::|$)")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The chain, causes first, each with the frames that it shares with what it caused ("... 12 more") put back."""
    found: list[ExceptionInfo] = []
    enclosing: list[Frame] = []
    room = 2 * MAX_FRAMES  # frames of all: a line of 30 characters can ask for 500
    margin = next((len(line) - len(line.lstrip()) for line in lines if MARK.match(line)), 0)

    def is_cause(line: str) -> bool:
        """Of the chain itself, not of what was suppressed: that is indented as the calls are."""
        found = _CAUSE.match(line)
        return found is not None and (len(found[1]) < margin or not margin)

    for section in list(sections(lines, is_cause))[:MAX_EXCEPTIONS]:
        own = list(takewhile(lambda line: not _NESTED.match(line) and not _CIRCULAR.match(line), section))
        head, frames = headed(own, _frame)
        more = next((int(match[1]) for match in map(_MORE.match, own) if match), 0)
        enclosing = [*frames, *(enclosing[-more:] if more else ())][: min(MAX_FRAMES, room)]
        room -= len(enclosing)
        module, kind, value = _head(head)
        found.append(told(kind, value, enclosing, module))
    return tuple(reversed(found))


def _head(head: str) -> tuple[str | None, str | None, str | None]:
    """Package, type and message; a log line before the trace is not the message."""
    lines = [without(_PREFIX, line) for line in head.split("\n") if not _MORE.match(line)]
    starts = ([index for index, line in enumerate(lines) if name.match(line)] for name in (_THROWN, _QUALIFIED))
    start = next((found[0] for found in starts if found), 0)
    name, value = headline("\n".join(lines[start:]))
    module, kind = package(name)
    return module, kind, value


def _frame(line: str) -> Frame | None:
    found = MARK.match(line)
    if found is None:
        bare = _BARE.match(line)
        return Frame(bare[1], None, bare[2], int(bare[3][:9])) if bare else None
    owner = without(_LOADER, found[1])
    number = int(found[4][:9]) if found[4] else -1
    return Frame(found[2], owner, found[3], number if number > 0 else None)
