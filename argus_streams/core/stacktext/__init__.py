"""Stack traces told as text, back into exceptions: causes first, outermost call first, the crashing frame last.

One module a language, each with ``MARK`` (a line that only its traces have) and ``read`` (the exceptions of a trace's
lines). The first mark found in the text decides. Linear in the text, of which ``lines.MAX_TEXT`` characters are read.
"""

from collections.abc import Callable, Sequence
from re import Pattern

import msgspec

from argus_streams.core.events import ExceptionInfo
from argus_streams.core.stacktext import dotnet, golang, javascript, jvm, php, python, ruby, rust
from argus_streams.core.stacktext.lines import bounded

# The stricter marks come first: what JavaScript and .NET leave open would also fit others' lines.
_LANGUAGES: tuple[tuple[Pattern[str], Callable[[Sequence[str]], tuple[ExceptionInfo, ...]]], ...] = (
    (python.MARK, python.read),
    (php.MARK, php.read),
    (ruby.MARK, ruby.read),
    (rust.MARK, rust.read),
    (golang.MARK, golang.read),
    (jvm.MARK, jvm.read),
    (javascript.MARK, javascript.read),
    (dotnet.MARK, dotnet.read),
)


def chain(kind: str | None, value: str | None, text: str | None) -> tuple[ExceptionInfo, ...]:
    """The exceptions of a trace beside which the reporter names the last one's type and message.

    The reporter's word goes before the text's, but for the package that the text tells or the reporter spells out.
    """
    found = parse(text or "")
    if not found:
        return (ExceptionInfo(type=kind, value=value),) if kind or value else ()
    last = found[-1]
    same = kind is None or (last.type is not None and kind.rpartition(".")[2] == last.type)
    named = last if same else msgspec.structs.replace(last, type=kind, module=None)
    return (*found[:-1], msgspec.structs.replace(named, value=value or last.value))


def parse(text: str) -> tuple[ExceptionInfo, ...]:
    """The exceptions of a trace in any language known here; empty when it is none.

    What the text leaves out stays ``None``: Go and Firefox write no type or message beside their frames.
    """
    lines = bounded(text)
    for line in lines:
        for mark, read in _LANGUAGES:
            if mark.match(line):
                return read(lines)
    return ()
