"""Any test's locator as a ``Locator``."""

import re

from argus_streams.core.healing.locators import engines, selenium, webdriver
from argus_streams.core.healing.locators.calls import Call, Options, Text, chain
from argus_streams.core.healing.locators.css import css
from argus_streams.core.healing.locators.dialects import Located, located
from argus_streams.core.healing.locators.locator import Locator, Step, Style
from argus_streams.core.healing.locators.tags import TAGS
from argus_streams.core.healing.locators.xpath import xpath
from argus_streams.errors import Malformed

LONGEST = 8 * 1024  # characters
_CALL = re.compile(r"[(\s]*(?:await\s+|return\s+)?(?:[\w$]+\s*(?:\?|!)?\s*\.\s*)*[\w$]+\s*(?:<[\w\s|,]*>)?\(")
_XPATH = ("/", "(/", "./", "..")


def parsed(text: str) -> Locator:
    """What a locator of any language means.

    One that is in no known language, that is broken, or longer than 8,192 characters is a ``Locator`` of language
    "unknown" with the reason. Time and memory grow with the text.
    """
    if len(text) > LONGEST:
        return Locator(language="unknown", text=text[:LONGEST], reason="too long")
    try:
        return _read(text.strip(), text)
    except Malformed as error:
        return Locator(language="unknown", text=text, reason=error.reason)


def _read(plain: str, text: str) -> Locator:
    told = selenium.told_by_name(plain) or (selenium.selenium(plain) if selenium.is_selenium(plain) else None)
    if told:
        return told
    return _code(plain, text) if _CALL.match(plain) else _selector(plain, text)


def _selector(plain: str, text: str) -> Locator:
    """A selector that stands alone."""
    if plain.startswith(_XPATH):
        return Locator(language="xpath", text=text, steps=xpath(plain))
    if plain.startswith(("~", "aria/", "=", "*=")):
        return Locator(language="webdriverio", text=text, steps=webdriver.selector(plain))
    if engines.is_engine(plain) or plain.startswith(('"', "'")):
        return Locator(language="playwright", text=text, steps=engines.selector(plain))
    return Locator(language="css", text=text, steps=_elements(css(plain)))


def _code(plain: str, text: str) -> Locator:
    """A line of a test's code, of a framework that calls."""
    told = located(chain(plain))
    return Locator(language=told.language, text=text, steps=told.steps, style=_style(plain, told))


def _style(code: str, told: Located) -> Style:
    """What stands around the call that locates last."""
    before = f"{code[: told.kept]}." if told.kept else code[: told.start]
    last, name = told.last, told.named.name
    if last.name == "[]":  # one of many: the new one finds one alone
        name = {"$$": "$", "querySelectorAll": "querySelector"}.get(name, name.replace("All", "").replace("_all", ""))
    closes = last.opened and last.name != "[]"
    return Style(before, name, code[_behind(last) :] if closes else f"){code[last.end :]}", _quote(told.named))


def _behind(call: Call) -> int:
    """Where the arguments end that say what is located; what else is given to the call stays."""
    if not call.ends:
        return call.end - 1
    named = len(call.arguments) > 1 and isinstance(call.arguments[1], Options) and _locating(call)
    second = call.name == "contains" and len(call.arguments) > 1 and not isinstance(call.arguments[1], Options)
    return call.ends[1] if named or second else call.ends[0]


def _locating(call: Call) -> bool:
    return not call.options.keys().isdisjoint({"name", "exact", "hasText", "has", "level", "checked", "selected"})


def _quote(call: Call) -> str:
    """As its strings are quoted; where that is a template, as one without expressions would be."""
    quotes = [each.quote for each in (*call.arguments, *call.options.values()) if isinstance(each, Text)]
    return next((each for each in quotes if each in {'"', "'"}), "'")


def _elements(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps, if tags are all that some of them tell and these are of HTML or a component's: else it is prose."""
    for step in steps:
        for condition in step.conditions:
            known = condition.kind != "tag" or condition.value in TAGS or "-" in condition.value
            if not known and len(step.conditions) == 1:
                raise Malformed("no language that is known")
    return steps
