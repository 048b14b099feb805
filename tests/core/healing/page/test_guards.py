"""What speaks against an element that was ranked first, and what it leads to: doubt, or a bug."""

import pytest
from msgspec import structs
from pages import CHECKOUT, answer, element, index, page

from argus_streams.core.elements import Element
from argus_streams.core.healing.page.repair import Repaired
from argus_streams.core.healing.page.snapshot import given
from argus_streams.core.healing.page.surroundings import Known

BEFORE = page(CHECKOUT)
PAY = element(BEFORE, id="ember123")


def _after(old: str, new: str, locator: str = "#pay-button", **known: object) -> Repaired:
    """What is decided on the page after a change, where the button is ranked first that says what PAY said, or new."""
    changed = page(CHECKOUT.replace(old, new))
    target = structs.replace(PAY, id="pay-button")
    winner = next(n for n, each in enumerate(changed.elements) if "pay" in each.attributes.get("data-testid", ""))
    return answer(changed, locator, target, winner, known=Known(**known))


def test_a_renamed_id_is_healed_by_what_lasts_in_the_words_of_the_test():
    healed = _after("ember123", "ember456")

    assert (healed.verdict, healed.reason, healed.confidence) == ("apply", "similarity", 0.99)
    assert healed.healed == '[data-testid="pay"]'
    assert {each.verdict for each in healed.findings} == {"pass"}


@pytest.mark.parametrize(
    ("old", "new", "locator", "verdict", "reason"),
    [
        # It can not be used, or it is another kind of thing.
        ('id="ember123"', "hidden", "#pay-button", "ask", "visible"),
        ('id="ember123"', "disabled", "#pay-button", "ask", "enabled"),
        ('id="ember123"', 'role="link"', "#pay-button", "ask", "role"),
        ('id="ember123"', 'role="checkbox"', "#pay-button", "refuse", "role"),
        ('id="ember123"', 'role="note"', "#pay-button", "ask", "role"),
        # It is somewhere else.
        ('<form id="payment" aria-label="Payment">', "<form aria-label='Newsletter'>", "#pay-button", "ask", "place"),
        # It says something else, where the test says what it looks for, and where it does not.
        ("Pay now", "Delete account", "page.getByText('Pay now')", "refuse", "text"),
        ("Pay now", "Delete account", "#pay-button", "ask", "text"),
        ("Pay now", "Pay now!", "page.getByRole('button', { name: 'Pay now', exact: true })", "apply", "similarity"),
        ("Pay now", "Pay later", "page.getByRole('button', { name: 'Pay now' })", "ask", "text"),
    ],
)
def test_what_changed_beside_the_locator_decides(old, new, locator, verdict, reason):
    decided = _after(old, new, locator)

    assert (decided.verdict, decided.reason) == (verdict, reason)
    assert decided.detail
    assert (decided.healed is None) == (verdict != "apply")


@pytest.mark.parametrize(
    ("locator", "says", "verdict"),
    [
        ("page.locator('.old').filter({ hasText: 'Pay' })", "Pay now", "apply"),  # a part is all that was asked for
        ("page.getByText('Pay', { exact: true })", "Pay and subscribe", "refuse"),
        ("page.getByRole('row').filter({ hasText: 'Ada' }).locator('.old')", "Pay", "apply"),  # that is the row's
        ("page.locator('.old').filter({ hasText: 'Cancel' })", "Pay", "refuse"),
    ],
)
def test_of_a_text_no_more_is_promised_than_the_test_asks_for(locator, says, verdict):
    after = page(f"<p>Hello</p><button data-testid=pay>{says}</button>")
    target = Element(tag="BUTTON", role="button", label=says, visible_text=tuple(says.split()))

    assert answer(after, locator, target, index(after, tag="BUTTON")).verdict == verdict


def test_a_heading_that_a_test_looks_for_is_one_after_as_well():
    after = page("<p>Hello</p><span data-testid=title>Your cart</span><em role=note data-testid=note>Your cart!</em>")
    target = Element(tag="H1", role="heading", label="Your cart", visible_text=("Your", "cart"))
    by_role = "page.getByRole('heading', { name: 'Your cart' })"

    assert answer(after, by_role, target, index(after, tag="EM")).reason == "role"
    assert answer(after, ".title-old", target, index(after, tag="SPAN")).verdict == "apply"


def test_texts_that_differ_in_a_number_are_not_the_same():
    pages = page("<a href='/p' class=next>Page 3</a>")
    target = Element(tag="A", href="/p", visible_text=("Page", "2"), label="Page 2", role="link")

    assert answer(pages, "page.getByText('Page 2')", target, index(pages, tag="A")).verdict == "ask"


@pytest.mark.parametrize(
    ("href", "says", "verdict"),
    [
        ("/cart", "Cart", "apply"),
        ("https://shop.example/cart?from=mail#top", "Cart", "apply"),
        ("/cart.html", "Cart", "apply"),
        ("/basket", "Cart", "ask"),
        ("/logout", "Cart and more", "refuse"),
        ("http://[", "Cart", "ask"),
    ],
)
def test_a_link_to_somewhere_else_is_another_link(href, says, verdict):
    after = page(f"<nav><a href='{href}' id=to-cart>{says}</a></nav>")
    target = Element(tag="A", href="/cart", role="link", label="Cart", visible_text=("Cart",))

    assert answer(after, "#cart", target, index(after, id="to-cart")).verdict == verdict


def test_of_two_that_look_alike_a_person_chooses():
    removed = index(BEFORE, class_list=("remove",))
    target = structs.replace(BEFORE.elements[removed], class_list=("gone",))

    decided = answer(BEFORE, ".gone", target, removed)

    assert (decided.verdict, decided.reason) == ("ask", "neighbor")


def test_of_two_that_look_alike_the_one_that_is_closer_to_what_was_known_is_taken():
    both = page(
        "<div class=top><p>Summer</p><a href=/sale class=teaser>Sale</a></div>"
        + "<p>x</p>" * 30
        + "<div><ul><li><a href=/sale data-testid=foot>Sale</a><li>Imprint</ul></div>"
    )
    top = index(both, class_list=("teaser",))
    target = structs.replace(both.elements[top], landmark=None, id="sale")

    assert answer(both, "#sale", target, top).verdict == "apply"
    assert answer(both, "#sale", target, index(both, attributes={"data-testid": "foot"})).verdict == "ask"


def test_of_two_that_look_alike_an_id_that_was_known_tells_them_apart():
    twins = page("<p><button data-testid=a>Go</button><button data-testid=b>Go</button>")
    target = structs.replace(element(twins, attributes={"data-testid": "b"}), class_list=("gone",))

    decided = answer(twins, ".gone", target, index(twins, attributes={"data-testid": "b"}))

    assert (decided.verdict, decided.healed) == ("apply", '[data-testid="b"]')


FRAMED = page("<p>Pay</p><iframe id=f srcdoc='<button id=x data-testid=pay>Pay now</button>'></iframe>")
SHADOW = page("<x-pay><template shadowrootmode=open><button data-testid=pay>Pay now</button></template></x-pay>")


def test_what_moved_into_a_frame_is_for_a_person():
    assert answer(FRAMED, "#pay-button", structs.replace(PAY, landmark=None), index(FRAMED, id="x")).reason == "frame"


def test_what_was_in_a_frame_is_healed_in_it():
    target = structs.replace(element(FRAMED, id="x"), id="old")

    healed = answer(FRAMED, "page.frameLocator('#f').locator('#old')", target, index(FRAMED, id="x"))

    assert (healed.verdict, healed.healed) == ("apply", "page.frameLocator('#f').getByTestId('pay')")


@pytest.mark.parametrize(("locator", "verdict"), [("page.locator('#old')", "validate"), ("cy.get('#old')", "ask")])
def test_a_shadow_root_is_entered_where_the_test_does(locator, verdict):
    assert answer(SHADOW, locator, None, index(SHADOW, tag="BUTTON")).verdict == verdict


def test_a_frame_that_was_not_read_is_told():
    outside = page("<p>Hello</p><iframe src='https://bank.example/pay?token=1'></iframe>")

    decided = answer(outside, "page.frameLocator('iframe').locator('#old')", PAY, 0)

    assert (decided.verdict, decided.reason) == ("ask", "frame")
    assert "can not be entered" in decided.detail


LOGIN = (
    "<title>Sign in</title><h1>Sign in</h1><form><input name=user><input type=password><button>Sign in</button></form>"
)


@pytest.mark.parametrize(
    ("html", "known", "verdict", "reason"),
    [
        ("<title>x</title><body></body>", {}, "refuse", "blank_page"),
        ("<title>404</title><h1>Page not found</h1><a href=/>Home</a>", {}, "refuse", "error_page"),
        ("<h1>Internal Server Error</h1>", {}, "refuse", "error_page"),
        (LOGIN, {"scope": "/checkout"}, "refuse", "login_page"),
        (LOGIN, {"scope": "/login"}, "ask", "text"),
        (CHECKOUT, {"broken": 6}, "refuse", "many_broken"),
        (CHECKOUT, {"url": "https://s.example/a", "path": "/b", "title": "Your orders"}, "refuse", "other_page"),
        (CHECKOUT, {"url": "https://s.example/a", "path": "/b", "title": "Checkout"}, "ask", "other_page"),
        ("", {}, "ask", "no_page"),
        ("\x00\x01", {}, "ask", "no_page"),
    ],
)
def test_another_page_heals_nothing(html, known, verdict, reason):
    there = page(html)
    first = next((n for n, each in enumerate(there.elements) if each.role in {"button", "link"}), 0)
    target = structs.replace(PAY, landmark=None, href=None)

    decided = answer(there, "#pay-button", target, first, known=Known(**known))

    assert (decided.verdict, decided.reason) == (verdict, reason)


def test_a_shop_that_sells_a_book_called_404_is_no_error():
    shop = page("<title>404 - a novel</title>" + "<a href=/b>Buy</a>" * 30 + "<button data-testid=pay>Pay now</button>")
    target = structs.replace(PAY, landmark=None)

    assert answer(shop, "#pay-button", target, index(shop, tag="BUTTON")).verdict == "apply"


@pytest.mark.parametrize(
    ("locator", "reason"),
    [("*", "matches_everything"), (".cancel", "still_found"), ("what is this(", "unknown_locator")],
)
def test_a_locator_that_tells_nothing_is_for_a_person(locator, reason):
    assert _after("ember123", "x1", locator).reason == reason


def test_without_the_element_as_it_was_nothing_is_written_down_untried():
    decided = answer(BEFORE, "#pay-button", None, index(BEFORE, id="ember123"))

    assert (decided.verdict, decided.healed) == ("validate", '[data-testid="pay"]')


def test_of_a_page_that_is_known_in_part_nothing_is_written_down_untried():
    listed = given(BEFORE.elements)

    assert answer(listed, "#pay-button", PAY, index(listed, id="ember123")).verdict == "validate"


def test_no_answer_is_more_certain_than_the_ranking():
    for verdict in ("ask", "validate", "apply"):
        decided = answer(BEFORE, "#pay-button", PAY, index(BEFORE, id="ember123"), verdict=verdict)
        assert decided.verdict == verdict


def test_a_proposal_has_a_locator_where_nothing_speaks_against_it():
    pay, twin = index(BEFORE, id="ember123"), index(BEFORE, class_list=("remove",))

    decided = answer(BEFORE, "#pay-button", PAY, pay, twin, verdict="ask")

    assert (decided.verdict, decided.reason, decided.healed) == ("ask", "not_sure", None)
    assert [each.healed for each in decided.proposals] == ['[data-testid="pay"]', None]
    assert decided.proposals[0].element == PAY


def test_what_may_be_another_element_says_nothing_of_the_product():
    home = index(BEFORE, href="/")
    target = Element(tag="A", href="/logout", role="link", label="Leave the shop")

    assert answer(BEFORE, "#out", target, home, verdict="validate").verdict == "refuse"
    assert answer(BEFORE, "#out", target, home, verdict="ask").verdict == "ask"


ROWS = """<main><table><tr><td>Tea</td><td><button id="del-tea">Delete</button></td></tr>
<tr><td>Cup</td><td><button id="del-cup">Delete</button></td></tr></table></main>"""


@pytest.mark.parametrize("renamed", ["del-cup", "remove-cup"])
def test_the_button_of_a_row_that_is_gone_is_not_that_of_the_row_that_is_left(renamed):
    target = element(page(ROWS), id="del-tea")
    left = page(
        ROWS.replace('<tr><td>Tea</td><td><button id="del-tea">Delete</button></td></tr>', "").replace(
            "del-cup", renamed
        )
    )
    decided = answer(left, "#del-tea", target, index(left, id=renamed))

    assert (decided.verdict, decided.reason, decided.healed) == ("ask", "neighbor", None)


def test_a_row_that_kept_its_id_is_known_by_it_however_few_are_left():
    target = structs.replace(element(page(ROWS), id="del-cup"), name="old")
    left = page(ROWS.replace('<tr><td>Tea</td><td><button id="del-tea">Delete</button></td></tr>', ""))
    decided = answer(left, "[name=old]", target, index(left, id="del-cup"))

    assert decided.verdict == "apply"


def test_a_sign_is_part_of_a_number():
    target = structs.replace(PAY, id="pay-button", visible_text=("Pay", "12", "EUR"), label="Pay 12 EUR")
    changed = page(CHECKOUT.replace("Pay now", "Pay -12 EUR"))
    winner = next(n for n, each in enumerate(changed.elements) if "pay" in each.attributes.get("data-testid", ""))

    assert answer(changed, "#pay-button", target, winner).verdict == "ask"


@pytest.mark.parametrize(
    ("markup", "verdict"),
    [
        ('id="ember1" title="Pay now">Delete account', "ask"),
        ('id="ember1" aria-label="Delete account">Pay now', "ask"),
        ('id="ember1" aria-label="Pay now (opens a dialog)">Pay now', "ask"),
        ('id="ember1" title="Charges your card">Pay now', "apply"),
    ],
)
def test_what_is_seen_and_what_is_heard_vouch_each_for_themselves(markup, verdict):
    target = structs.replace(PAY, id="pay-button")
    changed = page(CHECKOUT.replace('id="ember123">Pay now', markup))
    winner = next(n for n, each in enumerate(changed.elements) if "pay" in each.attributes.get("data-testid", ""))

    assert answer(changed, "#pay-button", target, winner).verdict == verdict
