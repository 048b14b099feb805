"""Whether an element may stand for the one that is lost; each guard tells why or why not."""

import re
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.locator import Locator
from argus_streams.core.healing.page.findings import Finding, asked, passed, refused
from argus_streams.core.healing.page.likeness import likeness
from argus_streams.core.healing.page.roles import family
from argus_streams.core.healing.page.roles import role as implied
from argus_streams.core.healing.page.snapshot import Page
from argus_streams.core.healing.page.terms import PageTerms

_ACTIVATED = frozenset({"button", "link", "menu item", "tab", "option"})  # what is clicked: redesigns swap them
_SAME_PLACE = 0.5  # likeness of two landmarks' names
_TWINS = 50  # that are held against it
_PATH = 500  # characters
_ROW = re.compile(r"/(?:tr|li)\b", re.IGNORECASE)


def guarded(locator: Locator, target: Element | None, page: Page, winner: int, terms: PageTerms) -> tuple[Finding, ...]:
    """What speaks for and against the page's element of this index; ``target`` = as it was when it was last found."""
    element = page.elements[winner]
    found = (
        visible(element),
        enabled(target, element),
        neighbor(target, page, winner, terms),
        frame(locator, target, element),
        role(locator, target, element),
    )
    return (*found, place(target, element, page)) if target else found


def visible(winner: Element) -> Finding:
    """Nobody sees it: a test that goes on with it passes where a person could not."""
    if winner.visible is False:
        return asked("visible", "the element is hidden")
    return passed("visible", "nothing of the page's markup hides the element")


def enabled(target: Element | None, winner: Element) -> Finding:
    """It can not be used, and could before."""
    if winner.enabled is False and (target is None or target.enabled is not False):
        return asked("enabled", "the element is disabled")
    return passed("enabled", "the element is not disabled")


def role(locator: Locator, target: Element | None, winner: Element) -> Finding:
    """What people do with it is something else, or the test looks for another role."""
    asks = [each.value for step in locator.steps[-1:] for each in step.conditions if each.kind == "role"]
    if asks and winner.role and winner.role not in asks and (family("", asks[0], None) or "") != _family(winner):
        return asked("role", f"the test looks for a {asks[0]}, and it is a {winner.role}")
    before, after = _family(target) if target else None, _family(winner)
    if not before or before == after or _is_untold(winner):
        return passed("role", f"it is a {after or winner.tag.lower()}")
    if after is None:
        return asked("role", f"what was a {before} is a mere {winner.tag.lower()}")
    detail = f"what was a {before} is a {after}"
    return asked("role", detail) if {before, after} <= _ACTIVATED else refused("role", detail)


def _family(element: Element) -> str | None:
    """By the role that is told, else by that of the tag: not everybody who records elements tells roles."""
    if _is_untold(element):
        return None
    if element.tag.lower() == "a" and not element.attributes and not element.role:
        return "link"  # nor where it leads to
    attributes = {**element.attributes, **({"href": element.href} if element.href else {})}
    plays = element.role or implied(element.tag.lower(), attributes, sectioned=True)
    return family(element.tag, plays, attributes.get("type"))


def _is_untold(element: Element) -> bool:
    """Whether it is an input of which nobody told the type."""
    return element.tag.lower() == "input" and element.role is None and not element.attributes


def place(target: Element, winner: Element, page: Page) -> Finding:
    """It stands in another form or part of the page."""
    before, after = target.landmark, winner.landmark
    if before is None or before == after or (after is None and page.flat):
        return passed("place", f"it stands in {after}" if after else "where it stood is not known")
    kind, _, name = before.partition(" ")
    now, _, called = (after or "").partition(" ")
    if kind == now and (not name or not called or likeness(name, called) >= _SAME_PLACE):
        return passed("place", f"it stands in {after}")
    return asked("place", f"what stood in {before} stands in {after or 'none of the parts of the page'}")


def frame(locator: Locator, target: Element | None, winner: Element) -> Finding:
    """It stands in a frame or shadow root that the test does not go into."""
    before, after = target.frame if target else None, winner.frame
    where = f"the element is in {after or 'the page itself'}"
    if after == before or (target is None and _goes(locator, after or "")):
        return passed("frame", where)
    return asked("frame", f"{where}, and the test looks for it in {before or 'the page itself'}")


def _goes(locator: Locator, frame: str) -> bool:
    """Whether a locator leads into a frame, or a shadow root: Playwright goes into open ones by itself."""
    if any(step.combinator in {"frame", "shadow"} for step in locator.steps):
        return True
    return locator.language == "playwright" and " >> " not in frame and frame.endswith("/shadow-root")


def neighbor(target: Element | None, page: Page, winner: int, terms: PageTerms) -> Finding:
    """Another one is the same to all who look at it, and what was known tells the two no more apart."""
    element = page.elements[winner]
    like = _looks(element)
    twins = [
        each
        for number, each in enumerate(page.elements)
        if number != winner and each.tag == element.tag and _looks(each) == like
    ]
    if not twins:
        return _alone(target, element, terms)
    if target is not None and all(_apart(target, element, twin, terms) for twin in twins[:_TWINS]):
        return passed("neighbor", "others look like it, and are less like the element that was known")
    return asked("neighbor", f"{len(twins)} other element{'s' * (len(twins) > 1)} of the page may as well be meant")


def _alone(target: Element | None, winner: Element, terms: PageTerms) -> Finding:
    if target and _was_one_of_several(target) and not _identity(target, terms) & _identity(winner, terms):
        return asked("neighbor", "it was one of several rows that said the same, and nobody knows which is left")
    return passed("neighbor", "no other element looks like it")


def _was_one_of_several(target: Element) -> bool:
    """Whether what it says was said around it, too, in a list or table: the delete button of one of its rows.

    A link says by its address what it is of.
    """
    says = set(target.visible_text)
    return bool(says) and not target.href and bool(_ROW.search(target.xpath)) and says <= set(target.neighbor_text)


def _apart(target: Element, winner: Element, twin: Element, terms: PageTerms) -> bool:
    """Whether what was known is clearly closer to the one: an id, else classes, words around it and its place."""
    known = _identity(target, terms)
    own, others = known & _identity(winner, terms), known & _identity(twin, terms)
    if own != others:
        return len(own) > len(others)
    return _closeness(target, winner) - _closeness(target, twin) >= terms.apart


def _closeness(one: Element, other: Element) -> float:
    return (
        _shared(one.class_list, other.class_list)
        + _shared(one.neighbor_text, other.neighbor_text)
        + Levenshtein.normalized_similarity(one.xpath[:_PATH], other.xpath[:_PATH])
    )


def _shared(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of the words of either that both have (Jaccard)."""
    both, all_words = set(one) & set(other), set(one) | set(other)
    return len(both) / len(all_words) if all_words else 0.0


def _looks(element: Element) -> tuple[object, ...]:
    return (
        element.role, element.label, element.visible_text, element.href, element.alt, element.name, element.landmark,
        element.frame, element.attributes.get("type"), element.attributes.get("placeholder"), element.visible,
    )  # fmt: skip


def _identity(element: Element, terms: PageTerms) -> frozenset[tuple[str, str]]:
    told = (("id", element.id), *((name, element.attributes.get(name)) for name in terms.test_ids))
    return frozenset((name, value) for name, value in told if value)
