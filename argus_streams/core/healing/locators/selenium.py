"""Selenium's locators, wherever in a line of Python, Java, JavaScript, C# or Ruby they stand.

``By.ID, "x"``, ``By.id("x")``, ``find_element_by_id("x")``, ``@FindBy(id = "x")``, ``find_element(:id, "x")``, and
the forms of its error texts: ``{"method":"css selector","selector":"#x"}``, ``By.id: x``.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import MsgspecError, json

from argus_streams.core.healing.locators.locator import Locator, Step, Style
from argus_streams.core.healing.locators.tokens import Token, tokens
from argus_streams.core.healing.locators.webdriver import found_by, strategy

_STRATEGY = (
    r"css[ _]?selector|class[ _]?name|tag[ _]?name|(?:partial[ _]?)?link[ _]?text|accessibility id|xpath|css|id|name"
)
_TOLD = re.compile(
    rf"(?P<intro>Using |By\.|by |\()(?P<by>{_STRATEGY})(?:\)|\s*[:=](?!=)|\s+(?=[#./(\[\w]))\s*(?P<value>.+)\Z",
    re.IGNORECASE | re.DOTALL,
)
_JSON = re.compile(
    r"\{\s*\"(?:method|using)\"\s*:\s*\"(?P<by>[\w -]{1,40})\"\s*,"
    r"\s*\"(?:selector|value)\"\s*:\s*\"(?P<value>[^\n]{0,2048}?)\"\s*\}"
)
_BY = {"by", "appiumby", "mobileby", "how"}
_OLD = re.compile(r"find_?elements?_?by_?(?P<by>\w+)\Z", re.IGNORECASE)
_FIND = re.compile(r"find_?elements?\Z|findby\Z", re.IGNORECASE)
_KNOWN = {"cssselector", "xpath", "id", "name", "class", "tag", "linktext", "partiallinktext", "accessibilityid"}
_MARK = re.compile(r"\bBy\b|\bHow\b|AppiumBy|MobileBy|find_?elements?|FindBy|\bby\.", re.IGNORECASE)


class _Found(NamedTuple):
    by: str
    value: Token
    start: int  # where the code of it begins


def is_selenium(code: str) -> bool:
    """Whether this may hold one of Selenium's locators."""
    return _MARK.search(code) is not None or _JSON.match(code.strip()) is not None


def told_as_json(text: str) -> tuple[str, str] | None:
    """Strategy and value of the first ``{"method":"css selector","selector":"[id="x"]"}`` of an error text.

    ChromeDriver leaves quotes and backslashes of the value as they are; others escape them as JSON does.
    """
    found = _JSON.search(text)
    if found is None:
        return None
    try:
        return found["by"], json.decode(f'"{found["value"]}"', type=str)
    except MsgspecError:
        return found["by"], found["value"]


def told_by_name(text: str) -> Locator | None:
    """The locator of an error text: a strategy's name and what it looks for."""
    told = told_as_json(text) if _JSON.match(text.strip()) else None
    if told is None:
        found = _TOLD.match(text)
        if found is None:
            return None
        told = found["by"], found["value"]
    by, value = told
    return Locator(language="selenium", text=text, steps=found_by(by, value), style=Style(quote='"'))


def selenium(code: str) -> Locator | None:
    """The locator of a line of code, if there is one."""
    found = list(_all(tokens(code)))
    if not found:
        return None
    steps = tuple[Step, ...]()
    for each in found:
        steps += found_by(each.by, each.value.value)
    first, last = found[0], found[-1]
    style = Style(code[: first.start], code[last.start : last.value.start], code[last.value.end :], last.value.quote)
    return Locator(language="selenium", text=code, steps=steps, style=style)


def _all(words: Sequence[Token]) -> Iterator[_Found]:
    """Each strategy with the string that belongs to it."""
    for at, word in enumerate(words):
        if word.kind == "name" and (found := _from(words, at, word.value)):
            yield found


def _from(words: Sequence[Token], at: int, name: str) -> _Found | None:
    """What begins with this name."""
    old = _OLD.match(name)
    if name.lower() in _BY and _is(words, at + 1, "."):
        return _named(words, at, at + 2, _name(words, at + 2))
    if old and strategy(old["by"]) in _KNOWN:
        return _named(words, at, at, old["by"])
    if _FIND.match(name) and _is(words, at + 1, "("):
        start = at + 2 + _is(words, at + 2, ":")
        by = _name(words, start)
        return _named(words, start, start, by) if by.lower() not in {*_BY, "how"} else None
    return None


def _named(words: Sequence[Token], start: int, at: int, by: str) -> _Found | None:
    """The string of a strategy: it is next, but for what stands between them: brackets, ``using =``."""
    if strategy(by) not in _KNOWN:
        return None
    for word in words[at + 1 : at + 5]:
        if word.kind == "string":
            return _Found(by, word, words[start].start)
        if word.kind != "mark" and word.value != "using":
            return None
    return None


def _is(words: Sequence[Token], at: int, mark: str) -> bool:
    return at < len(words) and words[at].kind == "mark" and words[at].value == mark


def _name(words: Sequence[Token], at: int) -> str:
    return words[at].value if at < len(words) and words[at].kind == "name" else ""
