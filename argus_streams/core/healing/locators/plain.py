"""An anchor as a selector that every browser knows: CSS, where it has the words, else XPath."""

import re

from cssselect import HTMLTranslator, SelectorError

from argus_streams.core.healing.locators.anchor import Anchor
from argus_streams.core.healing.locators.conditions import TEST_ID
from argus_streams.core.healing.locators.quoting import css_string, is_name, xpath_string
from argus_streams.core.healing.locators.roles import NATIVE

_ATTRIBUTES = {"placeholder": "placeholder", "alt": "alt", "title": "title", "name": "name"}
_NATIVE = re.compile(r"(?P<tag>\w+)(?:\[(?P<name>\w+)(?:=(?P<value>\w+))?\]|:not\(\[(?P<absent>\w+)\]\))?")
_LABELLED = {"textbox", "searchbox", "checkbox", "radio", "spinbutton", "slider", "combobox", "listbox"}
_CONTROLS = "self::input or self::select or self::textarea or self::button"


def attribute_of(anchor: Anchor) -> str | None:
    """The attribute that an anchor is the value of."""
    if anchor.by == "test_id":
        return anchor.attribute or TEST_ID
    return _ATTRIBUTES.get(anchor.by)


def css_of(anchor: Anchor, quote: str = '"') -> str | None:
    """The anchor as CSS; ``None`` where CSS can not say it: texts, roles, names."""
    attribute = attribute_of(anchor)
    if attribute:
        return f"[{attribute}={css_string(anchor.value, quote)}]"
    if anchor.by == "id":
        return f"#{anchor.value}" if is_name(anchor.value) else f"[id={css_string(anchor.value, quote)}]"
    return anchor.value if anchor.by == "css" else None


def xpath_of(anchor: Anchor, quote: str = '"') -> str:
    """The anchor as XPath; of a selector that XPath can not say, the selector itself."""
    said, attribute = xpath_string(anchor.value, quote), attribute_of(anchor)
    if attribute or anchor.by == "id":
        return f"//*[@{attribute or 'id'}={said}]"
    if anchor.by == "css":
        return _translated(anchor.value)
    if anchor.by == "text":
        return f"//*[normalize-space()={said} and not(*[normalize-space()={said}])]"
    if anchor.by == "label":
        return f"//*[{_labelled(said)}]"
    return _role(anchor, quote)


def plain_of(anchor: Anchor, quote: str = '"') -> str:
    """The anchor as CSS, else as XPath."""
    return css_of(anchor, quote) or xpath_of(anchor, quote)


def _labelled(said: str) -> str:
    wrapped = f"ancestor::label[normalize-space()={said}]"
    return f"@aria-label={said} or (({_CONTROLS}) and (@id=//label[normalize-space()={said}]/@for or {wrapped}))"


def _role(anchor: Anchor, quote: str) -> str:
    """Elements that have the role, and the name by what most have it from: a label, an attribute, their text."""
    own = " or ".join(map(_native, NATIVE.get(anchor.value, ())))
    explicit = f"@role={xpath_string(anchor.value, quote)}"
    of_role = f"{own} or {explicit}" if own else explicit
    if anchor.name is None:
        return f"//*[{of_role}]"
    said = xpath_string(anchor.name, quote)
    if anchor.value in _LABELLED:
        return f"//*[{of_role}][{_labelled(said)} or @title={said}]"
    attributes = " or ".join(f"@{each}={said}" for each in ("aria-label", "title", "value", "alt"))
    return f"//*[{of_role}][normalize-space()={said} or {attributes}]"


def _native(selector: str) -> str:
    found = _NATIVE.fullmatch(selector)
    if found is None or not (found["name"] or found["absent"]):
        return f"self::{selector}"
    if found["absent"]:
        return f"self::{found['tag']}[not(@{found['absent']})]"
    value = f"='{found['value']}'" if found["value"] else ""
    return f"self::{found['tag']}[@{found['name']}{value}]"


def _translated(selector: str) -> str:
    try:
        return HTMLTranslator().css_to_xpath(selector, prefix="//")
    except SelectorError:
        return selector
