"""Which locators a project has, as far as they were told of: broken ones, and those put in their place."""

from itertools import islice

import msgspec
from msgspec import Struct
from rapidfuzz import fuzz, process

from argus_streams.core.events import FailureKind
from argus_streams.core.healing.knowledge.identity import known_as
from argus_streams.core.healing.knowledge.lexing import canonical
from argus_streams.core.healing.knowledge.limits import Limits

DAY = 86_400_000  # ms
LONGEST = 500  # characters; longer ones are not compared with others


class Met(Struct, frozen=True, array_like=True):
    """A locator as it was told of last."""

    at: int  # ms
    text: str  # without style
    written: str
    scope: str = ""
    failure: FailureKind = "not_found"


class Index(Struct, frozen=True, array_like=True):
    """The locators of a project by what they are known as, the one that was told of last at the end."""

    met: dict[str, Met] = {}


def encode(index: Index) -> bytes:
    """The index as it lies in the changelog and the local store."""
    return msgspec.msgpack.encode(index)


def decode(data: bytes) -> Index:
    """The index that ``encode`` wrote."""
    return msgspec.msgpack.decode(data, type=Index)


def met(
    index: Index, written: str, scope: str, failure: FailureKind, *, at: int, limits: Limits
) -> tuple[Index, tuple[str, ...]]:
    """The index with this locator, and those that there is no room for any more, as they were written."""
    name = known_as(written)
    known = index.met.get(name)
    if known is not None and (known.scope, known.failure) == (scope, failure) and at - known.at < DAY:
        return index, ()  # what breaks in each run is not written down each time
    told = Met(max(at, known.at if known else 0), canonical(written), written, scope, failure)
    all_met = {**index.met}
    all_met.pop(name, None)
    all_met[name] = told
    gone = tuple(islice(all_met, max(0, len(all_met) - limits.locators)))
    return Index(all_met), tuple([all_met.pop(each).written for each in gone])


def alike(index: Index, text: str, limits: Limits, most: int) -> tuple[tuple[Met, float], ...]:
    """The locators that are as similar to a text as asked, 0 to 1, the most similar first; not the text itself."""
    others = [each for each in index.met.values() if each.text != text and len(each.text) <= LONGEST]
    found = process.extract(
        text, [each.text for each in others], scorer=fuzz.ratio, score_cutoff=100 * limits.similar, limit=most
    )
    return tuple([(others[at], score / 100) for _, score, at in found])


def similarity(one: str, other: str) -> float:
    """How similar two locators are, 0 to 1: what they have in common by longest common subsequence."""
    return 0.0 if max(len(one), len(other)) > LONGEST else fuzz.ratio(one, other) / 100
