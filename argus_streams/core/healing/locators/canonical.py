"""One text for all locators that mean the same, by which patterns are known."""

import re
from collections.abc import Mapping

from msgspec import json, structs

from argus_streams.core.healing.locators.locator import Combinator, Condition, Locator, Match, Step

_JOINTS: Mapping[Combinator, str] = {
    "descendant": " ",
    "child": " > ",
    "adjacent": " + ",
    "sibling": " ~ ",
    "parent": " < ",
    "ancestor": " << ",
    "filter": " | ",
    "frame": " >> ",
    "shadow": " >>> ",
    "axis": " : ",
}
_SIGNS: Mapping[Match, str] = {
    "exact": "=",
    "substring": "*=",
    "prefix": "^=",
    "suffix": "$=",
    "word": "~=",
    "dash": "|=",
    "regex": "~",
    "present": "",
}
_SPACE = re.compile(r"\s+")
_FOLDED = frozenset({"text", "name", "label"})  # that people read: any white space is one blank
_ENCODER = json.Encoder()


def canonical(locator: Locator) -> str:
    """What the locator means: equal for equal meaning, whatever the language, the quotes, the order of conditions.

    Of an unknown one it is the text itself, with its white space folded.
    """
    if locator.language == "unknown":
        return f"? {_SPACE.sub(' ', locator.text).strip()}"
    return _chain(locator.steps)


def _chain(steps: tuple[Step, ...]) -> str:
    told = list[str]()
    for number, step in enumerate(_merged(steps)):
        joint = _JOINTS[step.combinator]
        told += [joint.strip() + " " if number == 0 and joint.strip() else joint if number else "", _step(step)]
    return "".join(told)


def _merged(steps: tuple[Step, ...]) -> list[Step]:
    """With each filter as a part of the step that it filters, but for one that counts."""
    merged = list[Step]()
    for step in steps:
        if merged and step.combinator == "filter" and not _counts(step) and not _counts(merged[-1]):
            merged[-1] = structs.replace(merged[-1], conditions=merged[-1].conditions + step.conditions)
        else:
            merged.append(step)
    return merged


def _counts(step: Step) -> bool:
    return any(each.kind == "nth" or each.name == "position" for each in step.conditions)


def _step(step: Step) -> str:
    told = [_condition(each) for each in _without_any(step.conditions)]
    return "&".join(told if _counts(step) else sorted(set(told)))  # what comes before a number, is counted


def _without_any(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Without the tag that every element has."""
    told = tuple(each for each in conditions if not (each.kind == "tag" and each.value == "*"))
    return told or conditions


def _condition(condition: Condition) -> str:
    name = f"[{condition.name}]" if condition.name else ""
    if condition.inner:
        return f"{condition.kind}{name}({', '.join(sorted(map(_chain, condition.inner)))})"
    value = _SPACE.sub(" ", condition.value).strip() if condition.kind in _FOLDED else condition.value
    told = _ENCODER.encode(value).decode() if condition.match != "present" else ""
    return f"{condition.kind}{name}{_SIGNS[condition.match]}{told}{'i' if condition.ignore_case else ''}"
