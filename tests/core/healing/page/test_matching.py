"""How many elements a locator finds, counted on the snapshot."""

import pytest
from cssselect import GenericTranslator
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html
from pages import CHECKOUT, page

from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.matching import located, matching
from argus_streams.core.healing.page.snapshot import given as listed


@pytest.fixture(scope="module", name="checkout")
def _checkout():
    return page(CHECKOUT)


@pytest.mark.parametrize(
    ("locator", "count"),
    [
        ("#payment button", 2),
        ("ul.items > li:nth-child(2) .remove", 1),
        ("li:has(> button):not(:first-child)", 1),
        ("[data-testid=pay], .cancel", 2),
        ("//ul/li[2]/button", 1),
        ("(//button)[last()]", 1),
        ("//button[contains(text(), 'Remove')]", 2),
        ("//label[.='Card holder']/following-sibling::input", 1),
        ("//span[text()='Tea']/..", 1),
        ("page.getByRole('button', { name: 'remove' })", 2),
        ("page.getByRole('button', { name: 'remove', exact: true })", 0),
        ("page.getByRole('listitem').filter({ hasText: 'Tea' }).getByRole('button')", 1),
        ("page.getByText('Remove').nth(1)", 1),
        ("page.getByText(/^pay now$/i)", 1),
        ("page.getByText(/(a+)+$/)", None),
        ("page.getByLabel('Card holder')", 1),
        ("page.getByPlaceholder('As on')", 1),
        ("cy.contains('button', 'Pay')", 1),
        ("cy.get('form').find('input')", 1),
        ("screen.getByTestId('pay')", 1),
        ("driver.find_element(By.LINK_TEXT, 'Cart')", 1),
        ("page.getByTestId(id)", None),
        ("button:hover", None),
        ("#nobody", 0),
    ],
)
def test_a_locator_of_any_language_is_counted_or_told_to_be_none_of_ours(checkout, locator, count):
    assert matching(checkout, parsed(locator)) == count


def test_a_list_of_elements_is_counted_by_what_it_tells(checkout):
    given_page = listed(checkout.elements)

    assert matching(given_page, parsed("page.getByRole('button', { name: 'remove' })")) == 2
    assert matching(given_page, parsed("button.remove")) == 2
    assert matching(given_page, parsed("page.getByText('Pay now')")) == 1
    assert matching(given_page, parsed("ul .remove")) is None


def test_frames_are_entered_by_a_frame_locator_alone_and_shadow_roots_by_playwright():
    framed = page(
        "<iframe id=f srcdoc='<button>Pay</button>'></iframe>"
        "<x-y><template shadowrootmode=open><button>Inner</button></template></x-y>"
    )

    assert matching(framed, parsed("page.getByRole('button')")) == 1
    assert matching(framed, parsed("page.frameLocator('#f').getByRole('button')")) == 1
    assert matching(framed, parsed("cy.get('button')")) == 0


@pytest.mark.parametrize(
    "locator",
    ["* * * * * *", "//*//*//*//*", "//*[contains(., 'x')]", "//*/ancestor::*", "* ~ *", "*:has(*):not(a *)"],
)
def test_no_locator_takes_long_on_a_deep_page(locator):
    deep = page("<i>" * 500 + "x" + "</i>" * 500)

    assert matching(deep, parsed(locator)) is None or matching(deep, parsed(locator)) >= 0


_SIMPLE = st.sampled_from(
    ["div", "a", "*", ".x", ".y", "#i", "a.x", "[title]", "[title=t]", "div:not(.x)", "a:nth-child(2)"]
)
_SELECTORS = st.lists(st.tuples(st.sampled_from([" ", " > ", " + ", " ~ "]), _SIMPLE), min_size=1, max_size=3).map(
    lambda parts: "".join(between + simple for between, simple in parts)[1:].lstrip(" >+~")
)


@st.composite
def _trees(draw: st.DrawFn, depth: int = 0) -> str:
    tag = draw(st.sampled_from(["div", "b", "a"])) if depth else "div"
    told = draw(st.sampled_from(["", " class=x", " class='y x'", " id=i", " title=t", " title"]))
    inner = draw(st.lists(_trees(depth + 1), max_size=3 if depth < 3 else 0))
    return f"<{tag}{told}>{''.join(inner)}</{tag}>"


@settings(max_examples=150)
@given(_trees(), _SELECTORS)
def test_a_selector_finds_what_another_engine_finds(tree, selector):
    tree = tree.replace("<a", "<i").replace("</a", "</i")
    selector = selector.replace("a", "i")
    root = html.document_fromstring(tree)
    wanted = root.xpath(GenericTranslator().css_to_xpath(selector))
    read = page(tree)

    found = located(read, parsed(f"page.locator('css={selector}')"))

    assert found is not None
    assert [read.elements[each].xpath for each in found] == [_path(each) for each in wanted]


_TESTS = st.sampled_from(
    ["", "[1]", "[2]", "[@id='i']", "[@class='x']", "[@title]", "[contains(@class, 'x')]", "[last()]"]
)
_AXES = st.sampled_from(["/", "//", "/following-sibling::", "/parent::", "/ancestor::"])
_XPATHS = st.lists(st.tuples(_AXES, st.sampled_from(["div", "i", "b", "*"]), _TESTS), min_size=1, max_size=3).map(
    lambda steps: "//" + "".join(axis + tag + test for axis, tag, test in steps).lstrip("/")
)


@settings(max_examples=300)
@given(_trees(), _XPATHS)
@example("<div><i><b></b></i><i><b></b></i></div>", "//b[1]/parent::i[1]")
def test_an_xpath_that_is_counted_finds_what_another_engine_finds(tree, xpath):
    tree = tree.replace("<a", "<i").replace("</a", "</i")
    read = page(tree)

    found = located(read, parsed(xpath))

    if found is not None and "::" not in xpath[2:].split("/")[0]:
        wanted = html.document_fromstring(tree).xpath(xpath)
        assert [read.elements[each].xpath for each in found] == [_path(each) for each in wanted], parsed(xpath)


def _path(node) -> str:
    steps = []
    while node is not None:
        before = 1 + sum(1 for each in node.itersiblings(node.tag, preceding=True))
        steps.append(f"{node.tag}[{before}]")
        node = node.getparent()
    return "/" + "/".join(reversed(steps))
