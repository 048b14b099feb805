"""The candidates of one page, and how rare there is what each of them says."""

from collections import Counter
from collections.abc import Iterable
from math import log
from typing import NamedTuple

from argus_streams.core.elements import Element
from argus_streams.core.healing.similarity.traits import Traits


class Page(NamedTuple):
    """The candidates with what is counted over all of them."""

    candidates: tuple[Traits, ...]
    words: Counter[str]
    texts: Counter[str]
    addresses: Counter[str]

    def rarity(self, count: int) -> float:
        """1 for what one candidate has, near 0 for what all have: the share of log(n) that it tells."""
        size = len(self.candidates) + 1
        return log(size / max(1, count)) / log(size) if size > 1 else 1.0

    def told(self, words: Iterable[str]) -> float:
        """How much words tell together: each by how few candidates have it (inverse document frequency)."""
        size, counts = len(self.candidates) + 1, self.words
        return sum(log(size / (counts.get(word, 0) + 0.5)) for word in words)


def page(elements: Iterable[Element]) -> Page:
    """The page of these candidates, in their order."""
    candidates = tuple(map(Traits, elements))
    words: Counter[str] = Counter()
    for each in candidates:
        words.update(each.words)
    texts = Counter(each.text for each in candidates)
    return Page(candidates, words, texts, Counter(each.address for each in candidates))
