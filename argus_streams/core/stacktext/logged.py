"""A trace as loggers and containers hand it on: escaped on one line, in colours, behind a prefix on every line."""

import re
from collections.abc import Sequence

from argus_streams.core.stacktext.lines import bounded

_TIME = (
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d-[A-Z][a-z]{2}-\d{4}|[A-Z][a-z]{2} [ \d]\d)[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
    r"(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?\]?"
)
# What Docker, Compose, Kubernetes, syslog, Heroku and Sidekiq put before each line; one space parts it from the line.
_PREFIX = re.compile(
    r"(?=\S)(?:[a-z][\w.-]*\s+\||\[pod/[^\]\s]+\])?"
    rf"(?: ?{_TIME}(?: (?:stdout|stderr) [FP])?(?: (?:[\w.-]+ )?[\w./-]+\[[\w.]+\]:)?(?: \w+=\S+)*"
    r"(?: +\[?(?:ERROR|FATAL|CRITICAL|SEVERE|WARN|WARNING|NOTICE|INFO|DEBUG|E|F|W)\]?:?)?)?(?: |$)"
)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_STRING = re.compile(r'(?<!\\)"((?:[^"\\]|\\.)*)"?')
_ESCAPED = re.compile(r'\\([ntr"/\\])')
_ESCAPES = {"n": "\n", "t": "\t", "r": ""}


def told(text: str) -> list[str]:
    """The lines of the trace itself, each and all together of limited length."""
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    if "\n" not in text:
        text = _unescaped(text) if "\\n" in text else text.replace("#012", "\n")  # rsyslog's line end
    return _without_prefix(bounded(text))


def _unescaped(text: str) -> str:
    """What a JSON string told, of a line of JSON the string that has several lines."""
    text = next((found[1] for found in _STRING.finditer(text) if "\\n" in found[1]), text)
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


def _without_prefix(lines: Sequence[str]) -> list[str]:
    """A prefix of the first line alone is a logger's: it stands before the message, not before the trace."""
    first = [line for line in lines[:4] if line][:2]
    if len(first) == 1 or not all(map(_PREFIX.match, first)):
        return list(lines)
    return [line[found.end() :] if (found := _PREFIX.match(line)) else line for line in lines]
