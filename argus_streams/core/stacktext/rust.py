"""Rust panics with a backtrace: crash first, a call's place on the line after it."""

import re
from collections.abc import Iterator, Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import told

MARK = re.compile(r"thread '[^']*'(?: \(\d+\))? panicked at |[Ss]tack backtrace:$")

_CALL = re.compile(r"\s*\d+: (?:0x[0-9a-f]+ - )?(\S.*)$")
_PLACE = re.compile(r"\s+at (\S.*?):(\d{1,9})(?::(\d{1,9}))?$")
_HASH = re.compile(r"::h[0-9a-f]{16}$")
_FAILED = re.compile(r"^Error: (.*)$", re.MULTILINE)
_MACHINERY = re.compile(r"(?:rust_begin_unwind|core::(?:panicking|option|result)::|std::panicking::|__rustc)")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The panic, without the frames that raise it."""
    frames = list(_frames(lines))
    raised = next((index for index, frame in enumerate(frames) if not _raises(frame)), 0)
    if not any("panicked at " in line for line in lines) and (failed := _FAILED.search("\n".join(lines))):
        return (told("Error", failed[1], frames),)  # anyhow's, whose causes have no stacks of their own
    return (told("panic", _message(lines), frames[raised:]),)


def _raises(frame: Frame) -> bool:
    return _MACHINERY.match(f"{frame.module}::{frame.function}" if frame.module else frame.function or "") is not None


def _message(lines: Sequence[str]) -> str | None:
    """On the line after "panicked at place:", before 1.73 in quotes on the same one."""
    start = next((index for index, line in enumerate(lines) if "panicked at " in line), None)
    if start is None:
        return None
    _, _, rest = lines[start].partition("panicked at ")
    if rest.startswith("'"):
        return rest[1:].rpartition("', ")[0] or None
    return lines[start + 1].strip() or None if start + 1 < len(lines) else None


def _frames(lines: Sequence[str]) -> Iterator[Frame]:
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        call = _CALL.match(line)
        if call is None:
            continue
        place = _PLACE.match(after)
        module, _, function = _HASH.sub("", call[1]).rpartition("::")
        file, number, column = (place[1], int(place[2]), int(place[3] or 0) or None) if place else (None, None, None)
        yield Frame(function, module or None, file, number, column)
