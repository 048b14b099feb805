"""Heal or bug: whether what an element promised is still promised, or the product has changed."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.locator import Locator
from argus_streams.core.healing.page.conditions import plain
from argus_streams.core.healing.page.findings import Finding, asked, passed, refused
from argus_streams.core.healing.page.likeness import likeness, same_numbers
from argus_streams.core.healing.page.terms import PageTerms

_SAYING = frozenset({"text", "name", "label", "placeholder", "alt", "title"})  # conditions that people could read
_FILE = re.compile(r"(?:(?:^|/)index)?\.(?:html?|php|aspx?|jsp)$")  # how a page is made is no part of where it is
_OTHER_NUMBER = 0.6  # likeness of texts that differ in a number


class Promise(NamedTuple):
    """A text that the test itself looks for."""

    said: str
    whole: bool  # whether it has to be all that the element says
    kind: str = "text"  # of the condition that asks for it


def promised(locator: Locator) -> Promise | None:
    """What people can read of what the test asks for; ``None`` = it goes by something that they do not see.

    Only the element itself is asked about: a row's text, of whose button it is, is no text of the button.
    """
    for step in reversed(locator.steps):
        for condition in step.conditions:
            told = plain(condition) if condition.kind in _SAYING and not condition.dynamic else None
            if told and told[1].strip():
                return Promise(told[1], told[0] == "exact", condition.kind)
        if step.combinator != "filter":
            break
    return None


def contract(locator: Locator, target: Element | None, winner: Element, terms: PageTerms) -> tuple[Finding, ...]:
    """What the element says, and where it leads to, against what was promised."""
    return (text(locator, target, winner, terms), leads(target, winner, terms))


def text(locator: Locator, target: Element | None, winner: Element, terms: PageTerms) -> Finding:
    """A text that the test looks for is part of what it asserts: where another one stands, nothing is to be healed."""
    told = promised(locator)
    titled = winner.attributes.get("title", "") if told and told.kind == "title" else ""
    now = (*texts(winner), *([titled] if titled else []))
    before = (told.said,) if told else texts(target) if target else ()
    if told and not now:
        return asked("text", f"nothing says {told.said[:80]!r} any more")
    if not before or not now:
        return passed("text", "no text was promised")
    if told and not told.whole and any(_folded(told.said) in _folded(each) for each in now):
        return passed("text", f"it says {told.said[:80]!r}")
    like, was, became = max((_alike(one, other), one, other) for one in before for other in now)
    if target is not None and not told:
        like, was, became = min([(like, was, became), *_broken(target, winner, terms)])
    if like >= terms.same_text:
        return passed("text", f"it says {became[:80]!r}")
    detail = f"what said {was[:80]!r} says {became[:80]!r}"
    return refused("text", detail) if told and like < terms.other_text else asked("text", detail)


def _broken(target: Element, winner: Element, terms: PageTerms) -> list[tuple[float, str, str]]:
    """What is heard or seen of it says something else: the one may stay while the other changes."""
    seen = (" ".join(target.visible_text), " ".join(winner.visible_text))
    kinds = [(one, other) for one, other in ((target.label or "", winner.label or ""), seen) if one and other]
    found = [(_alike(one, other), one, other) for one, other in kinds]
    return [each for each in found if each[0] < terms.other_text]


def leads(target: Element | None, winner: Element, terms: PageTerms) -> Finding:
    """A link that says something else and leads somewhere else is another link."""
    before, after = (_path(each.href) if each and each.href else None for each in (target, winner))
    if target is None or before is None or after is None or before == after:
        return passed("target", f"it leads to {after[:100]}" if after else "it is not known to lead anywhere")
    detail = f"what led to {before[:100]} leads to {after[:100]}"
    like = max((_alike(one, other) for one in texts(target) for other in texts(winner)), default=1.0)
    return refused("target", detail) if like < terms.other_text else asked("target", detail)


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
    return _FILE.sub("", path.removeprefix("./").strip("/")) or "/"


def _folded(said: str) -> str:
    return " ".join(said.casefold().split())


def texts(element: Element) -> tuple[str, ...]:
    """What it says to those who see it and to those who hear it."""
    told = (
        element.label,
        " ".join(element.visible_text),
        element.attributes.get("placeholder"),
        element.alt,
        None if element.label else element.attributes.get("title"),  # nobody reads it first who has a label
    )
    return tuple(dict.fromkeys(each for each in told if each))
