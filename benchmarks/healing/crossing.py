"""Cross-validation by site: each site is judged by weights, calibration and thresholds that never saw it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fitting import Judged, Sample, calibration, weights
from pairs import Paired

from argus_streams.core.healing.similarity.exclusive import exclusive
from argus_streams.core.healing.similarity.features import FEATURES
from argus_streams.core.healing.similarity.page import Page, page
from argus_streams.core.healing.similarity.ranker import Calibration, Ranker
from argus_streams.core.healing.similarity.ranking import (
    Scored,
    evidence,
    likelihoods,
    ordered,
    probability,
    rescored,
    score,
)
from argus_streams.core.healing.similarity.traits import Traits

KNOWN = 20.0  # points; the least that a target of the development pairs has beside itself is 20.2
GONE = 0.25  # what a target whose element is gone weighs beside one whose is there: a page may have lost it
_FLAT = Ranker(
    weights=dict.fromkeys(FEATURES, 1.0),
    calibration=Calibration(base=0, margin=0, likeness=0),
    known=KNOWN,
    plausible=0,
    validate=0,
    apply=0,
)


Shares = Mapping[int, float]  # of the likelihood, by candidate


class Case(NamedTuple):
    """One target of a page."""

    paired: Paired
    answer: int
    scored: Scored


class Outcome(NamedTuple):
    """What came of one target: where the right candidate was ranked, and how sure the first one was."""

    case: Case
    known: Page
    order: Sequence[int]
    judged: Judged
    gone: Judged | None = None  # the same with the right candidate taken from the page

    @property
    def rank(self) -> int:
        """0 = first; as many as there are when it was not even looked at."""
        return self.order.index(self.case.answer) if self.case.answer in self.order else len(self.order)


class Measured(NamedTuple):
    """A page with the features of all its targets."""

    paired: Paired
    known: Page
    cases: Sequence[Case]


def measured(pages: Sequence[Paired]) -> list[Measured]:
    """The features of all pairs, once and for all weights."""
    found = []
    for each in pages:
        known = page(each.candidates)
        scored = [score(_FLAT, known, Traits(target)) for target in each.targets]
        cases = [Case(each, answer, one) for answer, one in zip(each.answers, scored, strict=True)]
        found.append(Measured(each, known, cases))
    return found


def fitted(pages: Sequence[Measured]) -> dict[str, float]:
    """The weights that these pages teach."""
    samples = [_sample(case) for each in pages for case in each.cases if case.answer in case.scored.values]
    return dict(zip(FEATURES, weights(samples, tuple(FEATURES)), strict=True))


def outcomes(page: Measured, by: dict[str, float]) -> tuple[list[Outcome], list[Outcome]]:
    """What these weights make of a page: of each target alone, and of all of them together."""
    scored = [rescored(case.scored, tuple(by.values())) for case in page.cases]
    rows = [likelihoods(each.points) for each in scored]
    left = [_without(page, one, case.answer) for one, case in zip(scored, page.cases, strict=True)]
    gone = [likelihoods(each) for each in left]
    balanced = exclusive(rows)
    others = [exclusive([*rows[:at], gone[at], *rows[at + 1 :]])[at] for at in range(len(rows))]
    return (
        [_outcome(page, at, one, rows[at], gone[at]) for at, one in enumerate(scored)],
        [_outcome(page, at, one, balanced[at], others[at]) for at, one in enumerate(scored)],
    )


def crossed(pages: Sequence[Measured]) -> tuple[list[tuple[Outcome, float]], list[tuple[Outcome, float]]]:
    """Every target with the probability of its best, both by what the other sites taught: alone, and together."""
    sites = sorted({each.paired.site for each in pages})
    found: dict[str, list[tuple[list[Outcome], list[Outcome]]]] = {}
    for site in sites:
        by = fitted([each for each in pages if each.paired.site != site])
        found[site] = [outcomes(each, by) for each in pages if each.paired.site == site]
    alone = {site: [one for each, _ in found[site] for one in each] for site in sites}
    together = {site: [one for _, each in found[site] for one in each] for site in sites}
    both = {site: [*alone[site], *together[site]] for site in sites}
    return _with_probabilities(alone, both), _with_probabilities(together, both)


def _with_probabilities(
    found: Mapping[str, Sequence[Outcome]], teaching: Mapping[str, Sequence[Outcome]]
) -> list[tuple[Outcome, float]]:
    told = []
    for site, ours in found.items():
        curve = calibration(taught([one for other, each in teaching.items() if other != site for one in each]))
        told += [(one, probability(curve, one.judged.margin, one.judged.likeness)) for one in ours]
    return told


def taught(found: Sequence[Outcome]) -> list[Judged]:
    """What a calibration learns from: every target, and again with its element gone."""
    return [each.judged for each in found] + [
        each.gone._replace(weight=GONE) for each in found if each.gone is not None
    ]


def _outcome(page: Measured, at: int, scored: Scored, shares: Shares, gone: Shares) -> Outcome:
    case, order = page.cases[at], ordered(page.known, scored, shares)
    judged = Judged(*evidence(scored, shares, order[0], KNOWN), order[0] == case.answer)
    if not gone:
        return Outcome(case, page.known, order, judged)
    best = ordered(page.known, scored, gone)[0]
    return Outcome(case, page.known, order, judged, Judged(*evidence(scored, gone, best, KNOWN), right=False))


def _without(page: Measured, scored: Scored, answer: int) -> dict[int, float]:
    """The points of the candidates when the right one, all in it and all around it are gone."""
    path = f"{page.paired.candidates[answer].xpath}/"
    paths = {at: f"{page.paired.candidates[at].xpath}/" for at in scored.points}
    return {
        at: points
        for at, points in scored.points.items()
        if not paths[at].startswith(path) and not path.startswith(paths[at])
    }


def _sample(case: Case) -> Sample:
    right = case.scored.values[case.answer]
    return Sample(
        [
            [one - other for one, other in zip(each, right, strict=True)]
            for at, each in case.scored.values.items()
            if at != case.answer
        ]
    )
