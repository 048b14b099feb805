"""Go panics and goroutine dumps: crash first, a call's place on the line after it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, told

MARK = re.compile(r"goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]]*\]:|panic: |\t\S+\.go:\d+")

_GOROUTINE = re.compile(r"goroutine \d+ ")
_PLACE = re.compile(r"\s+(\S.*\.(?:go|s)):(\d{1,9})(?: \+0x[0-9a-f]+)?$")
_PANIC = re.compile(r"\s*(?:panic|fatal error): (.*?)(?: \[recovered.*\])?$")
# The runtime's own types, of which a panic prints the message alone and reporters tell the name.
_RUNTIME = {
    "runtime error: index out of range": "runtime.boundsError",
    "runtime error: slice bounds out of range": "runtime.boundsError",
    "runtime error: ": "runtime.errorString",
    "interface conversion: ": "*runtime.TypeAssertionError",
}


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The panic with the goroutine that was running; the others are asleep and say nothing of it."""
    told_panics = [match[1] for match in map(_PANIC.match, lines) if match]
    starts = [index for index, line in enumerate(lines) if _GOROUTINE.match(line)]
    first = lines[starts[0] if starts else 0 : starts[1] if len(starts) > 1 else None]
    if not starts and not told_panics:
        return tuple(_wrapped(lines))[-MAX_EXCEPTIONS:]
    frames = _without_machinery(list(_frames(first)))
    value = told_panics[0] if told_panics else None
    return (told(_kind(value), value, frames),)


def _kind(panic: str | None) -> str | None:
    if panic is None:
        return None
    return next((name for start, name in _RUNTIME.items() if panic.startswith(start)), "panic")


def _wrapped(lines: Sequence[str]) -> Iterator[ExceptionInfo]:
    """What ``%+v`` prints of an error of pkg/errors: each message with its stack under it, the cause first."""
    message: list[str] = []
    calls: list[str] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        if _PLACE.match(line) or _PLACE.match(after):
            calls.append(line)
        elif line:
            if calls:
                yield told(None, "\n".join(message) or None, list(_frames(calls)))
                message, calls = [], []
            message.append(line)
    if calls:
        yield told(None, "\n".join(message) or None, list(_frames(calls)))


def _frames(lines: Sequence[str]) -> Iterator[Frame]:
    for call, place in pairwise(lines):
        found = _PLACE.match(place)
        # A goroutine's birth place is no call: what reports a stack from inside does not know it.
        if found is not None and not call.startswith((" ", "\t", "created by ")):
            module, function = _name(call)
            yield Frame(function, module, found[1], int(found[2]))


def _name(call: str) -> tuple[str | None, str]:
    """Package path and function of "host/owner/pkg.(*Type).Method(0x1, …)"."""
    if call.endswith(")"):
        call = call[: call.rfind("(")]
    folder, slash, last = call.rpartition("/")
    package, _, function = last.partition(".")
    return (f"{folder}{slash}{package}", function) if function else (None, package)


def _without_machinery(frames: list[Frame]) -> list[Frame]:
    """The frames below ``panic``: those above it belong to whoever caught or printed it."""
    thrown = [i for i, frame in enumerate(frames) if (frame.module, frame.function) in _THROWERS]
    return frames[thrown[-1] + 1 :] if thrown else frames


_THROWERS = ((None, "panic"), ("runtime", "gopanic"), ("runtime/debug", "Stack"), ("runtime", "sigpanic"))
