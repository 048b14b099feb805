"""A person's word about a pattern wins over all that was learned, until it is released."""

from itertools import combinations, permutations

from knowing import NEW, NOW, OLD, OTHER, Base, clean, outcome
from msgspec import structs

from argus_streams.core.healing.knowledge.record import Record, fingerprint


def test_a_pin_is_applied_without_any_evidence():
    base = Base()
    base.order("pin")
    advice = base.decide()
    assert (advice.verdict, advice.reason, advice.healed, advice.source) == ("apply", "pinned", NEW, "pin")


def test_a_pin_wins_over_failures_and_over_what_holds_better():
    base = Base().learn(*clean(50, healed=OTHER), outcome("failed", worked=False))
    base.order("pin")
    assert base.decide().healed == NEW


def test_a_veto_wins_over_every_success_and_over_rules():
    base = Base().learn(
        *clean(50, own=True),
        outcome("a", "cy.get('.pay .sum')", "cy.get('.checkout .sum')", own=True),
        outcome("b", "cy.get('.pay .tax')", "cy.get('.checkout .tax')", own=True),
    )
    base.order("veto")
    advice = base.decide()
    assert advice.verdict == "ask"
    assert NEW not in {each.healed for each in advice.proposals}


def test_a_released_pattern_stands_by_what_was_learned():
    base = Base().learn(*clean(25))
    base.order("veto", NOW, 1)
    base.order("release", NOW + 1, 2)
    assert base.decide().verdict == "apply"
    base.order("pin", NOW + 2, 3)
    base.order("release", NOW + 3, 4)
    assert base.decide().reason == "proven"


def test_a_release_lifts_a_suppression():
    base = Base().learn(*clean(30), outcome("failed", worked=False))
    base.order("release")
    assert base.decide().healed == NEW


def test_the_last_word_by_time_and_origin_wins_whatever_arrived_first():
    words = [("veto", NOW, 1), ("pin", NOW, 2), ("release", NOW - 1, 3)]
    for order in permutations(words):
        base = Base().learn(*clean(3))
        for word in order:
            base.order(*word)
        assert base.decide().reason == "pinned"


def test_a_command_told_twice_changes_nothing():
    base = Base().learn(*clean(3))
    base.order("veto")
    before = base.state()
    assert base.order("veto").how == "repeat"
    assert base.state() == before


def test_a_pattern_is_named_by_its_fingerprint():
    base = Base().learn(*clean(3))
    name = fingerprint("shop", base.known(OLD).entry.records[0])
    assert base.order("veto", pattern=name, locator=None, healed=None).changed[0].standing == "vetoed"


def test_a_command_about_what_nobody_knows_yet_waits_for_it():
    known = Base().learn(*clean(3))
    name = fingerprint("shop", known.known(OLD).entry.records[0])
    base = Base()
    assert base.order("veto", NOW, 2, pattern=name, locator=None, healed=None).changed == ()
    assert base.order("pin", NOW, 1, pattern=name, locator=None, healed=None).how == "repeat"
    assert base.learn(*clean(3)).known(OLD).entry.records[0].standing == "vetoed"


def test_words_that_wait_for_nothing_are_bounded():
    base = Base()
    for number in range(100):
        name = fingerprint("shop", Record(OLD, f"#{number}", "", "not_found", "pin", NOW, NOW))
        base.order("veto", NOW + number, number, pattern=name, locator=None, healed=None)
    assert 0 < len(base.known(OLD).entry.waiting) < 100


def test_commands_and_outcomes_leave_the_same_whichever_are_read_first():
    """They come by topics of their own: a replay reads them in another order than they came in."""
    told = [
        lambda base: base.learn(*clean(2), start=0, now=NOW + 1),
        lambda base: base.learn(outcome("failed", worked=False), start=2, now=NOW + 3),
        lambda base: base.learn(*clean(1, 3), start=3, now=NOW + 5),
    ]
    said = [
        lambda base: base.order("pin", NOW + 2, 1),
        lambda base: base.order("release", NOW + 4, 2),
    ]
    states = set()
    for places in combinations(range(len(told) + len(said)), len(said)):
        base, outcomes, commands = Base(), iter(told), iter(said)
        for at in range(len(told) + len(said)):
            next(commands if at in places else outcomes)(base)
        (record,) = base.known(OLD).entry.records
        states.add(repr(structs.replace(record, writes=0)) + record.standing)
    assert len(states) == 1


def test_a_word_of_one_scope_says_nothing_of_another():
    base = Base().learn(*clean(30), *clean(30, 100, scope="/cart"))
    base.order("veto", scope="/cart")
    assert base.decide().verdict == "apply"


def test_a_pin_on_the_broken_locator_itself_is_not_proposed():
    base = Base()
    base.order("pin", healed=OLD)
    assert base.decide().healed is None
