"""What the ranking goes by: data, made by `benchmarks/healing/train.py`."""

from typing import Annotated

from msgspec import Meta, Struct

Weight = Annotated[float, Meta(ge=0, le=100)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Calibration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sure the best candidate is: that the element is on the page at all, times that it is this one."""

    margin: Weight  # logistic(margin * log-odds of the best against all others): no margin, no more than one half
    base: Annotated[float, Meta(ge=-100, le=100)]  # logistic(base + likeness * likeness)
    likeness: Weight  # where that is the best one's points, as a share of those that the target has beside itself


class Ranker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weight of each feature, and what is made of the points."""

    weights: dict[str, Weight]  # by the names of ``features.FEATURES``
    calibration: Calibration
    known: Annotated[float, Meta(gt=0, le=1_000)]  # points; of a target that has fewer, likeness is a share of these
    plausible: Share  # likeness below which nothing is called the best
    validate: Share  # probability from which on the best is worth a try
    apply: Share  # probability from which on it is taken as right
