"""What a locator is known by."""

from argus_streams.core.healing.knowledge.lexing import canonical
from argus_streams.core.healing.locators.canonical import canonical as meaning_of
from argus_streams.core.healing.locators.reading import parsed


def known_as(locator: str) -> str:
    """What it means, whatever language, quotes and options of waiting it is written with; else what it says."""
    read = parsed(locator)
    return canonical(locator) if read.language == "unknown" else meaning_of(read)


def same(one: str, other: str) -> bool:
    """Whether two locators are known as the same."""
    return one == other or known_as(one) == known_as(other)
