"""PHP traces: causes first ("Next" tells the outer one), crash first, each place the one that called."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, headline, sections, told

MARK = re.compile(r"\s*#\d+ (?:(\S.*?)\((\d{1,9})\)|\[internal function\]): (.+)$|#\d+ \{main\}$")

# Monolog: "[object] (Shop\\Declined(code: 0): declined at /srv/cart.php:12)", the causes after what they brought about.
_OBJECT = re.compile(r"\[object\] \(([\w\\@]+)[^(]*\(code: [^)]*\): (.*) at (\S+?):(\d{1,9})\)", re.DOTALL)
_PREFIX = re.compile(r"(?:Next |PHP )?(?:Fatal error:\s+)?(?:Uncaught )?")
_THROWN = re.compile(r"(.*) in (\S+?)(?::|\()(\d{1,9})\)?$", re.DOTALL)


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The chain as it is told."""
    parts = [part for part in sections(lines, _is_next) if any(map(MARK.match, part))]
    found = [_exception(part) for part in parts[:MAX_EXCEPTIONS]]
    return tuple(reversed(found) if any("[object] (" in line for line in lines) else found)


def _is_next(line: str) -> bool:
    return line.startswith(("Next ", "[previous exception] "))


def _exception(part: Sequence[str]) -> ExceptionInfo:
    """A frame is a function and the place where it was left: the throw's, then each caller's line."""
    start = next(index for index, line in enumerate(part) if MARK.match(line))
    head = "\n".join(line for line in part[:start] if line and not line.startswith(("Stack trace:", "[stacktrace]")))
    kind, value, thrown = _head(head.strip())
    calls = [match for match in map(MARK.match, part[start:]) if match]
    files = [thrown and thrown[0], *(match[1] for match in calls)]
    numbers = [thrown and thrown[1], *(match[2] for match in calls)]
    names = [*(match[3] for match in calls), None]
    frames = [
        Frame(_function(name), None, file, int(number) if number else None)
        for name, file, number in zip(names, files, numbers, strict=True)
        if name or file
    ]
    return told(kind, value, frames)


def _head(head: str) -> tuple[str | None, str | None, tuple[str, str] | None]:
    """Type, message, and the file and line of the throw."""
    logged = _OBJECT.search(head)
    if logged is not None:
        return logged[1].replace("\\\\", "\\"), logged[2], (logged[3], logged[4])
    head = _PREFIX.sub("", head, count=1)
    thrown = _THROWN.match(head)
    return *headline(thrown[1] if thrown else head), (thrown[2], thrown[3]) if thrown else None


def _function(call: str | None) -> str | None:
    """``Cart->add(Object(Item), 2)`` as ``Cart::add``; arguments are values."""
    return call.partition("(")[0].replace("->", "::").replace("\\\\", "\\") if call else None
