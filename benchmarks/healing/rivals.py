"""The two published scores that ours is held against, written anew from what is known of them.

Similo: Nass et al., TOSEM 2023. Healenium: its README and its scoring, without the cut of the candidates by path.
"""

from math import hypot

from rapidfuzz.distance import LCSseq, Levenshtein

from argus_streams.core.elements import Element

_CUT = 50  # characters of a text that Similo compares


def similo(one: Element, other: Element) -> float:
    """0 to 12: fourteen parameters, four of weight 1.5 for what is stable and two for texts, the rest 0.5."""
    strong = (
        _equal(one.tag, other.tag)
        + _equal(one.name, other.name)
        + _equal(one.id, other.id)
        + _edit(_text(one)[:_CUT], _text(other)[:_CUT])
        + _neighbours(one, other)
    )
    weak = (
        _edit(" ".join(one.class_list)[:_CUT], " ".join(other.class_list)[:_CUT])
        + _edit((one.href or "")[:_CUT], (other.href or "")[:_CUT])
        + _edit((one.alt or "")[:_CUT], (other.alt or "")[:_CUT])
        + _edit(one.xpath, other.xpath)
        + _edit(one.id_xpath or "", other.id_xpath or "")
        + (one.is_button == other.is_button)
        + _place(one, other)
        + _number(one.area, other.area)
        + _number(one.shape, other.shape)
    )
    return 1.5 * strong + 0.5 * weak


def healenium(one: Element, other: Element) -> float:
    """0 to 1: 350 points for path, tag, id, classes, text and other attributes, each with its cut-off."""
    path, others = one.xpath.lower().split("/"), other.xpath.lower().split("/")
    attributes = [(one.href, other.href), (one.name, other.name), (one.alt, other.alt)]
    told = [_edit(mine or "", theirs or "") for mine, theirs in attributes if mine or theirs]
    points = (
        100 * LCSseq.normalized_similarity(path, others)
        + 100 * (one.tag == other.tag)
        + 50 * _from(0.3, _edit(one.id or "", other.id or ""))
        + 40 * _from(0.75, _classes(set(one.class_list), set(other.class_list)))
        + 30 * _from(0.3, _edit(_text(one), _text(other)))
        + 30 * _from(0.75, sum(told) / len(told) if told else 0.0)
    )
    return points / 350


def _text(element: Element) -> str:
    return " ".join(element.visible_text)


def _equal(one: str | None, other: str | None) -> float:
    return float(bool(one) and (one or "").lower() == (other or "").lower())


def _edit(one: str, other: str) -> float:
    return Levenshtein.normalized_similarity(one.lower(), other.lower()) if one and other else 0.0


def _number(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0.0
    most = max(abs(one), abs(other))
    return max(0.0, (most - abs(one - other)) / most) if most else 1.0


def _place(one: Element, other: Element) -> float:
    if one.location.x is None or one.location.y is None or other.location.x is None or other.location.y is None:
        return 0.0
    return max(0.0, 100 - hypot(one.location.x - other.location.x, one.location.y - other.location.y)) / 100


def _neighbours(one: Element, other: Element) -> float:
    mine, theirs = (" ".join(each.neighbor_text).lower() for each in (one, other))
    longest = max(len(mine), len(theirs))
    shared = set(mine.split()) & set(theirs.split())
    return min(1.0, sum(map(len, shared)) / longest) if longest else 0.0


def _classes(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _from(least: float, value: float) -> float:
    return value if value >= least else 0.0
