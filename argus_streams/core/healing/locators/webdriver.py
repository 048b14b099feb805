"""What WebDriver's strategies find, and those that WebdriverIO writes as one text.

https://www.w3.org/TR/webdriver2/#locator-strategies, https://webdriver.io/docs/selectors.
"""

import re

from argus_streams.core.healing.locators.calls import Call, Text
from argus_streams.core.healing.locators.conditions import attribute, nth, told
from argus_streams.core.healing.locators.css import css
from argus_streams.core.healing.locators.locator import Condition, Step
from argus_streams.core.healing.locators.queries import said
from argus_streams.core.healing.locators.xpath import xpath
from argus_streams.errors import Malformed

Steps = tuple[Step, ...]
_WITH_TEXT = re.compile(r"(?P<of>[\w.#-]*(?:\[[^\]]*\])?)(?P<part>\*?)=(?P<text>[^=].*)\Z", re.DOTALL)
_LOCATING = frozenset({"$", "$$"})


def strategy(name: str) -> str:
    """One spelling of a strategy's name: CSS_SELECTOR, cssSelector and "css selector" are css."""
    plain = re.sub(r"[_\s]", "", name).lower()
    return {"css": "cssselector", "classname": "class", "tagname": "tag"}.get(plain, plain)


def found_by(name: str, value: str) -> Steps:
    """The steps of a strategy; ``Malformed`` where there is none of this name."""
    by = strategy(name)
    if by in {"cssselector", "xpath"}:
        return css(value) if by == "cssselector" else xpath(value)
    if by in {"id", "name"}:
        return (Step((attribute(by, value),)),)
    if by in {"class", "tag"}:
        return (Step((told(by, value),)),)  # type: ignore[arg-type]
    if by in {"linktext", "link", "partiallinktext"}:
        match = "substring" if by.startswith("partial") else "exact"
        return (Step((Condition("tag", "a"), told("text", value, match))),)  # type: ignore[arg-type]
    if by == "accessibilityid":
        return (Step((told("label", value),)),)
    raise Malformed("a strategy that is not known")


def selector(text: str) -> Steps:
    """One of WebdriverIO's selectors."""
    if text.startswith(("//", "(//", "..", "./")):
        return xpath(text)
    if text[:1] == "~":
        return found_by("accessibility id", text[1:])
    if text.startswith("aria/"):
        return (Step((told("name", text[5:]),)),)
    found = _WITH_TEXT.match(text)
    if found is None:
        return css(text)
    condition = told("text", found["text"], "substring" if found["part"] else "exact")
    if not found["of"]:
        return (Step((Condition("tag", "a"), condition)),)
    *before, last = css(found["of"])
    return (*before, Step((*last.conditions, condition), last.combinator))


def step(steps: Steps, call: Call) -> Steps | None:
    """The steps so far and those of WebdriverIO's next call; ``None`` = it locates nothing."""
    if call.name in _LOCATING and call.arguments:
        value = call.arguments[0]
        if isinstance(value, Text):
            return (*steps, *selector(value.value))
        return (*steps, Step((told("dynamic", said(value)),)))
    if call.name == "[]" and call.arguments:
        return (*steps, nth(said(call.arguments[0])))
    return None
