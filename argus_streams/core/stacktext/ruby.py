"""Ruby backtraces: crash first, the message on the first line, each cause after what it caused."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, headline, sections, told

MARK = re.compile(r"\s*(?:from )?(\S[^:]*\.(?:rb|erb|rake|ru|haml|slim)):(\d{1,9})(?::in [`']([^']*)')?(?:: (.*))?$")

_CLASS = re.compile(r"(.*) \(([A-Z]\w*(?:::\w+)*)\)$")
_NESTED = re.compile(r"(?:block(?: \(\d+ levels\))?|rescue|ensure) in ")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The error and its causes, the innermost first."""
    parts = [part for part in sections(lines, _raises) if any(map(MARK.match, part))]
    return tuple(reversed([_exception(part) for part in parts[:MAX_EXCEPTIONS]]))


def _raises(line: str) -> bool:
    found = MARK.match(line)
    return found is not None and found[4] is not None


def _exception(part: Sequence[str]) -> ExceptionInfo:
    found = [match for match in map(MARK.match, part) if match]
    frames = [Frame(_NESTED.sub("", match[3]) if match[3] else None, None, match[1], int(match[2])) for match in found]
    kind, value = _head(found[0][4] or part[0], alone=MARK.match(part[0]) is not None and found[0][4] is None)
    return told(kind, value, frames)


def _head(text: str, *, alone: bool) -> tuple[str | None, str | None]:
    """Type and message of "message (Type)" or "Type: message"; a backtrace alone has neither."""
    if alone:
        return None, None
    found = _CLASS.match(text)
    return (found[2], found[1]) if found else headline(text)
