"""JavaScript stacks: V8's ("at f (a:1:2)"), Firefox's, Safari's ("f@a:1:2"), TraceKit's ("at f @ a:1:2"). Crash first."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, headed, headline, sections, told, without

_PLACE = r"\((?:eval at .*|.*:\d+|<anonymous>|native|index \d+)\)"
MARK = re.compile(
    rf"\s*at (?:\S[^(]* {_PLACE}|(?:async )?\S+:\d+|<anonymous>)(?: \{{)?$"  # V8
    r"|[^@]*@(?:(?=[^\s/]*/)\S+:\d+|\[native code\])$"  # Firefox, Safari
    r"|\s*at [^@]* @ \S+$"  # TraceKit, of which Datadog's SDK is made
)

_CAUSE = re.compile(r"\s*(?:\[cause\]|[Cc]aused by): ")
_POSITION = re.compile(r":(\d{1,9})$")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The error and its causes, which stand after it, the innermost first."""
    found = [_exception(section) for section in list(sections(lines, _CAUSE.match))[:MAX_EXCEPTIONS]]
    return tuple(reversed(found))


def _exception(section: Sequence[str]) -> ExceptionInfo:
    head, frames = headed(section, _frame)
    kind, value = headline(without(_CAUSE, head))
    return told(kind, value, frames)


def _frame(line: str) -> Frame | None:
    if MARK.match(line) is None:
        return None
    call = line.strip()
    if not call.startswith("at "):
        function, _, place = call.partition("@")
        return _placed(function, place)
    call = call[3:].rstrip("{ ").removeprefix("async ")
    if " @ " in call:
        function, _, place = call.partition(" @ ")
        return _placed(function.partition("(")[0], place)
    function, opened, place = call.partition(" (")
    return _placed(function, place.removesuffix(")")) if opened else _placed("", call.strip("()"))


def _placed(function: str, place: str) -> Frame:
    """A frame of a name and "file:line:column", either part of which may lack."""
    numbers: list[int] = []
    while len(numbers) < 2 and (found := _POSITION.search(place)):  # noqa: PLR2004 - line and column
        numbers.insert(0, int(found[1]))
        place = place[: found.start()]
    if place.startswith("eval at "):
        place = "<anonymous>"
    line, column = (*numbers, None, None)[:2]
    return Frame(function.partition(" [as ")[0] or None, None, place if numbers else None, line, column)
