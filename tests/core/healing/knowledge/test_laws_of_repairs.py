"""Laws of what is known: whatever is told, and however often."""

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings
from knowing import LIMITS, NOW, Base, origin, outcome
from msgspec import structs

from argus_streams.core.healing.knowledge import index, record, rulebook
from argus_streams.core.healing.knowledge.evidence import lower_bound
from argus_streams.core.healing.knowledge.known import Known, learn
from argus_streams.core.healing.knowledge.lexing import canonical, lexed, written
from argus_streams.core.healing.knowledge.renames import renames
from argus_streams.core.healing.knowledge.rewriting import rewritten
from argus_streams.core.healing.knowledge.units import read

WORDS = st.sampled_from(["a", "b", "pf-c-x", "pf-v5-c-x", "OK", "itemRow", "${x}", "it's"])
SELECTORS = st.one_of(
    WORDS.map(".{}".format),
    WORDS.map("#{}".format),
    st.tuples(WORDS, WORDS).map(lambda each: f'[{each[0]}="{each[1]}"]'),
    st.tuples(WORDS, WORDS).map(lambda each: f".{each[0]} > #{each[1]}"),
    WORDS.map('button:has-text("{}")'.format),
)
LOCATORS = st.one_of(
    SELECTORS.map("cy.get(`{}`)".format),
    WORDS.map('page.getByText("{}")'.format),
    st.tuples(WORDS, WORDS).map(lambda each: f"page.getByRole('{each[0]}', {{ name: \"{each[1]}\" }})"),
    st.text(max_size=30),
)
TOLD = st.lists(
    st.tuples(LOCATORS, LOCATORS, st.booleans(), st.booleans(), st.sampled_from(["", "/cart"])), max_size=12
)


def outcomes(told):
    return [
        outcome(number, locator, healed, worked=worked or own, own=own, scope=scope)
        for number, (locator, healed, worked, own, scope) in enumerate(told)
    ]


@given(TOLD)
@settings(max_examples=60, deadline=None)
def test_replaying_all_outcomes_changes_nothing(told):
    base = Base().learn(*outcomes(told))
    before = base.state()
    assert base.learn(*outcomes(told)).state() == before


@given(TOLD, st.integers(0, 11))
@settings(max_examples=40, deadline=None)
def test_a_replay_from_anywhere_leaves_what_one_reading_leaves(told, start):
    start = min(start, len(told))
    whole = outcomes(told)
    assert Base().learn(*whole).learn(*whole[start:], start=start).state() == Base().learn(*whole).state()


@given(TOLD, LOCATORS)
@settings(max_examples=80, deadline=None)
def test_a_proposed_locator_is_never_the_broken_one(told, broken):
    advice = Base().learn(*outcomes(told)).decide(broken)
    for healed in (advice.healed, *[each.healed for each in advice.proposals]):
        assert healed is None or canonical(healed) != canonical(broken)


@given(TOLD)
@settings(max_examples=40, deadline=None)
def test_what_failed_last_is_proposed_to_nobody_in_its_scope(told):
    base = Base().learn(*outcomes(told))
    base.learn(outcome("last", "cy.get('.x')", "cy.get('.y')", worked=False), start=100)
    assert "cy.get('.y')" not in {each.healed for each in base.decide("cy.get('.x')").proposals}


@given(st.lists(st.tuples(LOCATORS, LOCATORS), max_size=8))
@settings(max_examples=40, deadline=None)
def test_machines_alone_never_make_a_rule_or_a_pattern_apply_in_few_tries(told):
    base = Base().learn(*[outcome(number, *each) for number, each in enumerate(told)])
    for locator, _ in told:
        assert base.decide(locator).verdict != "apply"


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0.1, 5))
def test_a_bound_lies_below_the_share_and_rises_with_evidence(won, lost, z):
    least = lower_bound(won, lost, z)
    assert 0 <= least <= (won / (won + lost) if won + lost else 0) + 1e-9
    assert lower_bound(won + 1, lost, z) >= least - 1e-9
    assert lower_bound(won, lost + 1, z) <= least + 1e-9


@given(st.one_of(LOCATORS, st.text(alphabet="'\"`\\()[]{}.#=:/ >ab$\n", max_size=60)))
@example("0\x1f;")
@settings(max_examples=300)
def test_tokens_are_the_whole_text(text):
    told = lexed(text)
    assert written(*told) == text.strip()


@given(LOCATORS, LOCATORS)
@settings(max_examples=200)
def test_a_rename_changes_what_it_was_found_in(old, new):
    for rename in renames(read(old), read(new)):
        changed = rewritten(rename, read(old))
        assert changed is None or changed.text != read(old).text


@pytest.mark.long
def test_what_is_kept_after_a_hundred_thousand_outcomes_is_bounded():
    entries, shared = {}, Known()
    for number in range(100_000):
        each = outcome(
            number,
            f"cy.get('.row-{number * 7919 % 8_000} [data-x=\"{number % 3}\"]')",
            f"cy.get('#n-{number % 350}')",
            worked=number % 5 > 0,
            own=number % 3 == 0,
            scope=f"/{number % 4}",
        )
        at = record.place("shop", each.locator)
        known = Known(entries.get(at, record.Entry()), shared.rulebook, shared.index)
        learnt = learn(known, each, origin(number), NOW + number, LIMITS)
        entries[at], shared = learnt.known.entry, learnt.known
        for gone in learnt.dropped:
            entries.pop(record.place("shop", gone), None)
    assert len(entries) <= LIMITS.locators
    assert max(len(record.encode(each)) for each in entries.values()) < 64_000
    assert len(rulebook.encode(shared.rulebook)) < 1_000_000
    assert len(index.encode(shared.index)) < 1_000_000


def test_what_is_kept_of_a_project_is_bounded_whatever_it_tells():
    limits = structs.replace(LIMITS, locators=40, patterns=4, renames=60)
    base = Base(limits=limits)
    for number in range(600):
        locator = f"cy.get('.a{number % 100} #b{number}')" if number % 3 else "cy.get('#same')"
        base.learn(outcome(number, locator, f"cy.get('[data-x=\"{number}\"]')"), start=number, now=NOW + number)
        base.met(locator, test=f"test {number}", now=NOW + number)
    assert len(base.entries) <= 40
    assert max(map(len, base.entries.values())) < 10_000
    assert len(base.book) < 100_000
    assert len(base.index) < 5_000
    assert len(base.known("cy.get('#same')").entry.records) == 4
