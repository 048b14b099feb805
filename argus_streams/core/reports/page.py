"""A page before it is written in any language: every text in it may be a stranger's, and is escaped by the writer."""

from msgspec import Struct

from argus_streams.core.analysis.plain import one_line

LINE = 160  # characters of a text in a table or a list
TEXT = 2_000  # of a paragraph or a title


class Code(Struct, frozen=True, tag=True):
    """What a program reads, such as a locator or a file's path: a reader copies it as it is."""

    text: str


class Facts(Struct, frozen=True, tag=True):
    """Names and values; what has no value is left out."""

    rows: tuple[tuple[str, str], ...]


class Prose(Struct, frozen=True, tag=True):
    """A paragraph."""

    text: str


class Caution(Struct, frozen=True, tag=True):
    """A paragraph that nobody may overlook."""

    text: str


class Points(Struct, frozen=True, tag=True):
    """A list."""

    texts: tuple[str, ...]


class Grid(Struct, frozen=True, tag=True):
    """A table."""

    head: tuple[str, ...]
    rows: tuple[tuple[str | Code, ...], ...]


Block = Facts | Prose | Caution | Points | Grid


class Section(Struct, frozen=True):
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


class Page(Struct, frozen=True):
    """All of it."""

    title: str
    sections: tuple[Section, ...]


def shortened(text: str, length: int) -> str:
    """One line of printable characters, an ellipsis where it was cut."""
    line = one_line(text[: 4 * length])
    return line if len(line) <= length and len(text) <= 4 * length else f"{line[: length - 1].rstrip()}…"


def listed(texts: tuple[str, ...], most: int) -> str:
    """The first of them in a line, and how many more there are."""
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more:,} more" if more > 0 else "")


def many(number: int, one: str, several: str | None = None) -> str:
    """So many of it, in words: "1 deploy", "2 deploys"."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
