"""What is read from a failing test's words."""

from collections.abc import Iterable
from typing import NamedTuple

from argus_streams.core.events import FailureKind

LINE = r"[^\n]{1,2048}"  # of an error's text; bounded, for a mark may stand many times in one line


class Read(NamedTuple):
    """Whose failure it is; a locator only where the text tells it."""

    failure: FailureKind
    locator: str | None = None
    detail: str = ""  # the words that told


def read_of(failure: FailureKind, words: str, locator: str | None = None) -> Read:
    """What these words tell, of which the first are kept."""
    return Read(failure, locator, words.strip()[:_DETAIL])


def said(text: str, marks: Iterable[str]) -> str | None:
    """The first of these marks that is in the text: a search for words is faster than one for a pattern by far."""
    return next((mark for mark in marks if mark in text), None)


_DETAIL = 300  # characters
