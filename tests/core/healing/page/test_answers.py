"""What leaves of a page, and what a locator alone tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import CHECKOUT, answer, index, page

from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.described import described


def test_secrets_of_a_page_are_in_no_answer():
    leaking = page(
        "<p>Hello ada@shop.example</p><button data-token='s3cr3t-value' data-testid=pay title='token=abcdef123456'>"
        "Pay as ada@shop.example</button><a href='/x?session=abc'>y</a>"
    )

    decided = answer(leaking, "#pay", None, index(leaking, tag="BUTTON"))
    doubted = answer(leaking, "page.getByTitle('Other')", None, index(leaking, tag="BUTTON"))

    told = repr((decided, doubted))
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
