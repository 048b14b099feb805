"""Ruby backtraces: crash first, the message on the first line, each cause after what it caused."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, headline, sections, told, without

MARK = re.compile(
    r"\s*(?:from )?((?:[A-Za-z]:)?\S[^:]*(?:\.(?:rb|erb|rake|ru|haml|slim)(?=:)|(?=:\d+:in [`'])))"
    r":(\d{1,9})(?::in [`']([^']*)')?(?:: (.*))?$"
)

_CLASS = re.compile(r"(.*) \(([A-Z]\w*(?:::\w+)*)\)$", re.DOTALL)
_RAILS = re.compile(r"([A-Z]\w*(?:::\w+)*) \((.*)\):?$", re.DOTALL)
_PREFIX = re.compile(r"[A-Z], \[[^\]]*\] +[A-Z]+ -- [^:]*: (?:\[[^\]]*\] )*")  # of Ruby's own logger
_NESTED = re.compile(r"(?:block(?: \(\d+ levels\))?|rescue|ensure) in ")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The error and its causes, the innermost first."""
    parts = [part for part in sections(lines, _raises) if any(map(MARK.match, part))]
    return tuple(reversed([_exception(part) for part in parts[:MAX_EXCEPTIONS]]))


def _raises(line: str) -> bool:
    """Whether a line begins an exception: Ruby's first one, or Rails' "Type (message):"."""
    found = MARK.match(line)
    return found[4] is not None if found else _RAILS.match(line) is not None


def _exception(part: Sequence[str]) -> ExceptionInfo:
    found = [match for match in map(MARK.match, part) if match]
    frames = [Frame(_NESTED.sub("", match[3]) if match[3] else None, None, match[1], int(match[2])) for match in found]
    start = next(index for index, line in enumerate(part) if MARK.match(line))
    kind, value = _head(found[0][4] or "\n".join(part[:start]).strip())
    return told(kind, value, frames)


def _head(text: str) -> tuple[str | None, str | None]:
    """Type and message of "message (Type)", "Type (message):" or "Type: message"; a backtrace alone has neither."""
    text = without(_PREFIX, text)
    rails = _RAILS.match(text)
    if rails is not None and not _CLASS.match(text):
        return rails[1], rails[2] or None
    found = _CLASS.match(text)
    return (found[2], found[1]) if found else headline(text)
