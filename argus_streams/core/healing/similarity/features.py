"""In what a candidate is like the target: each feature from 0 to 1, and never more than the target is like itself.

What is not known of the target counts for no candidate.
"""

from collections.abc import Callable, Mapping, Sequence
from math import exp, hypot, log1p
from typing import NamedTuple

from rapidfuzz.distance import Indel, Levenshtein

from argus_streams.core.healing.similarity.page import Page
from argus_streams.core.healing.similarity.traits import Traits

_LETTERS = 80  # of a name or id that are compared
_NEAR, _FAR, _COLUMN, _ROW = 100, 600, 200, 50  # CSS pixels


class Pair(NamedTuple):
    """What is compared."""

    page: Page
    target: Traits
    candidate: Traits


class Feature(NamedTuple):
    """One way in which two elements may be alike."""

    value: Callable[[Pair], float]
    words: str  # of a reason: "alike in ..."


def _group(pair: Pair) -> float:
    return pair.target.group == pair.candidate.group


def _role(pair: Pair) -> float:
    return _same(pair.target.element.role, pair.candidate.element.role)


def _zones(pair: Pair) -> float:
    return _shared(pair.target.zones, pair.candidate.zones) if pair.target.placed else 0.0


def _form(pair: Pair) -> float:
    return pair.target.placed and ("form" in pair.target.zones) == ("form" in pair.candidate.zones)


def _footer(pair: Pair) -> float:
    return pair.target.placed and ("footer" in pair.target.zones) == ("footer" in pair.candidate.zones)


def _landmark(pair: Pair) -> float:
    return _same(pair.target.element.landmark, pair.candidate.element.landmark)


def _id(pair: Pair) -> float:
    """Whether one id has the other in it: prefixes come and go."""
    one, other = sorted(((pair.target.element.id or "").lower(), (pair.candidate.element.id or "").lower()), key=len)
    return len(one) > 2 and one in other  # noqa: PLR2004 - shorter ones are in many by chance


def _name(pair: Pair) -> float:
    return _same(pair.target.element.name, pair.candidate.element.name)


def _name_letters(pair: Pair) -> float:
    return _letters(pair.target.element.name, pair.candidate.element.name)


def _label(pair: Pair) -> float:
    return _letters(pair.target.element.label, pair.candidate.element.label)


def _attributes(pair: Pair) -> float:
    """The share of all other attributes that both have with the same value."""
    one, other = pair.target.element.attributes, pair.candidate.element.attributes
    most = max(len(one), len(other))
    return len(one.items() & other.items()) / most if one else 0.0


def _words(pair: Pair) -> float:
    """The share of all that both say that they say together (Jaccard, each word by how rare it is)."""
    return _told(pair.page, pair.target.words, pair.candidate.words, pair.target.words | pair.candidate.words)


def _kept(pair: Pair) -> float:
    """The share of what the target said that the candidate still says."""
    return _told(pair.page, pair.target.words, pair.candidate.words, pair.target.words)


def _href(pair: Pair) -> float:
    one, other = pair.target.element.href, pair.candidate.element.href
    return pair.page.rarity(pair.page.addresses[pair.candidate.address]) if one and one == other else 0.0


def _address(pair: Pair) -> float:
    one, other = pair.target.address, pair.candidate.address
    return pair.page.rarity(pair.page.addresses[other]) if one and one == other else 0.0


def _address_end(pair: Pair) -> float:
    one, other = (each.address.rpartition("/") for each in (pair.target, pair.candidate))
    return bool(one[1] and other[1]) and one[2] == other[2]


def _text(pair: Pair) -> float:
    return bool(pair.target.text) and pair.target.text == pair.candidate.text


def _rare_text(pair: Pair) -> float:
    return pair.page.rarity(pair.page.texts[pair.candidate.text]) if _text(pair) else 0.0


def _text_length(pair: Pair) -> float:
    return _ratio(len(pair.target.text), len(pair.candidate.text))


def _text_kept(pair: Pair) -> float:
    return _told(pair.page, pair.target.said, pair.candidate.said, pair.target.said)


def _nearby(pair: Pair) -> float:
    one = pair.target.nearby
    return len(one & pair.candidate.nearby) / len(one) if one else 0.0


def _path(pair: Pair) -> float:
    return Indel.normalized_similarity(pair.target.steps, pair.candidate.steps) if pair.target.steps else 0.0


def _depth(pair: Pair) -> float:
    return _ratio(len(pair.target.steps), len(pair.candidate.steps)) if pair.target.steps else 0.0


def _position(pair: Pair) -> float:
    return 1 / (1 + abs(pair.target.position - pair.candidate.position)) if pair.target.steps else 0.0


def _anchored(pair: Pair) -> float:
    one, other = pair.target.element.id_xpath, pair.candidate.element.id_xpath
    return bool(pair.target.anchor) and one == other


def _anchor(pair: Pair) -> float:
    return _letters(pair.target.anchor, pair.candidate.anchor)


def _near(pair: Pair) -> float:
    return _decaying(pair, _distance, _NEAR)


def _far(pair: Pair) -> float:
    return _decaying(pair, _distance, _FAR)


def _column(pair: Pair) -> float:
    return _decaying(pair, lambda dx, _: abs(dx), _COLUMN)


def _row(pair: Pair) -> float:
    """How near it is in height, where the distance counts less the further down the page."""
    one, other = pair.target.element.location.y, pair.candidate.element.location.y
    if one is None or other is None:
        return 0.0
    return 1 / (1 + abs(log1p(max(0, one) / _ROW) - log1p(max(0, other) / _ROW)))


def _width(pair: Pair) -> float:
    return _ratio(pair.target.element.location.width, pair.candidate.element.location.width)


def _shape(pair: Pair) -> float:
    return _ratio(pair.target.element.shape, pair.candidate.element.shape)


FEATURES: Mapping[str, Feature] = {
    "group": Feature(_group, "kind of element"),
    "role": Feature(_role, "role"),
    "zones": Feature(_zones, "part of the page"),
    "form": Feature(_form, "standing in a form"),
    "footer": Feature(_footer, "standing in the footer"),
    "landmark": Feature(_landmark, "landmark"),
    "id": Feature(_id, "id"),
    "name": Feature(_name, "name"),
    "name_letters": Feature(_name_letters, "letters of the name"),
    "label": Feature(_label, "label"),
    "attributes": Feature(_attributes, "other attributes"),
    "words": Feature(_words, "words"),
    "kept": Feature(_kept, "what it says"),
    "href": Feature(_href, "link"),
    "address": Feature(_address, "address"),
    "address_end": Feature(_address_end, "end of the address"),
    "text": Feature(_text, "text"),
    "rare_text": Feature(_rare_text, "a rare text"),
    "text_length": Feature(_text_length, "length of the text"),
    "text_kept": Feature(_text_kept, "words of the text"),
    "nearby": Feature(_nearby, "neighbours"),
    "path": Feature(_path, "path"),
    "depth": Feature(_depth, "depth"),
    "position": Feature(_position, "position in its list"),
    "anchored": Feature(_anchored, "path from an id"),
    "anchor": Feature(_anchor, "id above it"),
    "near": Feature(_near, "place"),
    "far": Feature(_far, "region"),
    "column": Feature(_column, "column"),
    "row": Feature(_row, "height on the page"),
    "width": Feature(_width, "width"),
    "shape": Feature(_shape, "shape"),
}


def features(pair: Pair, names: Sequence[str]) -> tuple[float, ...]:
    """The values of these features, in this order, each from 0 to 1."""
    return tuple(float(FEATURES[name].value(pair)) for name in names)


def _same(one: str | None, other: str | None) -> float:
    return bool(one and other) and (one or "").lower() == (other or "").lower()


def _told(page: Page, one: frozenset[str], other: frozenset[str], whole: frozenset[str]) -> float:
    shared = one & other
    return page.told(shared) / page.told(whole) if shared else 0.0


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def _letters(one: str | None, other: str | None) -> float:
    """Edit similarity (Levenshtein); 0 where there is none of the one or the other."""
    if not one or not other:
        return 0.0
    return Levenshtein.normalized_similarity(one[:_LETTERS].lower(), other[:_LETTERS].lower())


def _ratio(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0.0
    low, high = sorted((abs(one), abs(other)))
    return low / high if high else 1.0


def _distance(dx: float, dy: float) -> float:
    return hypot(dx, dy)


def _decaying(pair: Pair, of: Callable[[float, float], float], scale: float) -> float:
    """1 at the same place, 1/e at `scale` pixels; 0 where either place is not known."""
    one, other = pair.target.element.location, pair.candidate.element.location
    if one.x is None or one.y is None or other.x is None or other.y is None:
        return 0.0
    return exp(-of(one.x - other.x, one.y - other.y) / scale)
