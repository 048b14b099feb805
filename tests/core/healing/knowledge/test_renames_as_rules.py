"""Renames that several repairs have in common, and what they propose for locators that nobody has repaired."""

import pytest
from knowing import DAY, LIMITS, NOW, Base, origin, outcome
from msgspec import structs

from argus_streams.core.healing.knowledge import rulebook
from argus_streams.core.healing.knowledge.renames import renames
from argus_streams.core.healing.knowledge.rewriting import rewritten
from argus_streams.core.healing.knowledge.rulebook import Rulebook, uses
from argus_streams.core.healing.knowledge.units import read

# two repairs, a locator never seen, and what the rename makes of it
FAMILIES = {
    "class prefix": (
        ("cy.get('.pf-c-button')", "cy.get('.pf-v5-c-button')"),
        ("cy.get('.pf-c-modal-box')", "cy.get('.pf-v5-c-modal-box')"),
        ("cy.get('ul > .pf-c-menu')", "cy.get('ul > .pf-v5-c-menu')"),
    ),
    "id prefix": (
        ("cy.get('#interactiveDialogModal')", "cy.get('#appsModalModal')"),
        ("cy.get('#interactiveDialogIcon')", "cy.get('#appsModalIcon')"),
        ("cy.get('#interactiveDialogSubmit')", "cy.get('#appsModalSubmit')"),
    ),
    "suffix": (
        ('page.locator("#title-control-en_US")', 'page.locator("#title-control-en")'),
        ('page.locator("#abstract-control-en_US")', 'page.locator("#abstract-control-en")'),
        ('page.locator("#sponsor-control-en_US")', 'page.locator("#sponsor-control-en")'),
    ),
    "attribute": (
        ("cy.get('button[title=\"Admin\"]')", "cy.get('button[aria-label=\"Admin\"]')"),
        ("cy.get('button[title=\"Log out\"]')", "cy.get('button[aria-label=\"Log out\"]')"),
        ("cy.get('button[title=Help]')", "cy.get('button[aria-label=\"Help\"]')"),
    ),
    "id to test id": (
        ("cy.get('#save')", "cy.get('[data-test=\"save\"]')"),
        ("cy.get('#cancel')", "cy.get('[data-test=\"cancel\"]')"),
        ("cy.get('#print')", "cy.get('[data-test=\"print\"]')"),
    ),
    "test id to call": (
        ("page.locator('[data-attr=\"a\"]')", "page.getByTestId('a')"),
        ("page.locator('[data-attr=\"b-c\"]')", "page.getByTestId('b-c')"),
        ("page.locator('[data-attr=\"d\"]')", "page.getByTestId('d')"),
    ),
    "selector to role": (
        ("page.locator('[aria-label=\"Close\"]')", "page.getByRole('button', { name: 'Close' })"),
        ("page.locator('[aria-label=\"Save all\"]')", "page.getByRole('button', { name: 'Save all' })"),
        ("page.locator('[aria-label=\"Edit\"]')", "page.getByRole('button', { name: 'Edit' })"),
    ),
    "tag": (
        ("cy.get('article.ThreadItem')", "cy.get('div.ThreadItem')"),
        ("cy.get('article.ThreadPane .head')", "cy.get('div.ThreadPane .head')"),
        ("cy.get('article.Card')", "cy.get('div.Card')"),
    ),
    "role": (
        ("page.getByRole('gridcell', { name: user })", "page.getByRole('cell', { name: user })"),
        ("page.getByRole('gridcell', { name: 'luke' })", "page.getByRole('cell', { name: 'luke' })"),
        ("page.getByRole('gridcell')", "page.getByRole('cell')"),
    ),
    "text": (
        ("page.getByRole('button', { name: 'Add new page' })", "page.getByRole('button', { name: 'Add page' })"),
        ("page.getByText('Add new page')", "page.getByText('Add page')"),
        ("page.getByRole('menuitem', { name: 'Add new page' })", "page.getByRole('menuitem', { name: 'Add page' })"),
    ),
    "option": (
        ("page.getByRole('button', { name: 'OK' })", "page.getByRole('button', { name: 'OK', exact: true })"),
        ("page.getByRole('button', { name: 'Edit' })", "page.getByRole('button', { name: 'Edit', exact: true })"),
        ("page.getByRole('button', { name: 'Post' })", "page.getByRole('button', { name: 'Post', exact: true })"),
    ),
    "ancestor": (
        ("cy.get('#titleAbstract .title')", "cy.get('.title')"),
        ("cy.get('#titleAbstract input[name=x]')", "cy.get('input[name=x]')"),
        ("cy.get('#titleAbstract p')", "cy.get('p')"),
    ),
    "descendant": (
        ("cy.get('.prop-a .property-label')", "cy.get('.prop-a .property-label h2')"),
        ("cy.get('.prop-b .property-label')", "cy.get('.prop-b .property-label h2')"),
        ("cy.get('.prop-c .property-label')", "cy.get('.prop-c .property-label h2')"),
    ),
    "words of code": (
        ("cy.get(common.cancelButton)", "cy.get(shared.cancelButton)"),
        ("cy.get(common.row(3).title)", "cy.get(shared.row(3).title)"),
        ("cy.get(common.saveButton)", "cy.get(shared.saveButton)"),
    ),
}


@pytest.mark.parametrize(("first", "second", "third"), FAMILIES.values(), ids=FAMILIES)
def test_two_repairs_of_a_family_answer_for_a_third(first, second, third):
    base = Base().learn(outcome(1, *first, own=True), outcome(2, *second, own=True))
    advice = base.decide(third[0])
    assert (advice.verdict, advice.healed, advice.source) == ("validate", third[1], "rule")
    assert advice.rule


@pytest.mark.parametrize(("first", "second", "third"), FAMILIES.values(), ids=FAMILIES)
def test_it_makes_no_difference_which_of_a_family_came_first(first, second, third):
    told = [
        Base().learn(outcome(1, *one, own=True), outcome(2, *other, own=True)).decide(third[0])
        for one, other in ((first, second), (second, first))
    ]
    assert told[0].healed == told[1].healed
    assert told[0].confidence == pytest.approx(told[1].confidence)


def family(count, start=0):
    return [
        outcome(n, f"cy.get('.pf-c-a{n}')", f"cy.get('.pf-v5-c-a{n}')", own=True) for n in range(start, start + count)
    ]


def test_a_rule_is_tried_and_never_applied_however_much_it_explains():
    advice = Base().learn(*family(24)).decide("cy.get('.pf-c-new')")
    assert advice.confidence > LIMITS.apply
    assert advice.verdict == "validate"


def test_a_rule_with_an_exception_falls():
    base = Base().learn(*family(3))
    before = base.decide("cy.get('.pf-c-new')").confidence
    base.learn(outcome("x", "cy.get('.pf-c-x')", "cy.get('.other')", own=True), start=3)
    advice = base.decide("cy.get('.pf-c-new')")
    assert advice.proposals[0].confidence < before
    base.learn(outcome("y", "cy.get('.pf-c-y')", "cy.get('.another')", own=True), start=4)
    assert base.decide("cy.get('.pf-c-new')").verdict == "ask"


def test_a_rule_fades_with_age():
    base = Base().learn(*family(3))
    told = [base.decide("cy.get('.pf-c-new')", now=NOW + age * DAY) for age in (0, 180, 3_600)]
    assert [each.verdict for each in told] == ["validate", "validate", "ask"]
    assert told[0].confidence > told[1].confidence


def test_a_repair_that_a_rule_proposed_and_that_failed_is_an_exception():
    base = Base().learn(*family(2))
    before = base.decide("cy.get('.pf-c-new')")
    base.learn(outcome("x", "cy.get('.pf-c-x')", "cy.get('.pf-v5-c-x')", worked=False), start=2, source="rule")
    assert base.decide("cy.get('.pf-c-new')").proposals[0].confidence < before.confidence
    assert base.decide("cy.get('.pf-c-x')").healed is None  # suppressed here, whoever proposes it


def test_a_repair_that_nobody_tried_teaches_nothing_by_failing():
    base = Base().learn(*family(2))
    base.learn(outcome("x", "cy.get('.pf-c-x')", "cy.get('.something')", worked=False), start=2)
    assert base.decide("cy.get('.pf-c-new')").verdict == "validate"


def test_one_repair_is_proposed_to_a_similar_locator_at_less_confidence():
    base = Base().learn(*family(1))
    near = base.decide("cy.get('.pf-c-a7')")
    assert (near.verdict, near.source, near.healed) == ("validate", "cross_test_learning", "cy.get('.pf-v5-c-a7')")
    rule = Base().learn(*family(2)).decide("cy.get('.pf-c-a7')")
    assert near.confidence < rule.confidence


def test_one_repair_is_no_reason_to_change_a_locator_that_is_not_similar():
    advice = Base().learn(*family(1)).decide("cy.get('main ul > li:first-child .pf-c-title')")
    assert (advice.verdict, advice.reason) == ("ask", "weak")


def test_a_similar_locator_that_the_rename_does_not_explain_is_left_alone():
    assert Base().learn(*family(2)).decide("cy.get('.pg-c-a1')").healed is None


def test_what_a_locator_became_itself_is_no_second_reason():
    base = Base().learn(
        outcome(1, "cy.get('#a')", "cy.get('#b')", own=True), outcome(2, "cy.get('#a')", "cy.get('#c')", own=True)
    )
    advice = base.decide("cy.get('#a')")
    assert (advice.verdict, {each.source for each in advice.proposals}) == ("ask", {"pattern"})


def test_style_is_that_of_the_locator_it_is_proposed_for():
    base = Base().learn(*family(2))
    assert base.decide('cy.get( ".pf-c-new" ));').healed == 'cy.get( ".pf-v5-c-new" ));'
    assert base.decide("cy.get(`.pf-c-${name}`)").healed == "cy.get(`.pf-v5-c-${name}`)"


def test_quotes_never_end_inside_of_a_text():
    base = Base().learn(
        outcome(1, "page.getByText('a')", "page.getByRole('tab', { name: 'a' })", own=True),
        outcome(2, "page.getByText('b')", "page.getByRole('tab', { name: 'b' })", own=True),
    )
    told = base.decide('page.getByText("it\'s here")').healed
    assert told == 'page.getByRole("tab", { name: "it\'s here" })'


@pytest.mark.parametrize(
    "locator", ["", " ", "(", "'", "cy.get('", "][", 'cy.get("[a=\'b")', "\\", "\0", "x" * 5_000, "((((", "${", "/a/"]
)
def test_no_locator_is_too_odd_to_be_learned_and_asked_about(locator):
    base = Base().learn(*family(2), outcome("a", locator, "x", own=True), outcome("b", "y", locator, own=True))
    assert base.decide(locator).healed != locator
    base.decide(locator + "'")


def test_renames_of_nothing_are_none():
    assert renames(read("cy.get('.a')"), read('cy.get(".a")')) == ()
    assert renames(read("x" * 5_000), read("y")) == ()


def test_every_rename_explains_the_repair_that_it_was_found_in():
    for pairs in FAMILIES.values():
        for old, new in pairs:
            found = renames(read(old), read(new))
            assert found
            assert all(rewritten(each, read(old)) is not None for each in found)
            assert any(rewritten(each, read(old)).text == read(new).text for each in found)


def test_no_more_renames_are_kept_than_asked_for():
    limits = structs.replace(LIMITS, renames=50)
    book = Rulebook()
    for number in range(2_000):
        heal = read(f"cy.get('.a{number}')"), read(f"cy.get('#{number}b')")
        book = rulebook.taught(book, heal, 1.0, origin=origin(number), now=NOW + number, limits=limits)
    assert sum(map(len, book.rules.values())) == book.size <= 50 + 64
    assert rulebook.decode(rulebook.encode(book)) == book


def test_rules_that_explain_most_are_kept_longest():
    limits = structs.replace(LIMITS, renames=50)
    base = Base(limits=limits).learn(*family(5))
    base.learn(*[outcome(f"n{n}", f"page.locator('#n{n * n}')", f"page.locator('i{n}')") for n in range(300)], start=5)
    assert base.decide("cy.get('.pf-c-new')").source == "rule"


def test_a_use_tells_the_rule_and_the_text():
    book = rulebook.taught(
        Rulebook(), (read("cy.get('.a-x')"), read("cy.get('.b-x')")), 1.0, origin=origin(0), now=0, limits=LIMITS
    )
    told = {(use.rule.rename.text, use.healed) for use in uses(book, read("cy.get('.a-y')"))}
    assert ("a* in .◦ -> b* in .◦", "cy.get('.b-y')") in told


@pytest.mark.parametrize(
    "locator", ["cy.get('.pf-v5-c-a9')", "cy.get('#x .pf-v5-c-a9')", "cy.get('.pf-v5-c-a9.pf-v5-c-b')"]
)
def test_what_is_renamed_already_is_not_renamed_again(locator):
    assert Base().learn(*family(3)).decide(locator).healed is None


def test_a_pattern_names_the_rule_that_explains_it():
    base = Base().learn(*family(3), outcome("x", "cy.get('.pf-c-x')", "cy.get('#other')", own=True))
    told = {each.locator: each.rule for each in base.told}
    assert told["cy.get('.pf-c-a2')"]
    assert told["cy.get('.pf-c-a0')"] is told["cy.get('.pf-c-x')"] is None
