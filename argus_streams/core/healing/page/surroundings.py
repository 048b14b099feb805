"""Whether this is the page that the test means, or another one: an error, a login, nothing at all."""

import re
from urllib.parse import urlsplit

from msgspec import Struct

from argus_streams.core.elements import Element
from argus_streams.core.healing.page.findings import Finding, asked, passed, refused
from argus_streams.core.healing.page.likeness import likeness
from argus_streams.core.healing.page.snapshot import Page
from argus_streams.core.healing.page.terms import PageTerms

_ERROR = re.compile(
    r"\b(?:40[0134]|410|429|50[0234])\b(?=.{0,40}(?:error|found|denied|forbidden|unauthori[sz]ed|unavailable|gateway"
    r"|requests|time-?out|$))"
    r"|\b(?:(?:page|file|resource) (?:not|can(?:not|'t) be) found|not found|internal server error"
    r"|bad gateway|service unavailable|gateway time-?out|access denied|forbidden|something went wrong"
    r"|application error|this site can.t be reached|unhandled (?:runtime )?error|temporarily unavailable)\b",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"log[ -_]?[io]n|sign[ -_]?in|auth|password|session|account|register|sign[ -_]?up", re.IGNORECASE)
_USED = frozenset({"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "tab", "menuitem"})
_HEADINGS = 3  # that say what a page is
_SHORT = 120  # characters of a heading


class Known(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of the page that the test means."""

    scope: str = ""  # page or component
    url: str | None = None  # where the test was when it failed
    path: str | None = None  # of the page when the locator last worked
    title: str | None = None  # likewise
    broken: int = 1  # locators of this page that broke in the same run


def surroundings(page: Page, known: Known, looked_for: str, terms: PageTerms) -> tuple[Finding, ...]:
    """What the page itself says; ``looked_for`` are the words of the test's locator."""
    return (
        blank(page),
        error(page, known, terms),
        login(page, known, looked_for, terms),
        other(page, known, terms),
        many(known, terms),
    )


def blank(page: Page) -> Finding:
    """Nothing to see and nothing to use."""
    if any(each.visible_text or each.role in _USED for each in page.elements if each.visible is not False):
        return passed("blank_page", "the page shows something")
    return refused("blank_page", "the page is blank")


def error(page: Page, known: Known, terms: PageTerms) -> Finding:
    """A page that says little but that something went wrong."""
    said = [page.title, *_headings(page)]
    found = next((text for text in said if _ERROR.search(text[:_SHORT])), None)
    if found and not (known.title and likeness(known.title, page.title) == 1) and _is_small(page, terms):
        return refused("error_page", f"the page is an error: {found[:_SHORT]!r}")
    return passed("error_page", "the page tells of no error")


def login(page: Page, known: Known, looked_for: str, terms: PageTerms) -> Finding:
    """A page that asks who one is, where the test means another one."""
    shown = [each for each in page.elements if each.visible is not False]
    asks = any(each.attributes.get("type", "").lower() == "password" for each in shown)
    if not asks or not _is_small(page, terms):
        return passed("login_page", "the page does not ask who one is")
    said = [page.title, *_headings(page), *(each.label or "" for each in shown if each.role == "button")]
    meant = (known.scope, known.path or "", known.title or "", looked_for)
    if any(map(_LOGIN.search, said)) and not any(map(_LOGIN.search, meant)):
        return refused("login_page", "the page asks who one is: the test is not signed in")
    return passed("login_page", "the test means a page that asks who one is")


def other(page: Page, known: Known, terms: PageTerms) -> Finding:
    """Another address, and another title."""
    at = path_of(known.url)
    moved = known.path is not None and at is not None and known.path.rstrip("/") != at.rstrip("/")
    titled = bool(known.title and page.title) and likeness(known.title or "", page.title) < terms.other_title
    if moved and titled:
        return refused("other_page", f"the test is at {(at or '')[:100]}, {page.title[:80]!r}, and not at {known.path}")
    if moved or titled:
        detail = f"at {(at or '')[:100]}" if moved else f"called {page.title[:80]!r}"
        return asked("other_page", f"the page is {detail}, and was not when the locator last worked")
    return passed("other_page", "nothing says that it is another page")


def many(known: Known, terms: PageTerms) -> Finding:
    """So much does not break because somebody renamed something."""
    if known.broken > terms.most_broken:
        return refused("many_broken", f"{known.broken} locators of this page broke at once")
    return passed("many_broken", f"{known.broken} of the page's locators broke")


def path_of(url: str | None) -> str | None:
    """The path of an address, ``None`` for none."""
    try:
        return urlsplit(url).path or "/" if url else None
    except ValueError:  # http://[ is no address
        return None


def _headings(page: Page) -> list[str]:
    found = (each for each in page.elements if each.role == "heading" and each.visible is not False)
    return [_text(each) for each, _ in zip(found, range(_HEADINGS), strict=False)]


def _text(element: Element) -> str:
    return " ".join(element.visible_text)


def _is_small(page: Page, terms: PageTerms) -> bool:
    return sum(1 for each in page.elements if each.role in _USED and each.visible is not False) <= terms.small_page
