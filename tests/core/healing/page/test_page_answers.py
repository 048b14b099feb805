"""What leaves of a page, and what a locator alone tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import CHECKOUT, answer, index, page

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.described import described
from argus_streams.core.healing.page.matching import located
from argus_streams.core.healing.page.snapshot import given as listed


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


@pytest.mark.parametrize("locator", ["#pay", "//button[@id='pay']", "page.locator('#pay')"])
def test_no_address_of_a_person_is_written_down_however_a_selector_escapes_it(locator):
    leaking = page("<main><button class='ada@shop.example'>x</button><button>x</button></main>")

    decided = answer(leaking, locator, None, index(leaking, tag="BUTTON"))

    assert "shop" not in repr(decided)


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


_WORDS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["x", "/a", "http://[", "button", "«", "1"]))
_ELEMENTS = st.builds(
    Element,
    tag=st.sampled_from(["A", "BUTTON", "input", "svg", "", "x y"]),
    id=_WORDS,
    name=_WORDS,
    class_list=st.lists(st.text(max_size=6), max_size=3).map(tuple),
    href=_WORDS,
    alt=_WORDS,
    xpath=st.sampled_from(["", "/html[1]", "/a[1]/b[2]", "//", "x"]),
    visible_text=st.lists(st.text(max_size=6), max_size=3).map(tuple),
    role=_WORDS,
    label=_WORDS,
    attributes=st.dictionaries(st.sampled_from(["type", "data-testid", "title", ""]), st.text(max_size=6), max_size=3),
    visible=st.sampled_from([None, True, False]),
    landmark=_WORDS,
    frame=st.sampled_from([None, "/iframe[1]", "/x-y[1]/shadow-root", "/a[1] >> /b[1]/shadow-root"]),
)


@given(
    st.lists(_ELEMENTS, min_size=1, max_size=4).map(tuple),
    st.one_of(st.none(), _ELEMENTS),
    st.sampled_from(["#old", "page.getByRole('button', { name: 'x' })", "//a[@id='old']", ".a > .b", "text=x"]),
)
def test_whatever_is_recorded_of_elements_is_answered(elements, target, locator):
    assert answer(listed(elements), locator, target, 0).verdict in {"validate", "ask", "refuse"}


@given(st.text(alphabet="<>/=\"' abdivbuttonidclass", max_size=120), st.integers(0, 5))
def test_whatever_a_page_is_it_is_answered(html, number):
    read = page(html)
    first = min(number, max(len(read.elements) - 1, 0))

    assert answer(read, "#old", read.elements[first] if read.elements else None, first).reason


@pytest.mark.parametrize(
    "locator",
    ["#old", "cy.get('.old')", "//button[@id='old']", "page.locator('#old')", "$('#old')", "screen.getByTestId('old')"],
)
def test_what_is_written_down_finds_the_element_alone(locator):
    checkout = page(CHECKOUT.replace('data-testid="pay"', ""))
    for number, element in enumerate(checkout.elements):
        healed = answer(checkout, locator, element, number).healed
        if healed is not None:
            assert located(checkout, parsed(healed)) in {(number,), None}, healed
