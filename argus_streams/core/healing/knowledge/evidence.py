"""How much a share of successes is to be believed: a lower bound, and how it fades."""

from math import sqrt

from argus_streams.core.healing.knowledge.limits import Limits

_DAY = 86_400_000  # ms


def lower_bound(won: float, lost: float, z: float) -> float:
    """The least share of successes that this evidence bears out, 0 to 1: Wilson's score interval, its lower end.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). Weights may be
    broken numbers. 0 without evidence; below 1 whatever there is.
    """
    total = won + lost
    if total <= 0:
        return 0.0
    square = z * z  # multiplied by the total, for evidence may have faded to almost nothing
    width = z * sqrt(won * lost / total + square / 4)
    return max(0.0, (won + square / 2 - width) / (total + square))


def faded(age: int, limits: Limits) -> float:
    """What is left of evidence of so many ms ago, 0 to 1; what comes from the future is as good as new."""
    return float(0.5 ** (max(0, age) / (limits.half_life_days * _DAY)))
