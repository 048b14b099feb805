"""Whether what a locator says of one element is true of it, as far as a snapshot tells."""

import re

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.locator import Condition
from argus_streams.core.healing.page.nodes import Node

_DESCRIBED = frozenset({
    "tag", "id", "class", "attribute", "test_id", "role", "name", "state", "text", "label", "placeholder", "alt",
    "title", "nth", "pseudo", "has", "not", "any",
})  # fmt: skip
_STATES = frozenset({"checked", "disabled", "expanded", "selected", "pressed", "level"})
PLACES = frozenset({"position", "nth-child", "nth-of-type", "nth-last-child"})
_PSEUDO = frozenset({"visible", "enabled", "disabled", "checked"})
_TEST_ID = "data-testid"
_FIELDS = frozenset({"input", "select", "textarea", "meter", "output", "progress", "button"})
_META = re.compile(r"[\\.*+?()\[\]{}|^$]")


def known(condition: Condition) -> bool:
    """Whether a snapshot can tell; the chains inside are for others to judge."""
    if condition.dynamic or condition.kind not in _DESCRIBED:
        return False
    match condition.kind:
        case "state":
            return condition.name in _STATES
        case "pseudo":
            return (condition.name in _PSEUDO and not condition.value) or (
                condition.name in PLACES and condition.value.isdecimal()
            )
        case "nth":
            return condition.value.removeprefix("-").isdecimal()
        case _:
            return condition.match != "regex" or plain(condition) is not None


def plain(condition: Condition) -> tuple[str, str] | None:
    """The match and the text of a regular expression that is none but for its ends; ``None`` = it is a real one.

    Others are not run: how long one of a stranger's takes nobody can say.
    """
    if condition.match != "regex":
        return condition.match, condition.value
    text = condition.value.removeprefix("^").removesuffix("$")
    if _META.search(text):
        return None
    ends = (condition.value.startswith("^"), condition.value.endswith("$"))
    return {(True, True): "exact", (True, False): "prefix", (False, True): "suffix"}.get(ends, "substring"), text


def holds(condition: Condition, element: Element, node: Node) -> bool:
    """Whether it is true of the element alone, wherever it stands and whatever its text is."""
    match condition.kind:
        case "tag":
            return condition.value == "*" or condition.value.lower() == node.tag
        case "class":
            return any(agrees(condition, each) for each in node.attributes.get("class", "").split())
        case "state":
            return _state(condition, element, node)
        case "pseudo":
            return _pseudo(condition.name, element, node)
        case _:
            return agrees(condition, _told(condition, element, node))


def _told(condition: Condition, element: Element, node: Node) -> str | None:
    """What the element has of the kind that the condition is about."""
    match condition.kind:
        case "role":
            return None if element.visible is False else element.role
        case "name":
            return element.label
        case "label":
            return element.label if node.tag in _FIELDS or "aria-label" in node.attributes else None
        case "attribute":
            return node.attributes.get(condition.name)
        case "test_id":
            return node.attributes.get(condition.name or _TEST_ID)
        case _:
            return node.attributes.get(condition.kind)


def indexed(condition: Condition) -> tuple[str, str] | None:
    """The attribute and the value that an element surely has if the condition is true; ``None`` = it may be any."""
    if condition.match != "exact" or condition.ignore_case or condition.value == "*":
        return None
    match condition.kind:
        case "tag":
            return "tag", condition.value.lower()
        case "attribute":
            return condition.name, condition.value
        case "test_id":
            return condition.name or _TEST_ID, condition.value
        case "id" | "class":
            return condition.kind, condition.value
        case _:
            return None


def agrees(condition: Condition, told: str | None) -> bool:
    """Whether a text is what the condition asks for; white space is folded, but for attributes that only code reads."""
    if told is None:
        return False
    if condition.match == "present":
        return True
    match, wanted = plain(condition) or ("exact", condition.value)
    if condition.kind not in {"attribute", "id", "class", "test_id"}:
        told, wanted = " ".join(told.split()), " ".join(wanted.split())
    if condition.ignore_case:
        told, wanted = told.lower(), wanted.lower()
    return _compared(match, told, wanted)


def _compared(match: str, told: str, wanted: str) -> bool:
    match match:
        case "substring":
            return wanted in told
        case "prefix":
            return told.startswith(wanted)
        case "suffix":
            return told.endswith(wanted)
        case "word":
            return wanted in told.split()
        case "dash":
            return told == wanted or told.startswith(f"{wanted}-")
        case _:
            return told == wanted


def _state(condition: Condition, element: Element, node: Node) -> bool:
    name, attributes = condition.name, node.attributes
    if name == "disabled":
        told = "true" if element.enabled is False else "false"
    elif name == "level":
        told = attributes.get("aria-level", node.tag[1:] if node.tag[:1] == "h" else "")
    else:
        native = "true" if name in attributes and name in {"checked", "selected"} else "false"
        told = attributes.get(f"aria-{name}", native)
    return told == (condition.value or "true")


def _pseudo(name: str, element: Element, node: Node) -> bool:
    """A pseudo-class of an element alone; those of its place are told by what is around it."""
    match name:
        case "visible":
            return element.visible is not False
        case "enabled":
            return element.enabled is True
        case "disabled":
            return element.enabled is False
        case _:
            return "checked" in node.attributes or "selected" in node.attributes
