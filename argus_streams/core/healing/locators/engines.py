"""A selector as one text: CSS, XPath, or with the name of an engine in front, in parts between ``>>``.

https://playwright.dev/docs/other-locators tells of Playwright's engines. Those that begin with ``internal:`` are in its
error texts. Selenium IDE and Robot Framework write ``id=``, ``name=``, ``link=`` likewise.
"""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from msgspec import structs

from argus_streams.core.healing.locators.conditions import Sealed, attribute, is_dynamic, nth, told
from argus_streams.core.healing.locators.css import css
from argus_streams.core.healing.locators.locator import Condition, Match, Step
from argus_streams.core.healing.locators.xpath import xpath

_SAID = r"\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?|`[^`]*`?"
_WORDS = re.compile(rf"{_SAID}|>>>?|[^\"'`>]+|>", re.DOTALL)
_ENGINE = re.compile(r"\s*\*?(?P<name>[a-zA-Z_][\w:.-]*)\s*=(?!=)\s*(?P<body>.*)\Z", re.DOTALL)
_REGEX = re.compile(r"/(?P<source>.*)/(?P<flags>[a-z]*)\Z", re.DOTALL)
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<inside>.*)(?P=quote)(?P<flag>[is]?)\Z", re.DOTALL)
_FIELD = re.compile(
    r"\[\s*(?P<name>[\w-]+)\s*(?:(?P<match>[*^$~|]?=)\s*(?P<value>\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'"
    r"|/(?:[^/\\]|\\.)*+/|[^\]\s]+)\s*(?P<flag>[a-z]*))?\s*\]",
    re.DOTALL,
)
_MATCHES: Mapping[str, Match] = {"=": "exact", "*=": "substring", "^=": "prefix", "$=": "suffix", "~=": "word"}
_XPATH = ("//", "/html", "..", "(//", "./", "(/", "//*")


def selector(text: str) -> tuple[Step, ...]:
    """The steps of a selector; ``Malformed`` where a part of it is none."""
    sealed = Sealed(text)
    cuts = [(each.start(), each.end()) for each in _WORDS.finditer(sealed.text) if each[0] == ">>"]
    ends = [(0, 0), *cuts, (len(sealed.text), 0)]
    steps, frame = tuple[Step, ...](), False
    for (_, start), (end, _) in pairwise(ends):
        part = sealed.opened(sealed.text[start:end].strip())
        if part == "internal:control=enter-frame":
            frame = True
            continue
        steps += _framed(one(part)) if frame else one(part)
        frame = False
    return steps


def one(part: str) -> tuple[Step, ...]:
    """The steps of a part, with or without the name of an engine."""
    if part.startswith(_XPATH):
        return xpath(part)
    if part[:1] in {'"', "'"}:
        return (Step((text(part),)),)
    found = _ENGINE.match(part)
    engine = _ENGINES.get(found["name"].lower().removesuffix(":light")) if found else None
    return engine(found["body"]) if found and engine else css(part)


def is_engine(part: str) -> bool:
    """Whether a selector begins with the name of an engine, or is a chain of several."""
    found = _ENGINE.match(part)
    return (found is not None and found["name"].lower() in _ENGINES) or ">>" in part.replace(">>>", "")


def text(body: str) -> Condition:
    """A text of Playwright's: in quotation marks the whole of it, else any part, whatever its case."""
    quoted, regex = _QUOTED.match(body), _REGEX.match(body)
    if quoted:
        value = quoted["inside"].replace("\\" + quoted["quote"], quoted["quote"]).replace("\\\\", "\\")
        return told("text", value, "substring" if quoted["flag"] == "i" else "exact", ignore_case=quoted["flag"] == "i")
    if regex:
        return told("text", regex["source"], "regex", ignore_case="i" in regex["flags"])
    return told("text", body.strip(), "substring", ignore_case=True)


def _text(body: str) -> tuple[Step, ...]:
    return (Step((text(body),)),)


def _label(body: str) -> tuple[Step, ...]:
    return (Step((structs.replace(text(body), kind="label"),)),)


def _has_text(body: str) -> tuple[Step, ...]:
    return (Step((text(body),), "filter"),)


def _has(body: str) -> tuple[Step, ...]:
    found = _QUOTED.match(body)
    inside = text(body).value if found else body
    return (Step((Condition("has", inner=(selector(inside),)),), "filter"),)


def _nth(body: str) -> tuple[Step, ...]:
    return (nth(body.strip()),)


def _visible(body: str) -> tuple[Step, ...]:
    return (Step((Condition("pseudo", "" if body.strip() == "true" else body.strip(), "visible"),), "filter"),)


def _attribute_of(name: str) -> Callable[[str], tuple[Step, ...]]:
    return lambda body: (Step((attribute(name, text(f'"{body}"').value if body[:1] not in "\"'" else body[1:-1]),)),)


def _role(body: str) -> tuple[Step, ...]:
    """``button[name="Save"i][checked]``."""
    role, _, _ = body.partition("[")
    return (Step((told("role", role.strip()), *map(_of_role, _FIELD.finditer(body, len(role))))),)


def _of_role(found: re.Match[str]) -> Condition:
    raw, ignore_case = found["value"] or "true", "i" in (found["flag"] or "")
    if found["name"] != "name":
        return Condition("state", raw, found["name"], dynamic=is_dynamic(raw))
    if raw[0] == "/":
        return told("name", raw[1:-1], "regex", ignore_case=ignore_case)
    value = text(raw).value if raw[0] in "\"'" else raw
    match: Match = "substring" if ignore_case else _MATCHES.get(found["match"] or "=", "exact")
    return told("name", value, match, ignore_case=ignore_case)


def _fields(body: str) -> tuple[Step, ...]:
    """``[placeholder="Search"i]``: ``i`` = any part, whatever its case, ``s`` = the whole."""
    conditions = list[Condition]()
    for found in _FIELD.finditer(body):
        raw, flag = found["value"] or "", found["flag"] or ""
        if raw[:1] == "/":
            conditions.append(attribute(found["name"], raw[1:-1], "regex", ignore_case="i" in flag))
        else:
            value = text(raw).value if raw[:1] in {'"', "'"} else raw
            match: Match = "substring" if "i" in flag else _MATCHES.get(found["match"] or "=", "exact")
            conditions.append(attribute(found["name"], value, match, ignore_case="i" in flag))
    return (Step(tuple(conditions)),) if conditions else css(body)


def _link(body: str) -> tuple[Step, ...]:
    return (Step((Condition("tag", "a"), told("text", body.strip()))),)


def _partial_link(body: str) -> tuple[Step, ...]:
    return (Step((Condition("tag", "a"), told("text", body.strip(), "substring"))),)


def _framed(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return (structs.replace(steps[0], combinator="frame"), *steps[1:])


_ENGINES: Mapping[str, Callable[[str], tuple[Step, ...]]] = {
    "css": css,
    "xpath": xpath,
    "text": _text,
    "role": _role,
    "nth": _nth,
    "visible": _visible,
    **{each: _attribute_of(each) for each in ("id", "name", "data-testid", "data-test-id", "data-test")},
    "link": _link,
    "partial_link": _partial_link,
    "linktext": _link,
    "internal:role": _role,
    "internal:text": _text,
    "internal:label": _label,
    "internal:has-text": _has_text,
    "internal:testid": _fields,
    "internal:attr": _fields,
    "internal:has": _has,
}
