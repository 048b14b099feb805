"""Go panics and goroutine dumps: crash first, a call's place on the line after it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import told

MARK = re.compile(r"goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]]*\]:|panic: |\t\S+\.go:\d+")

_GOROUTINE = re.compile(r"goroutine \d+ ")
_PLACE = re.compile(r"\s+(\S.*\.(?:go|s)):(\d{1,9})(?: \+0x[0-9a-f]+)?$")
_PANIC = re.compile(r"\s*(?:panic|fatal error): (.*?)(?: \[recovered.*\])?$")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The panic with the goroutine that was running; the others are asleep and say nothing of it."""
    told_panics = [match[1] for match in map(_PANIC.match, lines) if match]
    starts = [index for index, line in enumerate(lines) if _GOROUTINE.match(line)]
    first = lines[starts[0] if starts else 0 : starts[1] if len(starts) > 1 else None]
    frames = _without_machinery(list(_frames(first)))
    return (told("panic" if told_panics else None, told_panics[0] if told_panics else None, frames),)


def _frames(lines: Sequence[str]) -> Iterator[Frame]:
    for call, place in pairwise(lines):
        found = _PLACE.match(place)
        if found is not None and not call.startswith((" ", "\t")):
            module, function = _name(call)
            yield Frame(function, module, found[1], int(found[2]))


def _name(call: str) -> tuple[str | None, str]:
    """Package path and function of "host/owner/pkg.(*Type).Method(0x1, …)"."""
    call = call.removeprefix("created by ").partition(" in goroutine ")[0]
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
