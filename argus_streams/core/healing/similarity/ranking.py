"""Ranks the candidates of a page for each target, and says how sure the best one is."""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from typing import Literal, NamedTuple

from msgspec import Struct

from argus_streams.core.elements import Element
from argus_streams.core.healing.similarity.exclusive import exclusive
from argus_streams.core.healing.similarity.features import Pair, features
from argus_streams.core.healing.similarity.page import Page, page
from argus_streams.core.healing.similarity.ranker import Calibration, Ranker
from argus_streams.core.healing.similarity.reasons import reason
from argus_streams.core.healing.similarity.shortlist import shortlist
from argus_streams.core.healing.similarity.traits import Traits

RANKED = 10  # candidates that a decision names
_SURE = 10.0  # log-odds beyond which nothing is surer

Verdict = Literal["apply", "validate", "ask"]


class Ranked(Struct, frozen=True):
    """What is decided about one target; candidates are told by their index."""

    best: int | None  # None = nothing on the page is like it
    ranking: tuple[int, ...]  # the likeliest first, at most ten
    verdict: Verdict
    probability: float  # that the first of the ranking is the right one
    reason: str  # for people


class Scored(NamedTuple):
    """The shortlisted candidates of one target, with what speaks for each."""

    values: Mapping[int, tuple[float, ...]]  # of the features, by candidate
    points: Mapping[int, float]
    itself: tuple[float, ...]  # features of the target beside itself
    most: float  # points that those are


def located(ranker: Ranker, targets: Iterable[Element], candidates: Iterable[Element]) -> list[Ranked]:
    """One decision a target, in their order. Linear in candidates and in targets; never raises on any element."""
    known = page(candidates)
    scored = [score(ranker, known, Traits(target)) for target in targets]
    shares = exclusive([likelihoods(each.points) for each in scored])
    return [_ranked(ranker, known, *each) for each in zip(scored, shares, strict=True)]


def score(ranker: Ranker, known: Page, target: Traits) -> Scored:
    """The points of what is like the target: the sum of its features, each by its weight."""
    names, weights = tuple(ranker.weights), tuple(ranker.weights.values())
    values = {at: features(Pair(known, target, known.candidates[at]), names) for at in shortlist(known, target)}
    return rescored(Scored(values, {}, features(Pair(known, target, target), names), 0.0), weights)


def rescored(scored: Scored, weights: Sequence[float]) -> Scored:
    """The same by other weights of the same features."""
    points = {at: _points(weights, each) for at, each in scored.values.items()}
    return Scored(scored.values, points, scored.itself, _points(weights, scored.itself))


def likelihoods(points: Mapping[int, float]) -> dict[int, float]:
    """The share of each candidate in the likelihood of all (softmax), as the weights were trained for it."""
    most = max(points.values(), default=0.0)
    raw = {at: exp(each - most) for at, each in points.items()}
    total = sum(raw.values())
    return {at: each / total for at, each in raw.items()}


def evidence(scored: Scored, shares: Mapping[int, float], best: int, known: float) -> tuple[float, float]:
    """The log-odds of the best against all others, and its likeness to the target: points as a share of the most.

    ``known`` (above 0) is the least that counts as the most: of a target that tells next to nothing nobody can be sure.
    """
    share, rest = shares[best], sum(each for at, each in shares.items() if at != best)
    margin = _SURE if rest <= 0 else max(-_SURE, min(_SURE, log(max(share, 1e-9) / rest)))
    return margin, scored.points[best] / max(scored.most, known)


def probability(by: Calibration, margin: float, likeness: float) -> float:
    """That the best is right: that the element is there, times that it is this one; rises with both (Platt 1999)."""
    return logistic(by.base + by.likeness * likeness) * logistic(by.margin * margin)


def logistic(value: float) -> float:
    """0 to 1, one half at 0."""
    return 1 / (1 + exp(-max(-50.0, min(50.0, value))))


def ordered(known: Page, scored: Scored, shares: Mapping[int, float]) -> list[int]:
    """The candidates, the likeliest first; of equal ones the one that stands first in the document's paths."""
    return sorted(shares, key=lambda at: (-shares[at], -scored.points[at], known.candidates[at].element.xpath, at))


def _ranked(ranker: Ranker, known: Page, scored: Scored, shares: Mapping[int, float]) -> Ranked:
    order = ordered(known, scored, shares)
    if not order:
        return Ranked(None, (), "ask", 0.0, "there are no candidates")
    best = order[0]
    margin, likeness = evidence(scored, shares, best, ranker.known)
    sure = probability(ranker.calibration, margin, likeness)
    verdict = _verdict(ranker, sure, likeness)
    told = reason(ranker, scored.itself, [scored.values[at] for at in order], margin)
    plausible = likeness >= ranker.plausible
    words = told if plausible else f"nothing on the page is like it; the first of the ranking: {told}"
    return Ranked(best if plausible else None, tuple(order[:RANKED]), verdict, round(sure, 4), words)


def _verdict(ranker: Ranker, sure: float, likeness: float) -> Verdict:
    if likeness < ranker.plausible or sure < ranker.validate:
        return "ask"
    return "apply" if sure >= ranker.apply else "validate"


def _points(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))
