"""Each feature is a share, and nothing is more like an element than the element itself."""

from elements import anything, ranker
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.healing.similarity.exclusive import exclusive
from argus_streams.core.healing.similarity.features import FEATURES, Pair, features
from argus_streams.core.healing.similarity.page import page
from argus_streams.core.healing.similarity.ranking import evidence, probability, score
from argus_streams.core.healing.similarity.traits import Traits


@given(anything, st.lists(anything, min_size=1, max_size=5))
def test_a_feature_is_a_share_and_never_above_that_of_the_element_itself(target, candidates):
    known, names = page([*candidates, target]), tuple(FEATURES)
    itself = features(Pair(known, Traits(target), Traits(target)), names)
    for each in candidates:
        values = features(Pair(known, Traits(target), Traits(each)), names)
        for name, value, most in zip(names, values, itself, strict=True):
            assert 0 <= value <= most + 1e-9, name


@given(st.floats(-10, 10), st.floats(0, 1), st.floats(0, 5), st.floats(0, 0.5))
def test_a_larger_margin_and_a_closer_likeness_are_surer(margin, likeness, further, closer):
    by = ranker().calibration
    assert probability(by, margin, likeness) <= probability(by, margin + further, likeness)
    assert probability(by, margin, likeness) <= probability(by, margin, likeness + closer)


@given(anything, st.lists(anything, min_size=1, max_size=5))
def test_the_evidence_is_bounded(target, candidates):
    known = page(candidates)
    scored = score(ranker(), known, Traits(target))
    best = max(scored.points, key=scored.points.__getitem__)
    margin, likeness = evidence(scored, {best: 1.0}, best, 20)
    assert -10 <= margin <= 10
    assert 0 <= likeness <= 1 + 1e-9


@given(st.lists(st.dictionaries(st.integers(0, 6), st.floats(0.01, 1), min_size=1), max_size=5))
def test_what_is_balanced_still_adds_up_to_one(rows):
    for given_row, row in zip(rows, exclusive([_whole(each) for each in rows]), strict=True):
        assert set(row) == set(given_row)
        assert abs(sum(row.values()) - 1) < 1e-6


def test_a_single_row_stays_as_it_is():
    assert exclusive([{1: 0.25, 2: 0.75}]) == [{1: 0.25, 2: 0.75}]


def test_what_one_surely_is_the_other_is_not():
    sure, torn = exclusive([{1: 0.99, 2: 0.01}, {1: 0.6, 2: 0.4}])
    assert sure[1] > 0.8
    assert torn[2] > 0.8


def _whole(row):
    return {at: share / sum(row.values()) for at, share in row.items()}
