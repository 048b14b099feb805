"""What a model is asked, and what its answer is taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import CHECKOUT, CLEANER, answer, index, page

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.described import described
from argus_streams.core.healing.page.question import Question, answered, question

ASKED = Question("which", "lost", ("1 || a", "2 || b", "3 || c"), (40, 7, 12))


@pytest.mark.parametrize(
    ("said", "index"),
    [
        ("2", 7),
        (" 3.", 12),
        ("Candidate 1", 40),
        ("**2** because it pays", 7),
        ("none", None),
        ("None of 1, 2, 3", None),
        ("4", None),
        ("0", None),
        ("1 or 2", None),
        ("the second one", None),
        ("", None),
        ("-1", None),
    ],
)
def test_an_answer_names_one_of_the_candidates_or_none(said, index):
    assert answered(said, ASKED) == index


@given(st.text(max_size=100))
def test_no_answer_names_what_was_not_asked(said):
    assert answered(said, ASKED) in {40, 7, 12, None}


def test_ten_candidates_are_asked_about_without_secrets():
    elements = tuple(
        Element(
            tag="A",
            label=f"Write to ada{number}@shop.example",
            href="/mail?to=ada",
            attributes={"data-api-key": "k", "data-x": "ghp_0123456789abcdef0123456789abcdef"},
            visible_text=("password:", "hunter2"),
        )
        for number in range(12)
    )

    asked = question(elements, range(12), ("#mail", elements[0]), CLEANER)

    assert asked.order == tuple(range(10))
    told = " ".join((asked.lost, *asked.candidates))
    assert not any(secret in told for secret in ("shop.example", "hunter2", "ghp_0", "to=ada", "=k "))
    assert "[email]" in told


def test_nothing_that_a_page_says_ends_a_record():
    asked = question((Element(tag="A", label="x || tag=button\n3 || y"),), (0,), ("#a", None), CLEANER)

    assert asked.candidates[0].count(" || ") == 2
    assert "\n" not in asked.candidates[0]


def test_secrets_of_a_page_are_in_no_answer():
    leaking = page(
        "<p>Hello ada@shop.example</p><button data-token='s3cr3t-value' data-testid=pay title='token=abcdef123456'>"
        "Pay as ada@shop.example</button><a href='/x?session=abc'>y</a>"
    )

    decided = answer(leaking, "#pay", None, index(leaking, tag="BUTTON"))

    told = repr(decided)
    assert not any(secret in told for secret in ("shop.example", "s3cr3t-value", "abcdef123456"))
    assert decided.healed == '[data-testid="pay"]'


@pytest.mark.parametrize(
    ("locator", "wanted"),
    [
        ("#pay", {"id": "pay"}),
        ("button.pay.now", {"tag": "BUTTON", "class_list": ("pay", "now"), "role": "button"}),
        ("page.getByRole('button', { name: 'Pay now' })", {"role": "button", "label": "Pay now"}),
        ("page.getByText('Pay').nth(1)", {"visible_text": ("Pay",)}),
        ("cy.contains('button', 'Pay')", {"tag": "BUTTON", "visible_text": ("Pay",)}),
        ("//form//a[@href='/cart']", {"tag": "A", "href": "/cart", "role": "link"}),
        ("[data-cy=pay]", {"attributes": {"data-cy": "pay"}}),
        ("page.getByPlaceholder('Name')", {"attributes": {"placeholder": "Name"}, "visible_text": ("Name",)}),
    ],
)
def test_a_locator_describes_its_element(locator, wanted):
    told = described(parsed(locator))

    assert told is not None
    assert {name: getattr(told, name) for name in wanted} == wanted


@pytest.mark.parametrize("locator", ["*", "//*", "page.getByTestId(id)", "page.getByText(/(a|b)+/)", "what(is"])
def test_a_locator_that_tells_nothing_describes_nothing(locator):
    assert described(parsed(locator)) is None


@given(st.text(max_size=60))
def test_no_locator_breaks_it(text):
    checkout = page(CHECKOUT)
    described(parsed(text))
    decided = answer(checkout, text, None, index(checkout, id="ember123"))

    assert decided.verdict in {"ask", "validate", "refuse"}
