"""What Cypress says, since its version 3. It tells selectors and texts, which are given back as its commands."""

import re

from argus_streams.core.healing.failures.read import LINE, Read, read_of, said
from argus_streams.core.healing.locators.quoting import string

_MARKS = ("Expected to find ", "cy.", "single element", "unrecognized expression", "Renderer", "Timed out retrying")
_ELEMENT = re.compile(
    rf"Expected to find element: ?(?P<quote>[`'\"])(?P<selector>{LINE})(?P=quote), but never found it"
)
_CONTENT = re.compile(
    r"Expected to find content: '(?P<text>[^\n]{1,2048}?)'(?: within the (?:element|selector): "
    r"(?P<within>[^\n]{1,1024}?))? but never did"
)
_MANY = re.compile(r"can only be called on a single element\. Your subject contained \d+ elements")
_BAD = re.compile(rf"Syntax error, unrecognized expression: ({LINE})")
_NOT_USABLE = re.compile(
    r"cy\.\w+\(\)`? failed because (?:this|the) (?:element|page updated|center of this element)"
    r"|cy\.\w+\(\)`? failed because it requires|is being covered by another element"
)
_NETWORK = re.compile(r"cy\.(?:visit|request|wait)\(\)`? (?:failed|timed out)[^\n]{0,200}")
_CRASH = re.compile(r"(?:Renderer process just crashed|We detected that the \w+ (?:Renderer )?process)")
_ASSERTION = re.compile(r"(?:Timed out retrying[^\n:]{0,40}: )(?:[^\n]{0,100}: )?[eE]xpected [^\n]{1,300}")
_UNKNOWN = frozenset({"undefined", "null", ""})


def read(text: str) -> Read | None:
    """What the text says if it is Cypress's."""
    if not said(text, _MARKS):
        return None
    if element := _ELEMENT.search(text):
        return _missing(element)
    if content := _CONTENT.search(text):
        return read_of("not_found", content[0], _containing(content))
    if many := _MANY.search(text):
        return read_of("ambiguous", many[0])
    if bad := _BAD.search(text):
        return read_of("bad_locator", bad[0], f"cy.get({string(bad[1].strip(), QUOTE)})")
    return _other(text)


def _missing(found: re.Match[str]) -> Read:
    selector = found["selector"].strip()
    if selector in _UNKNOWN:  # the test gave none
        return read_of("bad_locator", found[0])
    if selector.startswith(("/", "(/")):
        return read_of("not_found", found[0], f"cy.xpath({string(selector, QUOTE)})")
    return read_of("not_found", found[0], f"cy.get({string(selector, QUOTE)})")


def _containing(found: re.Match[str]) -> str:
    """``cy.contains``, with the selector that it was given; an element that it looked into is no part of it."""
    within = (found["within"] or "").strip()
    selector = within[1:-1] if within[:1] in {"'", "`"} and "<" not in within else ""
    return (
        f"cy.contains({string(selector, QUOTE)}, {string(found['text'], QUOTE)})"
        if selector
        else (f"cy.contains({string(found['text'], QUOTE)})")
    )


def _other(text: str) -> Read | None:
    if usable := _NOT_USABLE.search(text):
        return read_of("not_usable", usable[0])
    if network := _NETWORK.search(text):
        return read_of("network", network[0])
    if crash := _CRASH.search(text):
        return read_of("crash", crash[0])
    asserted = _ASSERTION.search(text)
    return read_of("assertion", asserted[0]) if asserted else None


QUOTE = "'"
