"""The page of a test's failure without its secrets: what is typed into it, and what it says to its server."""

import re
from collections.abc import Callable
from typing import Any

from msgspec import structs

from argus_streams.core.elements import Element
from argus_streams.core.events import TestFailure

# A tag with its attributes. Linear time: what is read of one tag has an end.
_TAG = re.compile(
    r"<(?P<tag>input|meta|textarea|button|data|param)\b(?P<attributes>(?:[^<>\"']|\"[^\"]{0,4096}\"|'[^']{0,4096}'){0,200})>"
    r"(?P<inside>(?<=>)[^<]*)",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[\w:@.-]+)(?P<is>\s*=\s*)(?P<value>\"[^\"]{0,4096}\"|'[^']{0,4096}'|[^\s\"'<>]{1,4096})"
)
_NAMES = ("name", "id", "property", "autocomplete", "http-equiv", "data-testid")
_TEXTS = ("id", "name", "href", "alt", "label", "landmark")  # of an element
_VALUES = frozenset({"value", "content"})
_HIDDEN = "password"  # a type whose value nobody may read
Text = Callable[[str], str]
Secret = Callable[[str], bool]


def private(failure: TestFailure, scrubbed: str, told: Text, secret: Secret) -> dict[str, Any]:
    """The fields of a page; ``told`` takes secrets out of a text, ``secret`` says whether a name is that of one."""
    cleaner = _Page(scrubbed, told, secret)
    return {
        "dom": failure.dom and cleaner.html(failure.dom),
        "candidates": tuple(map(cleaner.element, failure.candidates)),
        "element": failure.element and cleaner.element(failure.element),
    }


class _Page:
    def __init__(self, scrubbed: str, told: Text, secret: Secret) -> None:
        self._scrubbed = scrubbed
        self._told = told
        self._secret = secret

    def html(self, text: str) -> str:
        """Values of fields and metadata that are named like secrets are gone, whatever they look like."""
        return self._told(_TAG.sub(self._tag, text))

    def element(self, element: Element) -> Element:
        """The element; what is typed into a secret field is its text as well."""
        attributes, told = element.attributes, self._told
        hidden = self._hides({**attributes, "name": element.name or "", "id": element.id or ""})
        values = {
            name: self._scrubbed if self._secret(name) or (hidden and name in _VALUES) else told(value)
            for name, value in attributes.items()
        }
        return structs.replace(
            element,
            **{name: self._or_none(getattr(element, name)) for name in _TEXTS},
            visible_text=(self._scrubbed,) if hidden and element.visible_text else self._words(element.visible_text),
            neighbor_text=self._words(element.neighbor_text),
            attributes={told(name): value for name, value in values.items()},
        )

    def _or_none(self, text: str | None) -> str | None:
        return text and self._told(text)

    def _words(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Together: what a secret is called stands before it."""
        whole = " ".join(words)
        cleaned = self._told(whole)
        return words if cleaned == whole else tuple(cleaned.split())

    def _hides(self, attributes: dict[str, str]) -> bool:
        """Whether a field of these attributes holds a secret."""
        if attributes.get("type", "").lower() == _HIDDEN:
            return True
        return any(self._secret(attributes[name]) for name in _NAMES if attributes.get(name))

    def _tag(self, found: re.Match[str]) -> str:
        told = {each["name"].lower(): each["value"].strip("\"'") for each in _ATTRIBUTE.finditer(found["attributes"])}
        if not self._hides(told):
            return found[0]
        inside = self._scrubbed if found["tag"].lower() == "textarea" and found["inside"] else found["inside"]
        return f"<{found['tag']}{_ATTRIBUTE.sub(self._value, found['attributes'])}>{inside}"

    def _value(self, found: re.Match[str]) -> str:
        if found["name"].lower() not in _VALUES:
            return found[0]
        return f'{found["name"]}{found["is"]}"{self._scrubbed}"'
