"""A repair speaks for the rest of the suite before it fails, where the same rename explains both."""

from knowing import LIMITS, NOW, Base, outcome, suggested
from msgspec import structs

from argus_streams.core.healing.knowledge.index import alike

FIRST, SECOND = ("cy.get('.pf-c-a1')", "cy.get('.pf-v5-c-a1')"), ("cy.get('.pf-c-b2')", "cy.get('.pf-v5-c-b2')")
NEAR, FAR = "cy.get('.pf-c-a2')", "cy.get('main ul > li .pf-c-title')"


def suite(*repairs):
    base = Base()
    for locator in (NEAR, FAR, "cy.get('.pg-c-a1')", "cy.get('#pay')"):
        base.met(locator)
    return base.learn(*[outcome(number, *each, own=True) for number, each in enumerate(repairs)])


def test_one_repair_is_suggested_to_similar_locators_alone():
    assert suggested(suite(FIRST), FIRST[0]) == {NEAR: ("cy.get('.pf-v5-c-a2')", "cross_test_learning")}


def test_a_rule_is_suggested_to_all_that_have_it():
    assert suggested(suite(FIRST, SECOND), SECOND[0]) == {
        NEAR: ("cy.get('.pf-v5-c-a2')", "rule"),
        FAR: ("cy.get('main ul > li .pf-v5-c-title')", "rule"),
    }


def test_what_a_machine_tried_once_is_suggested_to_nobody():
    base = Base()
    base.met(NEAR)
    base.learn(outcome(1, *FIRST))
    assert suggested(base, FIRST[0]) == {}


def test_a_rule_that_fell_is_suggested_to_nobody():
    base = suite(FIRST, SECOND)
    base.learn(*[outcome(f"x{n}", f"cy.get('.pf-c-x{n}')", f"cy.get('#n{n}')", own=True) for n in range(3)], start=2)
    assert suggested(base, SECOND[0]) == {}


def test_a_healed_locator_is_part_of_the_suite_from_then_on():
    base = Base().learn(outcome(1, "cy.get('#old')", "cy.get('.pf-c-new')", own=True))
    base.learn(outcome(2, *FIRST, own=True), outcome(3, *SECOND, own=True), start=1)
    assert "cy.get('.pf-c-new')" in suggested(base, SECOND[0])


def test_the_index_forgets_what_was_told_of_first():
    base = Base(limits=structs.replace(LIMITS, locators=3))
    for number in range(5):
        base.met(f"cy.get('[title=\"row {number}\"]')", now=NOW + number)
    assert [each.written for each in base.known("x").index.met.values()] == [
        f"cy.get('[title=\"row {number}\"]')" for number in (2, 3, 4)
    ]
    assert len(base.entries) == 3


def test_similar_locators_are_told_the_most_similar_first():
    base = suite(FIRST)
    found = alike(base.known(NEAR).index, "cy.get('.pf-c-a23')", LIMITS, 10)
    assert next(each.written for each, _ in found) == NEAR
    assert all(LIMITS.similar <= score <= 1 for _, score in found)
