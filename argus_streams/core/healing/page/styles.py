"""What markup alone says of whether an element can be seen and used; style sheets are not read."""

import re
from collections.abc import Mapping

from argus_streams.core.healing.page.nodes import Node

_HIDING = frozenset({"template", "noscript", "datalist", "audio", "video", "canvas", "object"})  # what is in them
_CONTROLS = frozenset({"button", "fieldset", "input", "optgroup", "option", "select", "textarea"})
_DISPLAY = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)
_VISIBILITY = re.compile(r"(?:^|;)\s*visibility\s*:\s*(\w+)", re.IGNORECASE)


def unrendered(tag: str, attributes: Mapping[str, str], parent: Node) -> bool:
    """Whether the element, or its place in its parent, is shown to nobody."""
    if parent.unrendered or "hidden" in attributes or parent.tag in _HIDING or tag == "template":
        return True
    if parent.tag == "details" and "open" not in parent.attributes and tag != "summary":
        return True
    if tag == "input" and attributes.get("type", "").strip().lower() == "hidden":
        return True
    return "style" in attributes and _DISPLAY.search(attributes["style"]) is not None


def invisible(attributes: Mapping[str, str], parent: Node) -> bool:
    """Whether it is made invisible, by its own style or its parent's."""
    told = _VISIBILITY.search(attributes["style"]) if "style" in attributes else None
    return told[1].lower() in {"hidden", "collapse"} if told else parent.invisible


def disabling(tag: str, attributes: Mapping[str, str], parent: Node) -> bool:
    """Whether the element is disabled, with all that is inside; a disabled field set's legend is not."""
    if parent.disabled:
        return tag != "legend" or parent.tag != "fieldset"
    if attributes.get("aria-disabled", "").strip().lower() == "true" or "inert" in attributes:
        return True
    return tag in _CONTROLS and "disabled" in attributes
