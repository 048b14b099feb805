"""The candidates that are worth a closer look: of 100,000 nearly all are nothing like the target."""

from collections.abc import Sequence
from heapq import nlargest
from math import hypot

from rapidfuzz import process
from rapidfuzz.distance import Indel

from argus_streams.core.healing.similarity.page import Page
from argus_streams.core.healing.similarity.traits import DEEPEST, Traits

KEPT = 50  # candidates; of the development pairs one in 486 has its right one further down
_FAR = 600  # pixels


def shortlist(page: Page, target: Traits) -> Sequence[int]:
    """The indices of at most ``KEPT`` candidates, by words, text, path and place; rough, and cheap."""
    if len(page.candidates) <= KEPT:
        return range(len(page.candidates))
    paths = _paths(page, target)
    told = {word: page.told((word,)) for word in target.words}
    share = 2 / (sum(told.values()) or 1.0)
    points = [
        share * sum(map(told.__getitem__, target.words & each.words))
        + (each.text == target.text)
        + path
        + _near(target, each)
        for each, path in zip(page.candidates, paths, strict=True)
    ]
    # of equal ones those with the smaller path: which ones are kept may not hang on the order that they came in
    return nlargest(KEPT, range(len(points)), key=lambda at: (points[at], page.candidates[at].element.xpath))


def _paths(page: Page, target: Traits) -> Sequence[float]:
    paths = [each.element.xpath[-DEEPEST:] for each in page.candidates]
    found = process.extract(target.element.xpath[-DEEPEST:], paths, scorer=Indel.normalized_similarity, limit=None)
    similar = [0.0] * len(paths)
    for _, value, at in found:
        similar[at] = value
    return similar


def _near(target: Traits, candidate: Traits) -> float:
    one, other = target.element.location, candidate.element.location
    if one.x is None or one.y is None or other.x is None or other.y is None:
        return 0.0
    return _FAR / (_FAR + hypot(one.x - other.x, one.y - other.y)) + _FAR / (_FAR + abs(one.y - other.y))
