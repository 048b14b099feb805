"""Why a candidate is the best one, for people."""

from collections.abc import Sequence
from math import exp

from argus_streams.core.healing.similarity.features import FEATURES
from argus_streams.core.healing.similarity.ranker import Ranker

_TOLD = 3  # features
_WORTH = 0.3  # points below which a feature says nothing
_MUCH = 1_000  # times


def reason(ranker: Ranker, itself: Sequence[float], values: Sequence[Sequence[float]], margin: float) -> str:
    """What sets the first one apart, what it lacks of the target, and how much likelier it is than all others.

    ``values`` are the features of all candidates, the best first; ``itself`` those of the target beside itself.
    """
    best, others = values[0], values[1:]
    usual = [sum(column) / len(others) for column in zip(*others, strict=True)] if others else [0.0] * len(best)
    apart = _strongest(ranker, [one - other for one, other in zip(best, usual, strict=True)])
    lacking = _strongest(ranker, [one - other for one, other in zip(itself, best, strict=True)])
    told = [f"alike in {', '.join(apart)}" if apart else "nothing sets it apart"]
    if lacking:
        told.append(f"unlike in {', '.join(lacking)}")
    told.append(_against(margin) if others else "the only candidate")
    return "; ".join(told)


def _strongest(ranker: Ranker, differences: Sequence[float]) -> list[str]:
    told = zip(ranker.weights.items(), differences, strict=True)
    parts = sorted(((weight * difference, name) for (name, weight), difference in told), reverse=True)
    return [FEATURES[name].words for points, name in parts[:_TOLD] if points >= _WORTH]


def _against(margin: float) -> str:
    if margin < 0:
        return "the others together are likelier"
    times = exp(margin)
    told = f"more than {_MUCH:,}" if times > _MUCH else f"{times:.3g}"
    return f"{told} times as likely as all others together"
