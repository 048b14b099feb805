"""Which locators a project has, as far as they were told of."""

from itertools import islice

import msgspec
from msgspec import Struct
from rapidfuzz import fuzz, process

from argus_streams.core.healing.knowledge.limits import Limits

LONGEST = 500  # characters; longer ones are not compared with others


class Index(Struct, frozen=True, array_like=True):
    """The locators of a project without style, the one that was told of last at the end."""

    met: dict[str, int] = {}  # locator → ms


def encode(index: Index) -> bytes:
    """The index as it lies in the changelog and the local store."""
    return msgspec.msgpack.encode(index)


def decode(data: bytes) -> Index:
    """The index that ``encode`` wrote."""
    return msgspec.msgpack.decode(data, type=Index)


def met(index: Index, locator: str, now: int, limits: Limits) -> tuple[Index, tuple[str, ...]]:
    """The index with this locator, and those that there is no room for any more: their entries go with them."""
    if index.met.get(locator, -1) >= now and next(reversed(index.met)) == locator:
        return index, ()
    told = dict(index.met)
    told[locator] = max(now, told.pop(locator, 0))
    gone = tuple(islice(told, max(0, len(told) - limits.locators)))
    for each in gone:
        del told[each]
    return Index(told), gone


def alike(index: Index, locator: str, limits: Limits, most: int) -> tuple[tuple[str, float], ...]:
    """The locators that are as similar as asked, 0 to 1, the most similar first; not the locator itself."""
    found = process.extract(
        locator,
        [each for each in index.met if each != locator and len(each) <= LONGEST],
        scorer=fuzz.ratio,
        score_cutoff=100 * limits.similar,
        limit=most,
    )
    return tuple([(text, score / 100) for text, score, _ in found])


def similarity(one: str, other: str) -> float:
    """How similar two locators are, 0 to 1: what they have in common by longest common subsequence."""
    return 0.0 if max(len(one), len(other)) > LONGEST else fuzz.ratio(one, other) / 100
