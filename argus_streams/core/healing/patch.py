"""Healed locators written into the files of a checkout: the literal on its line, and nothing else.

What stands inside an assertion is left to a person: a locator that is healed there would change what is asserted.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import Literal, NamedTuple

Missed = Literal["no_line", "gone", "several", "assertion", "unwritable"]

ABOVE = 5  # lines in which a call may have begun that is not closed yet ...
_NEAR = 4_000  # ... and characters of them
# Also in a longer word, as in Assert.IsTrue, softAssert or a helper expectText: rather too much is left.
_ASSERTION = re.compile(r"expect|assert|verif|should", re.IGNORECASE)
_WORD = re.compile(r"[\w-]")
_QUOTES = "'\"`"


class Edit(NamedTuple):
    """One locator that is to be written in another's place."""

    line: int | None  # from 1
    locator: str
    healed: str


class Left(NamedTuple):
    """An edit that was not made."""

    edit: Edit
    why: Missed


class Patched(NamedTuple):
    """A file's text after the edits."""

    text: str
    done: tuple[Edit, ...]
    left: tuple[Left, ...]


def patched(text: str, edits: Sequence[Edit]) -> Patched:
    """The text with each locator replaced on its line, if it stands there once and in no assertion.

    Ends of lines stay as they are. A locator is found as it is told, or with other quotes, or escaped as inside a
    string; the healed one is written alike.
    """
    lines = _lines(text)
    done: list[Edit] = []
    left: list[Left] = []
    for edit in dict.fromkeys(edits):
        number = (edit.line or 0) - 1
        found = _replaced(lines, number, edit) if 0 <= number < len(lines) else "no_line"
        if isinstance(found, _Line):
            lines[number] = found.text
            done.append(edit)
        else:
            left.append(Left(edit, found))
    return Patched("".join(lines), tuple(done), tuple(left))


def diff(path: str, before: str, after: str) -> str:
    """What ``git apply`` takes: the unified diff of one file; empty where nothing has changed."""
    told = unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in told)


class _Line(NamedTuple):
    text: str


def _lines(text: str) -> list[str]:
    """The lines as ``git`` and test runners count them: only a line feed ends one."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]


def _replaced(lines: Sequence[str], number: int, edit: Edit) -> _Line | Missed:
    line = lines[number]
    for locator, healed in _spellings(edit):
        places = list(_places(line, locator))
        if len(places) > 1:
            return "several"
        if places:
            before, after = line[: places[0]], line[places[0] + len(locator) :]
            if _is_asserted("".join(lines[max(0, number - ABOVE) : number])[-_NEAR:], before):
                return "assertion"
            return _Line(before + healed + after) if _fits(before, healed) else "unwritable"
    return "gone"


def _spellings(edit: Edit) -> Iterator[tuple[str, str]]:
    """The locator and the healed one as a test may write them."""
    yield edit.locator, edit.healed
    for one in _QUOTES:
        yield edit.locator.replace(one, f"\\{one}"), edit.healed.replace(one, f"\\{one}")
        for other in _QUOTES.replace(one, ""):
            if other not in edit.locator + edit.healed:
                yield edit.locator.replace(one, other), edit.healed.replace(one, other)


def _places(line: str, locator: str) -> Iterator[int]:
    """Where the locator stands, and is not a part of a longer word."""
    at = line.find(locator) if locator else -1
    while at >= 0:
        end = at + len(locator)
        if not (_joined(line[at - 1 : at], locator[0]) or _joined(line[end : end + 1], locator[-1])):
            yield at
        at = line.find(locator, at + 1)


def _joined(outside: str, inside: str) -> bool:
    return _WORD.match(outside) is not None and _WORD.match(inside) is not None


def _is_asserted(above: str, before: str) -> bool:
    """Whether an assertion stands before it on its line, or one that began above goes on there."""
    told = above + before
    return _ASSERTION.search(before) is not None or any(
        _goes_on(told[each.end() :]) for each in _ASSERTION.finditer(above)
    )


def _goes_on(told: str) -> bool:
    """Whether a statement is not over: brackets are open, or what follows its line begins with a dot."""
    depth = 0
    for at, mark in enumerate(told):
        depth += (mark == "(") - (mark == ")")
        if depth <= 0 and (mark == ";" or (mark == "\n" and not told[at:].lstrip().startswith("."))):
            return False
    return True


def _fits(before: str, healed: str) -> bool:
    """Whether the healed locator leaves the string that it stands in open, else opens none; and begins no new line."""
    if "\n" in healed or "\r" in healed or healed.endswith("\\"):
        return False
    quote = _open_quote(before, None)
    if quote is None:
        return _open_quote(healed, None) is None
    return all(_open_quote(healed[: end + 1], quote) == quote for end in range(len(healed)))


def _open_quote(text: str, quote: str | None) -> str | None:
    """The quote of the string that is open after the text, where one of ``quote`` was open before it."""
    escaped = False
    for mark in text:
        if escaped or mark == "\\":
            escaped = not escaped
        elif quote is None and mark in _QUOTES:
            quote = mark
        elif mark == quote:
            quote = None
    return quote
