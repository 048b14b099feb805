"""What a new locator holds on to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pages import CHECKOUT, TERMS, index, page

from argus_streams.core.healing.locators.anchor import Anchor
from argus_streams.core.healing.locators.plain import css_of
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.anchors import best, found_by
from argus_streams.core.healing.page.generated import is_generated, is_stable_class

CHECKOUT_PAGE = page(CHECKOUT)


def _any(_: Anchor) -> bool:
    return True


def _best(locator: str, of=CHECKOUT_PAGE, **wanted: object) -> Anchor | None:
    found = best(of, index(of, **wanted), parsed(locator), TERMS, _any)
    return found.anchor if found else None


def test_what_is_made_for_tests_lasts_longest():
    assert _best("#old", id="ember123") == Anchor(by="test_id", value="pay", attribute="data-testid")


def test_the_kind_that_the_test_goes_by_is_taken_where_it_lasts_about_as_long():
    by_role = _best("page.getByRole('button', { name: 'Buy' })", id="ember123")

    assert by_role == Anchor(by="role", value="button", name="Pay now")
    assert _best("page.locator('#old')", id="card").by == "name"
    assert _best("page.getByLabel('Holder')", id="card") == Anchor(by="label", value="Card holder")


@pytest.mark.parametrize(
    ("locator", "by"),
    [
        ("page.locator('.old')", "role"),
        ("screen.getByTestId('old')", "role"),
        ("cy.get('.old')", "text"),
        (".old", "css"),
        ("//button[@class='old']", "text"),
        ("driver.find_element(By.ID, 'old')", "css"),
    ],
)
def test_an_anchor_is_one_that_the_language_of_the_test_has_words_for(locator, by):
    assert _best(locator, tag="BUTTON", class_list=("btn-primary", "cancel")).by == by


def test_a_project_has_attributes_of_its_own_for_tests():
    own = page("<button data-e2e-id=go>Go</button><button>Go</button>")

    assert _best("[data-e2e-id=old]", own, tag="BUTTON") == Anchor(by="test_id", value="go", attribute="data-e2e-id")


def test_what_finds_others_as_well_is_no_anchor():
    assert _best("#old", class_list=("remove",)).by == "css"


def test_a_path_is_taken_where_nothing_else_is_left_and_says_so():
    twins = page("<div><p>x</p><p>x</p></div>")

    only = best(twins, index(twins, tag="P"), parsed("#old"), TERMS, _any)

    assert only.anchor.value.startswith("html:nth-of-type(1) > body:nth-of-type(1) > div:nth-of-type(1) > p")
    assert "nothing but its place" in only.reason
    near = page("<div id=list><p>x</p><p>x</p></div>")
    assert _best("#old", near, tag="P") == Anchor(by="css", value="#list p:nth-of-type(1)")


def test_what_may_not_leave_is_no_anchor():
    wanted = {"tag": "BUTTON", "class_list": ("btn-primary", "cancel")}
    found = best(
        CHECKOUT_PAGE,
        index(CHECKOUT_PAGE, **wanted),
        parsed("#old"),
        TERMS,
        lambda anchor: "Cancel" not in repr(anchor),
    )

    assert found.anchor == Anchor(by="css", value="button.cancel")


def test_a_test_of_the_whole_page_is_not_repaired():
    assert _best("#old", tag="BODY") is None


@pytest.mark.parametrize(
    "made",
    [
        *("ember123", ":r1:", "«r3»", "radix-:r1a:", "mui-42", "input-17", "550e8400-e29b-41d4-a716-446655440000"),
        *("row-20260101", "x1a2b3c4", "{{id}}"),
    ],
)
def test_ids_that_a_tool_made_are_known(made):
    assert is_generated(made)


@pytest.mark.parametrize("chosen", ["login", "submit-button", "main_nav", "step-2", "userName", "h1-title", "address2"])
def test_ids_that_somebody_chose_are_known(chosen):
    assert not is_generated(chosen)


@pytest.mark.parametrize(
    "name",
    [
        *("css-1x2y3z", "sc-bdVaJa", "jss12", "makeStyles-root-12", "Button_root__x7Yz1", "_button_1abcd_12"),
        *("mt-4", "md:flex", "flex", "text-sm", "w-1/2", "is-open", "active", "selected", "svelte-1a2b3c"),
    ],
)
def test_classes_that_say_nothing_of_the_element_are_known(name):
    assert not is_stable_class(name)


@pytest.mark.parametrize("name", ["pay-now", "btn-primary", "navbar", "product-card", "TodoItem", "menu__item"])
def test_classes_that_say_what_it_is_are_known(name):
    assert is_stable_class(name)


def test_in_a_frame_an_anchor_is_alone_where_it_is_so_in_the_frame():
    framed = page("<button data-testid=pay>Pay</button><iframe srcdoc='<i data-testid=pay>Pay</i>'></iframe>")

    assert _best("#old", framed, tag="I") == Anchor(by="test_id", value="pay", attribute="data-testid")


# No backslash: cssselect reads what stands for one in a string twice.
_NAMES = st.sampled_from(["a", "go", "x:y", "1st", "a b", 'q"t', "it's", "é", "-1"])


@st.composite
def _markup(draw: st.DrawFn, depth: int = 0) -> str:
    tag = draw(st.sampled_from(["div", "button", "a", "input", "p", "section"])) if depth else "div"
    attributes = draw(st.dictionaries(st.sampled_from(["id", "class", "name", "data-testid", "title", "href"]), _NAMES))
    told = "".join(f' {name}="{value.replace(chr(34), "&quot;")}"' for name, value in attributes.items())
    inner = "".join(draw(st.lists(_markup(depth + 1), max_size=3 if depth < 2 else 0)))
    return (
        f"<{tag}{told}>"
        if tag == "input"
        else f"<{tag}{told}>{draw(st.sampled_from(['', 'Go', 'Stop']))}{inner}</{tag}>"
    )


@settings(max_examples=150, deadline=None)
@given(_markup())
def test_an_anchor_that_is_called_unique_is_so_for_another_engine(markup):
    read, root = page(markup), html.document_fromstring(markup)
    for number, element in enumerate(read.elements):
        for like in ("#old", "[name=old]", "p.old"):
            rated = best(read, number, parsed(like), TERMS, lambda anchor: anchor.by not in {"role", "text", "label"})
            if rated is None:
                continue
            assert found_by(read, rated.anchor) == (number,)
            assert root.cssselect(css_of(rated.anchor)) == root.xpath(element.xpath)
