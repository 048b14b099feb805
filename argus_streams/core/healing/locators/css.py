"""CSS selectors, with what jQuery (Cypress) and Playwright add to them.

Grammar: https://www.w3.org/TR/selectors-4/#grammar, https://playwright.dev/docs/other-locators#css-locator,
https://api.jquery.com/category/selectors/jquery-selector-extensions/.
"""

import re
from itertools import pairwise

from argus_streams.core.healing.locators.conditions import DEEPEST, Sealed, attribute, is_dynamic, nth, told
from argus_streams.core.healing.locators.locator import Combinator, Condition, Match, Step
from argus_streams.core.healing.locators.tokens import character
from argus_streams.errors import Malformed

_IDENTIFIER = r"(?:[\w-]|[^\x00-\x7f]|\\[0-9a-fA-F]{1,6}\s?|\\.)+"
_QUOTED = r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'"
_SAID = r"\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?"  # to the end where it has none, so that nothing is read twice
_PART = re.compile(
    rf"(?P<combinator>\s*(?:>>>|[>+~]|/deep/)\s*|\s+)|(?P<id>\#{_IDENTIFIER})|(?P<class>\.{_IDENTIFIER})"
    rf"|\[\s*(?P<attribute>(?:[\w.-]+\|)?{_IDENTIFIER}(?::{_IDENTIFIER})*)\s*(?:(?P<match>[~^$*|!]?=)\s*"
    rf"(?P<value>{_SAID}|[^\]\s\"'](?:[^\]\"']*[^\]\s\"'])?)\s*?(?:(?<=[\"'\s])(?P<flag>[iIsS])\s*)?)?(?:\]|\Z)"
    rf"|::?(?P<pseudo>{_IDENTIFIER})(?P<open>\()?|(?P<tag>\*|{_IDENTIFIER})|(?P<nesting>&)",
    re.DOTALL,
)
_ARGUMENT = re.compile(rf"{_SAID}|[()]|[^()\"']+", re.DOTALL)
_LIST = re.compile(rf"{_SAID}|[\[\](),]|[^\[\](),\"']+", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_COMBINATORS: dict[str, Combinator] = {"": "descendant", ">": "child", "+": "adjacent", "~": "sibling"}
_MATCHES: dict[str, Match] = {
    "=": "exact",
    "~=": "word",
    "^=": "prefix",
    "$=": "suffix",
    "*=": "substring",
    "|=": "dash",
}
_HAS = {"has"}
_ANY = {"is", "where", "matches", "any", "-webkit-any", "light"}
_TEXTS: dict[str, tuple[Match, bool]] = {  # how each compares, and whether it goes by the case
    "contains": ("substring", False),
    "has-text": ("substring", True),
    "text": ("substring", True),
    "text-is": ("exact", False),
    "text-matches": ("regex", False),
}
_POSITIONS = {"first": "0", "last": "-1"}
_SYNONYMS = {"first-child": ("nth-child", "1"), "last-child": ("nth-last-child", "1")}


def css(selector: str, depth: int = 0) -> tuple[Step, ...]:
    """The steps of a selector; ``Malformed`` where it is none."""
    return _Css(selector, depth).steps()


class _Css:
    def __init__(self, selector: str, depth: int) -> None:
        if depth > DEEPEST:
            raise Malformed("nested too deep")
        self._depth = depth
        self._sealed = Sealed(selector)

    def steps(self) -> tuple[Step, ...]:
        parts = _listed(self._sealed.text)
        if len(parts) == 1:
            return self._chain(parts[0])
        return (Step((Condition("any", inner=tuple(map(self._chain, parts))),)),)

    def _chain(self, text: str) -> tuple[Step, ...]:
        """The steps of a selector without a comma."""
        steps, conditions, combinator, at = list[Step](), list[Condition](), _COMBINATORS[""], 0
        text = text.strip()
        while at < len(text):
            part = _PART.match(text, at)
            if part is None:
                raise Malformed("no selector")
            at = part.end()
            if part["combinator"]:
                steps += [Step(tuple(conditions), combinator)] if conditions else []
                conditions, combinator = [], _combinator(part["combinator"].strip())
            elif part["pseudo"]:
                argument, at = _argument(text, at) if part["open"] else ("", at)
                self._add(steps, conditions, part["pseudo"].lower(), self._sealed.opened(argument))
            elif not part["nesting"]:
                conditions.append(self._simple(part))
            if conditions and conditions[-1].kind == "nth":
                steps += _placed(conditions, combinator)
                conditions, combinator = [], "filter"
        steps += [Step(tuple(conditions), combinator)] if conditions else []
        if not steps:
            raise Malformed("an empty selector")
        return tuple(steps)

    def _add(self, steps: list[Step], conditions: list[Condition], name: str, argument: str) -> None:
        if name == "nth-match":  # Playwright's: of a whole list of selectors
            whole, _, number = argument.rpartition(",")
            conditions.append(Condition("any", inner=(css(whole, self._depth + 1),)))
            conditions.append(nth(_before(number)).conditions[0])
        elif name in {"scope", "root"} and not steps and not conditions:
            return
        else:
            conditions.append(self._pseudo(name, argument))

    def _simple(self, part: re.Match[str]) -> Condition:
        if part["id"]:
            return told("id", self._name(part["id"][1:]))
        if part["class"]:
            return told("class", self._name(part["class"][1:]))
        if part["attribute"]:
            return self._attribute(part)
        tag = self._name(part["tag"])
        dynamic = is_dynamic(tag)
        return Condition("dynamic" if dynamic else "tag", tag if dynamic else tag.lower(), dynamic=dynamic)

    def _attribute(self, part: re.Match[str]) -> Condition:
        name, ignore_case = self._name(part["attribute"]), (part["flag"] or "").lower() == "i"
        if not part["match"]:
            return attribute(name, match="present")
        value = part["value"]
        value = self._sealed.opened(_unescaped(_unquoted(value)))
        if part["match"] == "!=":
            return Condition("not", inner=((Step((attribute(name, value, ignore_case=ignore_case),)),),))
        return attribute(name, value, _MATCHES[part["match"]], ignore_case=ignore_case)

    def _pseudo(self, name: str, argument: str) -> Condition:
        if name in _TEXTS:
            return _text(name, argument)
        if name == "not":
            return Condition("not", inner=_inner(argument, self._depth))
        if name in _HAS | _ANY:
            return Condition("has" if name in _HAS else "any", inner=_inner(argument, self._depth))
        if name == "eq" or name in _POSITIONS:
            number = _POSITIONS.get(name, argument.strip())
            return Condition("nth", number, dynamic=is_dynamic(number))
        name, argument = _SYNONYMS.get(name, (name, argument.strip()))
        return Condition("pseudo", argument, name, dynamic=is_dynamic(argument))

    def _name(self, text: str) -> str:
        return self._sealed.opened(_unescaped(text))


def _placed(conditions: list[Condition], combinator: Combinator) -> list[Step]:
    """Places of jQuery are among all that was found so far."""
    *others, place = conditions
    return [*([Step(tuple(others), combinator)] if others else []), Step((place,), "filter")]


def _inner(argument: str, depth: int) -> tuple[tuple[Step, ...], ...]:
    steps = css(argument, depth + 1)
    first = steps[0].conditions[0]
    listed = len(steps) == 1 and steps[0].conditions == (first,) and first.kind == "any"
    return first.inner if listed else (steps,)


def _text(name: str, argument: str) -> Condition:
    match, ignore_case = _TEXTS[name]
    parts = re.findall(_QUOTED, argument)
    value = _unescaped(parts[0][1:-1]) if parts else argument.strip()
    flags = parts[1] if len(parts) > 1 else ""
    return told("text", value, match, ignore_case=ignore_case or "i" in flags)


def _unquoted(value: str) -> str:
    """A string without its quotation marks, of which the last may be missing where the selector ends."""
    if value[0] not in "\"'":
        return value
    return value[1:-1] if len(value) > 1 and value[-1] == value[0] else value[1:]


def _combinator(mark: str) -> Combinator:
    return _COMBINATORS.get(mark, "shadow" if mark in {">>>", "/deep/"} else "descendant")


def _argument(text: str, at: int) -> tuple[str, int]:
    """What stands in the bracket that is open here, and where it ends."""
    depth, start = 1, at
    for part in _ARGUMENT.finditer(text, at):
        depth += (part[0] == "(") - (part[0] == ")")
        if depth == 0:
            return text[start : part.start()], part.end()
    raise Malformed("a bracket that does not end")


def _listed(text: str) -> list[str]:
    """The parts between commas that stand in no bracket and no quotation marks."""
    depth, cuts = 0, [-1]
    for part in _LIST.finditer(text):
        depth += (part[0] in "([") - (part[0] in ")]")
        if part[0] == "," and depth == 0:
            cuts.append(part.start())
    return [text[start + 1 : end] for start, end in pairwise([*cuts, len(text)])]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    if not found[1]:
        return found[2]
    return character(int(found[1], 16))


def _before(number: str) -> str:
    """A place that counts from 1, counted from 0."""
    number = number.strip()
    return str(int(number) - 1) if number.isdecimal() else number
