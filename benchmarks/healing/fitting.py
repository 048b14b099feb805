"""Weights of features and the calibration of probabilities, fitted in plain Python: minutes, but nothing to install."""

from collections.abc import Callable, Sequence
from math import exp, log
from operator import mul
from typing import NamedTuple

from argus_streams.core.healing.similarity.ranker import Calibration
from argus_streams.core.healing.similarity.ranking import logistic

# How often an attribute that there was is the same four months later (HybridSimilo, arXiv 2505.16424: 30 sites, none of
# them ours), where it was measured; the parts of a page are taken to last as long as roles do.
STABLE = {
    **dict.fromkeys(("group",), 0.99),
    **dict.fromkeys(("name", "name_letters", "text", "rare_text", "text_length", "text_kept"), 0.95),
    **dict.fromkeys(("zones", "form", "footer", "landmark"), 0.90),
    **dict.fromkeys(("href", "address", "address_end"), 0.88),
    **dict.fromkeys(("id", "words", "kept"), 0.87),
    **dict.fromkeys(("role", "attributes"), 0.85),
    **dict.fromkeys(("width", "shape"), 0.83),
    **dict.fromkeys(("label",), 0.82),
    **dict.fromkeys(("anchored", "anchor"), 0.79),
    **dict.fromkeys(("path", "depth", "position"), 0.54),
    **dict.fromkeys(("nearby",), 0.53),
    **dict.fromkeys(("near", "far", "column", "row"), 0.35),
}
POINTS = 1.9  # of a feature that never changes; the others get the root of their stability of it
DRAWN = 64.0  # how strongly a weight is drawn to that: on few data, what was not fitted goes astray least (Dawes 1979)
_ROUNDS = 150
_CLOSE = 25  # wrong candidates a pair that are learned from: the others say nothing any more
_STILL = 1e-4  # a step below it is none
_START = 1 / 512  # the first step tried

Vector = list[float]


class Sample(NamedTuple):
    """One target: in what each wrong candidate differs from the right one, the features of wrong less right."""

    differences: Sequence[Vector]


class Judged(NamedTuple):
    """One target's best candidate, and whether it was right."""

    margin: float
    likeness: float
    right: bool
    weight: float = 1.0


def weights(samples: Sequence[Sample], names: Sequence[str]) -> Vector:
    """Those under which the right candidates are likeliest (conditional logit, McFadden 1974), none below 0."""
    usual = [POINTS * STABLE[name] ** 0.5 for name in names]
    close = [
        sorted(sample.differences, key=lambda each: -sum(each))[:_CLOSE] for sample in samples if sample.differences
    ]

    def loss(at: Vector) -> tuple[float, Vector]:
        total = DRAWN / 2 * sum((one - other) ** 2 for one, other in zip(at, usual, strict=True))
        slope = [DRAWN * (one - other) for one, other in zip(at, usual, strict=True)]
        for rows in close:
            raw = [exp(min(50.0, sum(map(mul, at, row)))) for row in rows]
            whole = 1 + sum(raw)
            total += log(whole)
            for row, share in zip(rows, raw, strict=True):
                if share > 1e-5 * whole:
                    part = share / whole
                    slope = [one + part * other for one, other in zip(slope, row, strict=True)]
        return total, slope

    return _lowest(loss, usual, [0.0] * len(usual))


def calibration(judged: Sequence[Judged]) -> Calibration:
    """The curve under which what was right and wrong is likeliest, falling in neither argument (Platt 1999)."""

    def loss(at: Vector) -> tuple[float, Vector]:
        total, slope = 0.005 * sum(one * one for one in at), [0.01 * one for one in at]
        for each in judged:
            this, there = logistic(at[0] * each.margin), logistic(at[1] + at[2] * each.likeness)
            sure = this * there
            total -= each.weight * log(max(1e-12, sure if each.right else 1 - sure))
            # d log(sure) = (1 - factor) * d argument, d log(1 - sure) = -sure / (1 - sure) of it
            pull = -each.weight * (1.0 if each.right else -sure / max(1e-9, 1 - sure))
            moved = (pull * (1 - this) * each.margin, pull * (1 - there), pull * (1 - there) * each.likeness)
            slope = [one + other for one, other in zip(slope, moved, strict=True)]
        return total, slope

    margin, base, likeness = _lowest(loss, [0.7, -3.0, 8.0], [0.0, -100.0, 0.0])
    return Calibration(margin=round(margin, 3), base=round(base, 3), likeness=round(likeness, 3))


def _lowest(loss: Callable[[Vector], tuple[float, Vector]], start: Vector, least: Vector) -> Vector:
    """Where a convex loss is lowest, no coordinate below its least: accelerated projected gradient (FISTA, 2009)."""
    here, ahead, pace, step = start, start, 1.0, _START
    value, slope = loss(ahead)
    for _ in range(_ROUNDS):
        step *= 1.5
        while True:
            there = [max(low, one - step * by) for low, one, by in zip(least, ahead, slope, strict=True)]
            moved = [one - other for one, other in zip(there, ahead, strict=True)]
            bound = value + sum(map(mul, slope, moved)) + sum(map(mul, moved, moved)) / (2 * step)
            if loss(there)[0] <= bound + 1e-9:
                break
            step /= 2
        if max(map(abs, moved)) < _STILL:
            return there
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = [one + (pace - 1) / faster * (one - other) for one, other in zip(there, here, strict=True)]
        here, pace = there, faster
        value, slope = loss(ahead)
    return here
