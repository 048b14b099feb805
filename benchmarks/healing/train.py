"""Trains the ranking of elements anew, and writes what it goes by.

    python benchmarks/healing/train.py [FILE.jsonl.gz]

Weights and calibration are fitted on all sites; the thresholds are chosen by what the cross-validation by site told of
sites that were not learned from. Writes `defaults/similarity.yaml`. Takes some minutes.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from crossing import KNOWN, Outcome, calibration, crossed, fitted, measured, outcomes, taught
from pairs import FILE, load

WRITTEN = Path(__file__).resolve().parents[2] / "defaults" / "similarity.yaml"
PRECISION = 0.995  # of `apply` on sites that were not learned from, so that 0.99 holds elsewhere
APPLY = 0.9  # at least, however well the pairs went
VALIDATE = 0.5  # likelier right than wrong
PLAUSIBLE = 0.2  # likeness; the least of a right candidate in the development pairs is 0.38

_TEXT = """\
# How an element is found again: written by `python benchmarks/healing/train.py`, from {pairs} pairs of {sites} sites.
weights: # points of each feature (argus_streams/core/healing/similarity/features.py)
{weights}
calibration: # of the probability that the best is right: that it is this one, times that the element is there at all
  margin: {margin} # logistic(margin * log-odds of the best against all others)
  base: {base} # logistic(base + likeness * points as a share of those that the target has beside itself)
  likeness: {likeness}
known: {known} # points; where a target has fewer beside itself, likeness is a share of these
plausible: {plausible} # likeness below which nothing is called the best
validate: {validate} # probability from which on the best is worth a try ...
apply: {apply} # ... and is taken as right: {precision:.1%} were, on sites that were not learned from
"""


def threshold(found: Sequence[tuple[Outcome, float]]) -> float:
    """The lowest hundredth of a probability from which on so many are right as are wanted."""
    return next((at / 100 for at in range(50, 100) if _precision(found, at / 100) >= PRECISION), 1.0)


def _precision(found: Sequence[tuple[Outcome, float]], least: float) -> float:
    kept = [one.judged.right for one, sure in found if sure >= least]
    return sum(kept) / len(kept) if kept else 1.0


def main() -> None:
    """Train, choose, write."""
    pages = measured(load(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE))
    alone, together = crossed(pages)
    apply = max(APPLY, threshold(alone), threshold(together))
    weights = fitted(pages)
    curve = calibration(taught([one for each in pages for ways in outcomes(each, weights) for one in ways]))
    text = _TEXT.format(
        pairs=sum(len(each.cases) for each in pages),
        sites=len({each.paired.site for each in pages}),
        weights="\n".join(f"  {name}: {weight:.2f}" for name, weight in weights.items()),
        base=curve.base,
        margin=curve.margin,
        likeness=curve.likeness,
        known=KNOWN,
        plausible=PLAUSIBLE,
        validate=VALIDATE,
        apply=apply,
        precision=min(_precision(alone, apply), _precision(together, apply)),
    )
    WRITTEN.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
