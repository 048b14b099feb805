"""Tokens gathered to what is renamed as one: a simple selector, an attribute test, a quoted text, a word of code."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from argus_streams.core.healing.knowledge.lexing import Token, lexed, plain

HOLE = "◦"  # stands for a value in a shape
MARKS = frozenset({".", "#"})


class Unit(NamedTuple):
    """Some tokens that stand together; equal ones say the same."""

    tokens: tuple[Token, ...]
    text: str  # without style
    shape: str  # the same with a hole for each value

    @property
    def values(self) -> tuple[str, ...]:
        return tuple([token.text for token in self.tokens if token.kind == "value"])

    @property
    def says(self) -> bool:
        """Whether it names something, and is not only a mark between two."""
        return any(token.kind in {"name", "value"} for token in self.tokens)


def units(tokens: Sequence[Token]) -> tuple[Unit, ...]:
    """The units of a locator in their order; together they are all its tokens."""
    found, at = [], 0
    while at < len(tokens):
        end = _end(tokens, at)
        found.append(unit(tokens[at:end]))
        at = end
    return tuple(found)


def unit(tokens: Iterable[Token]) -> Unit:
    """These tokens as one."""
    told = tuple(tokens)
    return Unit(told, plain(told), shape(told))


def shape(tokens: Iterable[Token]) -> str:
    """What tokens say without style, with a hole for each value."""
    return plain([Token("value", HOLE) if token.kind == "value" else token for token in tokens])


def _end(tokens: Sequence[Token], at: int) -> int:
    token, after = tokens[at], tokens[at + 1 : at + 3]
    if token.kind == "quote" and [each.kind for each in after] == ["value", "quote"]:
        return at + 3
    if token.text in MARKS and token.kind == "mark" and after and after[0].kind == "value":
        return at + 2
    if token.text == "[" and token.kind == "mark":
        for end in range(at + 1, min(at + 9, len(tokens))):
            if tokens[end].text == "]":
                return end + 1
            if tokens[end].kind in {"quote", "space"}:
                break
    return at + 1


class Read(NamedTuple):
    """A locator as renames look at it."""

    text: str  # without style: what it is known by
    tokens: tuple[Token, ...]
    tail: str
    units: tuple[Unit, ...]


def read(locator: str) -> Read:
    """The locator in tokens and units; none of them where it is too long for renames."""
    told = lexed(locator)
    return Read(plain(told.tokens) if told.tokens else locator, told.tokens, told.tail, units(told.tokens))
