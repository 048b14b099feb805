"""Heal or bug: whether what an element promised is still promised, or the product has changed."""

from urllib.parse import urlsplit

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.locator import Locator, Step
from argus_streams.core.healing.page.conditions import plain
from argus_streams.core.healing.page.findings import Finding, asked, passed, refused
from argus_streams.core.healing.page.likeness import likeness, same_numbers
from argus_streams.core.healing.page.terms import PageTerms

_SAYING = frozenset({"text", "name", "label", "placeholder", "alt", "title"})  # conditions that people could read
_OTHER_NUMBER = 0.6  # likeness of texts that differ in a number


def promised(locator: Locator) -> str | None:
    """The text that the test itself looks for; ``None`` = it goes by something that people do not see."""
    return _said(locator.steps[-2:])


def contract(locator: Locator, target: Element | None, winner: Element, terms: PageTerms) -> tuple[Finding, ...]:
    """What the element says, and where it leads to, against what was promised."""
    return (text(locator, target, winner, terms), leads(target, winner))


def text(locator: Locator, target: Element | None, winner: Element, terms: PageTerms) -> Finding:
    """A text that the test looks for is part of what it asserts: where another one stands, nothing is to be healed."""
    told = promised(locator)
    before, now = (told,) if told else texts(target) if target else (), texts(winner)
    if not before or not now:
        return asked("text", f"nothing says {told!r} any more") if told else passed("text", "no text was promised")
    like, was, became = max((_alike(one, other), one, other) for one in before for other in now)
    if like >= terms.same_text:
        return passed("text", f"it says {became[:80]!r}")
    detail = f"what said {was[:80]!r} says {became[:80]!r}"
    return refused("text", detail) if told and like < terms.other_text else asked("text", detail)


def leads(target: Element | None, winner: Element) -> Finding:
    """A link to somewhere else is another link, unless it still says the same."""
    before, after = (_path(each.href) if each and each.href else None for each in (target, winner))
    if before is None or after is None or before == after:
        return passed("target", f"it leads to {after[:100]}" if after else "it is not known to lead anywhere")
    detail = f"what led to {before[:100]} leads to {after[:100]}"
    same = target is not None and any(_alike(one, other) == 1 for one in texts(target) for other in texts(winner))
    return asked("target", detail) if same else refused("target", detail)


def _alike(one: str, other: str) -> float:
    """Likeness; other numbers make it doubtful at best."""
    like = likeness(one, other)
    return like if same_numbers(one, other) else min(like, _OTHER_NUMBER)


def _path(href: str) -> str:
    """Where it leads to on its site, whichever copy of the site that is."""
    try:
        path = urlsplit(href).path
    except ValueError:  # http://[ is no address
        return href
    return path.removeprefix("./").strip("/") or "/"


def _said(steps: tuple[Step, ...]) -> str | None:
    told = [each for step in steps for each in step.conditions if each.kind in _SAYING and not each.dynamic]
    written = [plain(each) for each in told]
    return next((text for _, text in reversed([each for each in written if each]) if text), None)


def texts(element: Element) -> tuple[str, ...]:
    """What it says to those who see it and to those who hear it."""
    told = (element.label, " ".join(element.visible_text), element.attributes.get("placeholder"), element.alt)
    return tuple(dict.fromkeys(each for each in told if each))
