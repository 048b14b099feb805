"""What the languages share: bounded lines, sections, headlines."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from argus_streams.core.events import ExceptionInfo, Frame

MAX_TEXT = 131_072  # characters; of longer texts the middle goes, for traces crash at either end
MAX_LINES = 4_000
MAX_LINE = 2_048  # characters
MAX_FRAMES = 500  # of one exception; a runaway recursion is no better told by 10,000
MAX_EXCEPTIONS = 32

# "shop.errors.Declined: card was declined", "Overflow", "TypeError [ERR_X]: no": a name without spaces, then perhaps a
# colon and the message.
_HEADLINE = re.compile(
    r"\[?(?:(?:Uncaught|Unhandled|\(in promise\)) )*([^\W\d][^\s:()]*(?:::[^\s:()]+)*)(?: \[\w+\])?"
    r"(?::(?:\s(.*))?)?\]?$",
    re.DOTALL,
)
# The same behind what a logger wrote first ("checkout failed TypeError: boom"), where the name tells that it is one.
_LATER = (
    r"((?:[^\W\d][\w$]*(?:\.|::|\\|\+))*[\w$]*(?:Error|Exception|Failure|Interrupt|Fault))"
    r"(?: \[\w+\])?(?:\)?:(?=\s)|(?=\n|$))"
)
_ON_A_LINE = re.compile(rf"^{_LATER}", re.MULTILINE)
_IN_A_LINE = re.compile(rf"(?<![\w.$\\+])(?<!::){_LATER}")
_LEVELS = frozenset(
    ("error", "fatal", "critical", "severe", "warning", "warn", "info", "debug", "alert", "fail", "crit", "emergency")
)


def bounded(text: str) -> list[str]:
    """The lines of a text, each and all together of limited length."""
    if len(text) > MAX_TEXT:
        text = f"{text[: MAX_TEXT // 2]}\n{text[-MAX_TEXT // 2 :]}"
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        lines = lines[: MAX_LINES // 2] + lines[-MAX_LINES // 2 :]
    return [line[:MAX_LINE].rstrip() for line in lines]


def without(prefix: re.Pattern[str], line: str) -> str:
    """The line without what the pattern matches at its start."""
    found = prefix.match(line)
    return line[found.end() :] if found else line


def headline(text: str) -> tuple[str | None, str | None]:
    """Type and message of "type: message", after a logger's words too; without such a type all is message."""
    text = text.strip()
    found = _HEADLINE.match(text)
    if found is None or found[1] in _LEVELS or (found[1].isupper() and found[1].lower() in _LEVELS):
        later = _ON_A_LINE.search(text) or _IN_A_LINE.search(text)
        if later is not None:
            return later[1], text[later.end() :].strip() or None
    if found is None:
        return None, text or None
    return found[1], (found[2] or "").strip() or None


def sections(lines: Iterable[str], starts: Callable[[str], object]) -> Iterator[list[str]]:
    """The lines cut before each one that starts a new exception."""
    section: list[str] = []
    for line in lines:
        if section and starts(line):
            yield section
            section = []
        section.append(line)
    if section:
        yield section


def headed(lines: Sequence[str], frame: Callable[[str], Frame | None]) -> tuple[str, list[Frame]]:
    """A section as its text before the first frame, and its frames, in the order of the text."""
    head: list[str] = []
    frames: list[Frame] = []
    for line in lines:
        called = frame(line)
        if called is not None:
            frames.append(called)
        elif not frames:
            head.append(line)
    return "\n".join(head).strip(), frames


def package(name: str | None) -> tuple[str | None, str | None]:
    """Package and plain name of a dotted name, as the vendors' own reporters split it."""
    parent, _, plain = (name or "").rpartition(".")
    return parent or None, plain or None


def told(kind: str | None, value: str | None, crash_first: Sequence[Frame], module: str | None = None) -> ExceptionInfo:
    """One exception of frames that stand crash first, of which the nearest to the crash are kept."""
    return ExceptionInfo(type=kind, value=value, module=module, frames=tuple(reversed(crash_first[:MAX_FRAMES])))
