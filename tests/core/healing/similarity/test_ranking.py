"""An element is found again by what stayed, and what is not sure is not applied."""

import pytest
from elements import anything, link, only, ranker
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from argus_streams.core.elements import Box, Element
from argus_streams.core.healing.similarity.ranking import located

KNOWN = {"id": "help", "visible_text": ("Help",), "xpath": "/html[1]/a[1]", "location": Box(x=1, y=1, width=1)}
MENU = tuple(link(text, at) for at, text in enumerate(("Shop", "Prices", "Help", "Contact", "Imprint"), start=1))


def test_an_element_that_stayed_is_applied():
    decision = only(MENU[2], MENU)
    assert (decision.best, decision.verdict) == (2, "apply")
    assert decision.ranking[0] == 2
    assert sorted(decision.ranking) == [0, 1, 2, 3, 4]


def test_it_is_found_by_its_text_when_its_looks_changed():
    moved = structs.replace(
        MENU[2],
        tag="BUTTON",
        href=None,
        class_list=("btn",),
        xpath="/html[1]/body[1]/header[1]/div[7]/button[1]",
        id_xpath=None,
        location=Box(x=640, y=25, width=90, height=40),
    )
    assert only(MENU[2], (*MENU[:2], *MENU[3:], moved)).best == 4


def test_it_is_found_by_its_id_when_its_text_changed():
    target = Element(tag="BUTTON", id="login-button", visible_text=("Sign", "in"), xpath="/html[1]/body[1]/button[1]")
    renamed = structs.replace(target, visible_text=("Continue",), xpath="/html[1]/body[1]/div[2]/button[1]")
    assert only(target, (*MENU, renamed)).best == 5


@pytest.mark.parametrize("one", ["loginButton", "login-button", "LOGIN_BUTTON", "btn-login-button"])
def test_words_are_the_same_however_they_are_joined(one):
    target = Element(tag="DIV", id="login-button", class_list=("login",), xpath="/html[1]/body[1]/div[4]")
    renamed = Element(tag="DIV", id=one, xpath="/html[1]/body[1]/div[1]/div[2]")
    other = Element(tag="DIV", id="search-field", xpath="/html[1]/body[1]/div[1]/div[4]")
    assert only(target, [other, renamed]).best == 1


def test_a_word_that_few_have_says_more_than_one_that_all_have():
    target = link("Help", 9, visible_text=(), href=None, class_list=("nav-link", "to-support"))
    menu = [structs.replace(each, visible_text=(), href=None) for each in MENU]
    menu[1] = structs.replace(menu[1], class_list=("to-support",))
    assert only(target, menu).best == 1


def test_one_of_two_that_are_the_same_is_never_applied():
    decision = only(MENU[2], (MENU[2], MENU[2]))
    assert decision.verdict != "apply"
    assert decision.probability < 0.5


def test_what_is_nothing_like_it_is_not_the_best():
    target = link("Help")
    decision = only(target, [Element(tag="VIDEO", xpath="/html[1]/form[1]/x[7]", visible_text=("cats",), id="film")])
    assert (decision.best, decision.verdict, decision.ranking) == (None, "ask", (0,))
    assert "nothing on the page is like it" in decision.reason


def test_without_candidates_a_person_is_asked():
    decision = only(MENU[0], [])
    assert (decision.best, decision.verdict, decision.ranking) == (None, "ask", ())
    assert decision.reason == "there are no candidates"


def test_without_anything_known_of_the_target_a_person_is_asked():
    assert only(Element(), MENU).verdict == "ask"


def test_two_targets_are_not_the_same_candidate():
    """The second one's own element is gone; alone it would take the first one's."""
    sale = link("Sale", 3, href="https://shop.example/help")
    here = [structs.replace(MENU[2], class_list=()), MENU[3]]
    decisions = located(ranker(), [MENU[2], sale], here)
    assert decisions[0].best == 0
    assert decisions[1].ranking[0] == 1
    assert decisions[1].verdict != "apply"


def test_the_reason_tells_what_speaks_for_it_and_by_how_much():
    decision = only(MENU[2], MENU)
    assert decision.reason.startswith("alike in ")
    assert decision.reason.endswith(" times as likely as all others together")


def test_at_most_ten_are_named():
    assert len(only(link("Help"), [link("Help", at) for at in range(1, 40)]).ranking) == 10


def test_of_many_candidates_the_right_one_is_among_those_looked_at():
    crowd = [link(f"Item {at}", at, id=f"item-{at}") for at in range(1, 1_000)]
    assert only(crowd[700], crowd).best == 700


@given(st.lists(anything, min_size=1, max_size=5), st.lists(anything, max_size=8), st.randoms())
def test_the_order_of_the_candidates_does_not_matter(targets, candidates, chance):
    mixed = list(range(len(candidates)))
    chance.shuffle(mixed)
    one = located(ranker(), targets, candidates)
    other = located(ranker(), targets, [candidates[at] for at in mixed])
    for here, there in zip(one, other, strict=True):
        assert here.verdict == there.verdict
        assert here.probability == pytest.approx(there.probability, abs=1e-3)


@given(anything)
def test_an_element_alone_on_its_page_is_as_sure_as_can_be(element):
    known = structs.replace(element, **KNOWN)
    assert structs.astuple(only(known, [known]))[:3] == (0, (0,), "apply")


def test_of_what_next_to_nothing_is_known_nothing_is_applied():
    target = Element(tag="A", visible_text=("Help",))
    assert only(target, [target]).verdict == "validate"
    assert only(Element(), [Element()]).verdict == "ask"


@given(anything, st.lists(anything, min_size=1, max_size=6))
def test_a_clone_of_the_winner_never_makes_it_surer(target, candidates):
    """What it says is less rare then, so another one may win instead."""
    before = only(target, candidates)
    winner = candidates[before.ranking[0]]
    cloned = [*candidates, winner]
    after = only(target, cloned)
    if cloned[after.ranking[0]] == winner:
        assert after.probability <= min(0.5, before.probability + 0.01)


@given(st.lists(anything, max_size=4), st.lists(anything, max_size=6))
def test_every_decision_holds_together(targets, candidates):
    decisions = located(ranker(), targets, candidates)
    assert len(decisions) == len(targets)
    for each in decisions:
        assert 0 <= each.probability <= 1
        assert each.best in (None, *each.ranking[:1])
        assert sorted(each.ranking) == sorted(set(each.ranking))
        assert each.verdict == "ask" or each.best is not None
        assert each.reason
