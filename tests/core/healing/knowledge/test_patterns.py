"""Repairs that are remembered: what is applied, what is tried, and what is left to a person."""

import pytest
from knowing import DAY, LIMITS, NEW, NOW, OLD, OTHER, Base, clean, origin, outcome

from argus_streams.core.healing.knowledge.evidence import lower_bound
from argus_streams.core.healing.knowledge.known import Known, learn
from argus_streams.core.healing.knowledge.learning import bound
from argus_streams.core.healing.knowledge.record import fingerprint, place_of, snapshot


def test_nothing_is_known_of_a_locator_that_was_never_repaired():
    advice = Base().decide()
    assert (advice.verdict, advice.reason, advice.healed, advice.proposals) == ("ask", "unknown", None, ())


def test_one_success_is_not_even_tried_again():
    advice = Base().learn(*clean(1)).decide()
    assert (advice.verdict, advice.reason) == ("ask", "weak")
    assert [each.healed for each in advice.proposals] == [NEW]


def test_one_repair_of_a_person_is_tried_and_not_applied():
    advice = Base().learn(outcome(1, own=True)).decide()
    assert (advice.verdict, advice.reason, advice.healed, advice.source) == ("validate", "likely", NEW, "pattern")


@pytest.mark.parametrize(("count", "verdict"), [(2, "ask"), (3, "validate"), (24, "validate"), (25, "apply")])
def test_a_verdict_goes_by_the_lower_bound_of_successes(count, verdict):
    advice = Base().learn(*clean(count)).decide()
    assert advice.verdict == verdict
    assert advice.proposals[0].confidence == pytest.approx(lower_bound(count, 0, LIMITS.z))


@pytest.mark.parametrize(("count", "verdict"), [(1, "validate"), (21, "validate"), (22, "apply")])
def test_peoples_own_repairs_weigh_more(count, verdict):
    assert Base().learn(*clean(count, own=True)).decide().verdict == verdict


@pytest.mark.parametrize("count", [1, 3, 25, 200])
def test_a_failure_suppresses_at_once_however_often_it_held(count):
    base = Base().learn(*clean(count))
    base.learn(outcome("failed", worked=False), start=count)
    advice = base.decide()
    assert (advice.verdict, advice.reason, advice.proposals) == ("ask", "suppressed", ())


def test_a_suppressed_repair_stays_so_for_good():
    base = Base().learn(*clean(30), outcome("failed", worked=False))
    assert base.decide(now=NOW + 3000 * DAY).reason == "suppressed"


def test_a_persons_own_repair_lifts_a_suppression():
    base = Base().learn(*clean(3), outcome("failed", worked=False), outcome("own", own=True))
    assert base.decide().healed == NEW


def test_successes_elsewhere_lift_a_suppression_and_count_there_alone():
    base = Base().learn(*clean(30), outcome("failed", worked=False))
    base.learn(*clean(2, 50, scope="/cart"), start=50)
    assert base.decide().reason == "suppressed"
    base.learn(*clean(1, 60, scope="/cart"), start=60)
    assert base.decide().verdict == "validate"  # the failure still counts
    assert {each.scope: each.successes for each in base.known(OLD).entry.records} == {"": 30, "/cart": 3}


def test_a_repair_of_one_scope_never_applies_in_another():
    base = Base().learn(*clean(200, own=True, scope="/cart"))
    assert base.decide(scope="/cart").verdict == "apply"
    elsewhere = base.decide(scope="/account")
    assert (elsewhere.verdict, elsewhere.source) == ("validate", "cross_test_learning")
    assert base.decide(scope="/cart", failure="ambiguous").verdict == "validate"


def test_a_failure_in_one_scope_leaves_the_others_alone():
    base = Base().learn(*clean(30), *clean(30, 100, scope="/cart"), outcome("failed", worked=False))
    assert base.decide().verdict != "apply"
    assert base.decide(scope="/cart").verdict == "apply"


def test_projects_know_nothing_of_each_other():
    one, other = (Base(project).learn(outcome(1, own=True, project=project)) for project in ("shop", "blog"))
    record = one.known(OLD).entry.records[0]
    assert fingerprint("shop", record) != fingerprint("blog", record)
    assert not set(one.entries) & set(other.entries)


def test_of_two_repairs_that_are_as_likely_a_person_chooses():
    advice = Base().learn(outcome(1, own=True), outcome(2, healed=OTHER, own=True)).decide()
    assert (advice.verdict, advice.reason) == ("ask", "conflicting")
    assert {each.healed for each in advice.proposals} == {NEW, OTHER}


def test_of_two_repairs_the_one_that_people_made_again_and_again_since_is_tried():
    other, many = outcome("other", healed=OTHER, own=True), clean(4, own=True)
    advice = Base().learn(other, *many).decide()
    assert (advice.verdict, advice.healed) == ("validate", NEW)
    assert Base().learn(*many, other).decide().verdict == "ask"  # it is outdated, and one repair is not enough


def test_age_and_another_release_take_from_the_bound():
    base = Base().learn(*clean(30, release="1"))
    bounds = [
        base.decide(now=NOW + age * DAY, release=release).proposals[0].confidence
        for age, release in ((0, "1"), (0, "2"), (90, "2"), (360, "2"), (3600, "2"))
    ]
    assert bounds == sorted(bounds, reverse=True)
    assert len(set(bounds)) == len(bounds)
    assert base.decide(now=NOW + 3600 * DAY).verdict == "ask"


def test_what_was_told_before_its_time_is_as_good_as_new():
    assert Base().learn(*clean(25)).decide(now=0).verdict == "apply"


def test_an_outcome_that_changes_nothing_is_no_repair():
    base = Base().learn(outcome(1, healed='cy.get( ".pay" )', own=True))
    assert base.known(OLD).entry.records == ()
    assert base.decide().reason == "unknown"


def test_style_makes_no_other_pattern():
    base = Base().learn(outcome(1, own=True), outcome(2, 'cy.get(".pay")', 'cy.get(".checkout")', own=True))
    (record,) = base.known("cy.get( `.pay` )").entry.records
    assert record.successes == 2


def test_a_snapshot_has_the_published_ratio_and_the_bound():
    base = Base().learn(*clean(3, release="1"), outcome("failed", worked=False, test="pays twice", release="2"))
    (record,) = base.known(OLD).entry.records
    told = snapshot(record, project="shop", bound=bound(record, 0, NOW, None, LIMITS), epoch=7)
    assert (told.successes, told.failures, told.confidence, told.standing) == (3, 1, 0.75, "suppressed")
    assert 0 < told.bound < 0.5
    assert (told.tests, told.first_release, told.last_release) == (("pays", "pays twice"), "1", "2")
    assert (told.version.epoch, told.version.writes) == (7, 4)
    assert told.fingerprint.startswith("v1:")
    assert place_of(told.fingerprint) in base.entries


def test_what_is_told_again_under_another_offset_counts_once():
    base = Base().learn(outcome(1), outcome(1), outcome(1))
    assert base.known(OLD).entry.records[0].successes == 1


def test_each_state_counts_an_outcome_once_whichever_was_written_before_a_kill():
    told = [outcome(number, own=True) for number in range(3)]
    whole = Base().learn(*told)
    for written in ("entry", "book", "neither"):
        base = Base().learn(*told[:2])
        entries, book, index = base.state()
        base.learn(told[2], start=2)
        base.entries, base.book, base.index = (
            base.entries if written == "entry" else entries,
            base.book if written == "book" else book,
            index,
        )
        base.learn(*told)
        assert base.state()[:2] == whole.state()[:2], written


def test_an_outcome_is_told_what_it_was():
    first = learn(Known(), outcome(1), origin(5), NOW, LIMITS)
    assert first.how == "counted"
    assert learn(first.known, outcome(1), origin(5), NOW, LIMITS).how == "repeat"
    assert learn(first.known, outcome(1), origin(6), NOW, LIMITS).how == "duplicate"
    assert learn(first.known, outcome(2), origin(0, partition=1), NOW, LIMITS).how == "counted"
