"""Native stacks, crash first: of debuggers, sanitizers, glibc's ``backtrace`` and Android's tombstones."""

import re
from collections.abc import Iterator, Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import told

MARK = re.compile(
    r"\s*(?:\* )?(?:frame )?#\d+:?\s+(?:pc [0-9a-f]{6,16}\s|0x[0-9a-f]{4,16}\s|\S.*\) (?:at \S+:\d|from \S))"
    r"|[^\s()]+\((?:\S*\+0x[0-9a-f]+)?\)\s?\[0x[0-9a-f]+\]$"  # "./app(_ZN4Cart3addEi+0x1f) [0x4006]"
    r"|==\d+==(?:ERROR|WARNING): \w+Sanitizer: |WARNING: ThreadSanitizer: |\S+:\d+:\d+: runtime error: "
    r"|terminate called after throwing an instance of "
)

_NUMBERED = re.compile(r"\s*(?:\* )?(?:frame )?#(\d{1,4}):?\s+(?:pc )?(?:(?:0x)?[0-9a-f]{6,16}\s+)?(?:in )?(.*)$")
_CALL = re.compile(r"([^\s()]+)\((?:(\S*)\+0x[0-9a-f]+)?\)\s?\[0x[0-9a-f]+\]$")
_MAPPED = re.compile(r"(/\S+)(?: \(offset \w+\))?(?: \((.+?)(?:\+\d+)?\))?(?: \(BuildId: \w+\))?$")  # of a tombstone
_LINE = re.compile(r"(\S*?[^\s:]):(\d{1,9})(?::(\d{1,9}))?$")
_BINARY = re.compile(r"(?:^| )\(([^()\s]+)\+0x[0-9a-f]+\)(?: \(BuildId: \w+\))?$")
_SANITIZED = re.compile(r"(?:==\d+==)?(?:ERROR|WARNING): \w+Sanitizer: (.*?)(?= on | in |\(| \(|$)")
_UNDEFINED = re.compile(r"\S+:\d+:\d+: (runtime error): (.*)$")
_THROWN = re.compile(r"terminate called after throwing an instance of '([^']+)'")
_WHAT = re.compile(r"\s*what\(\):\s+(.*)$")
_SIGNAL = re.compile(
    r"(?:Program (?:received|terminated with) signal|Fatal signal|signal) (?:\d+ \()?(\w+)\)?,?\s*(.*)$"
)


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The crash with its first stack: those after it tell other threads, or where memory was freed."""
    kind, value = _raised(lines)
    return (told(kind, value, list(_frames(lines))),)


def _raised(lines: Sequence[str]) -> tuple[str | None, str | None]:
    for index, line in enumerate(lines):
        if found := _THROWN.match(line):
            what = _WHAT.match(lines[index + 1]) if index + 1 < len(lines) else None
            return found[1], what[1] if what else None
        if found := _SANITIZED.match(line):
            return found[1].strip(), line.partition("Sanitizer: ")[2]
        if found := _UNDEFINED.match(line) or _SIGNAL.match(line):
            return found[1], found[2] or None
    return None, None


def _frames(lines: Sequence[str]) -> Iterator[Frame]:
    last = -1
    for line in lines:
        numbered = _NUMBERED.match(line)
        if numbered is not None:
            if int(numbered[1]) <= last:
                return
            last = int(numbered[1])
            yield _numbered(numbered[2])
        elif found := _CALL.match(line):
            yield Frame(found[2] or None, package=found[1])


def _numbered(rest: str) -> Frame:
    """A frame of what stands behind its number and address."""
    mapped = _MAPPED.match(rest)
    if mapped is not None and not _LINE.match(rest):
        return Frame(mapped[2], package=mapped[1])
    binary = _BINARY.search(rest)
    if binary is not None:
        rest = rest[: binary.start()]
    name, _, place = rest.rpartition(" ")
    found = _LINE.match(place)
    if found is None:
        called, _, package = rest.partition(" from ")
        return Frame(_name(called), package=package or (binary[1] if binary else None))
    column = int(found[3]) if found[3] else None
    return Frame(_name(name.removesuffix(" at")), None, found[1], int(found[2]), column)


def _name(call: str) -> str | None:
    """Without the values of arguments that a debugger shows, and the binary that lldb puts before it."""
    return call.partition("`")[2].partition("(")[0] if "`" in call[:80] else call.partition(" (")[0] or None
