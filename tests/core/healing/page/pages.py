"""Pages of a shop that does not exist, and what is needed to look at them."""

from argus_streams.adapters.healing_terms import load_page_terms
from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.repair import Likeliest, Lost, Repaired, Repairer
from argus_streams.core.healing.page.scrubbing import Cleaner
from argus_streams.core.healing.page.snapshot import Page, snapshot
from argus_streams.core.healing.page.surroundings import Known
from argus_streams.core.scrub import scrubber

TERMS = load_page_terms()
CLEANER = Cleaner(scrubber())

HERE = Known()

CHECKOUT = """<!doctype html><html><head><title>Checkout</title></head><body>
<nav aria-label="Main"><a href="/">Home</a><a href="/cart">Cart</a></nav>
<main><h1>Checkout</h1><form id="payment" aria-label="Payment">
<label for="card">Card holder</label><input id="card" name="holder" placeholder="As on the card">
<div class="css-1x2y3z buttons"><button class="btn-primary mt-4 pay-now" data-testid="pay"
 id="ember123">Pay now</button>
<button class="btn-primary cancel">Cancel</button></div></form>
<ul class="items"><li><span>Tea</span><button class="remove">Remove</button></li>
<li><span>Cup</span><button class="remove">Remove</button></li></ul></main></body></html>"""


def page(html: str) -> Page:
    return snapshot(html)


def index(of: Page, **wanted: object) -> int:
    """The first element that has all of this."""
    return next(
        number
        for number, each in enumerate(of.elements)
        if all(getattr(each, name) == value for name, value in wanted.items())
    )


def element(of: Page, **wanted: object) -> Element:
    return of.elements[index(of, **wanted)]


def answer(
    of: Page,
    locator: str,
    target: Element | None,
    winner: int,
    *others: int,
    verdict="apply",
    known=HERE,
    probability=0.99,
) -> Repaired:
    """What is decided where this element was ranked first."""
    repairer, lost = Repairer(TERMS, CLEANER), Lost(parsed(locator), target, known)
    return repairer.hopeless(of, lost) or repairer.repaired(
        of, lost, Likeliest((winner, *others), probability, verdict)
    )
