"""Stack traces told as text, back into exceptions: causes first, outermost call first, the crashing frame last.

One module a language, each with ``MARK`` (a line that only its traces have) and ``read`` (the exceptions of a trace's
lines). The first mark found in the text decides. Linear in the text, of which ``lines.MAX_TEXT`` characters are read.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import msgspec

from argus_streams.core.events import ExceptionInfo
from argus_streams.core.stacktext import (
    apple,
    beam,
    dart,
    dotnet,
    golang,
    javascript,
    jvm,
    native,
    php,
    python,
    ruby,
    rust,
)
from argus_streams.core.stacktext.lines import headline
from argus_streams.core.stacktext.logged import told

# The stricter marks come first: what JavaScript and .NET leave open would also fit others' lines.
_LANGUAGES = {
    "python": python,
    "php": php,
    "ruby": ruby,
    "rust": rust,
    "golang": golang,
    "jvm": jvm,
    "apple": apple,
    "dart": dart,
    "beam": beam,
    "native": native,
    "javascript": javascript,
    "dotnet": dotnet,
}
_REMEMBERED = 4096  # characters
_READERS: Mapping[str | None, Callable[[Sequence[str]], tuple[ExceptionInfo, ...]]] = {
    name: language.read for name, language in _LANGUAGES.items()
}
_MARK = re.compile("|".join(f"(?P<{name}>{language.MARK.pattern})" for name, language in _LANGUAGES.items()))


def chain(kind: str | None, value: str | None, text: str | None) -> tuple[ExceptionInfo, ...]:
    """The exceptions of a trace beside which the reporter names the last one's type and message.

    The reporter's word goes before the text's, but for the package that the text tells or the reporter spells out.
    """
    if kind is None and value is not None and value.startswith("Uncaught "):  # as a browser's own handler words it
        kind, value = headline(value)
    found = parse(text or "")
    if not found and text and value is not None and kind is None:  # a headline without any call
        said = headline(text.partition("\n")[0])
        kind = said[0] if said[1] == value else None
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
    # One failure tells the same trace again and again; the memo is bounded in entries, so each must be small.
    return _remembered(text) if "\n" in text and len(text) <= _REMEMBERED else _parse(text)


def _parse(text: str) -> tuple[ExceptionInfo, ...]:
    lines = told(text)
    for line in lines:
        found = _MARK.match(line)
        if found is not None:
            return _READERS[found.lastgroup](lines)
    return ()


_remembered = lru_cache(maxsize=512)(_parse)
