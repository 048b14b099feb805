"""What Playwright says, in each of its languages and since its version 1.14, and Puppeteer.

It names the locator in its call log, "waiting for locator('#x')", and what that found in the lines after it.
"""

import re

from argus_streams.core.healing.failures.read import LINE, Read, read_of, said
from argus_streams.core.healing.locators.quoting import string

_MARKS = (
    "ocator",
    "waiting for ",
    "expect(",
    "losed",
    "Page crashed",
    "goto",
    "while parsing",
    "strict mode",
    "selector",
)
_AMBIGUOUS = re.compile(rf"strict mode violation: ({LINE}?) resolved to \d+ elements")
_WAITING = re.compile(
    r"waiting for (?:selector (?P<selector>\"[^\n]{1,2048}\")|(?P<locator>"
    r"(?:frame_?[lL]ocator|[lL]ocator|get_?[bB]y_?\w+|Get[bB]y\w+|internal:\w+)[=(][^\n]{0,2048}))"
)
_LOCATOR = re.compile(rf"^\s*Locator: +({LINE})$", re.MULTILINE)
_STATE = re.compile(r" to be (?:visible|hidden|attached|detached)\Z")
_EXPECT = re.compile(
    r"expect\((?:locator|received|page)\)\.(?P<not>not\.)?(?P<matcher>to\w+)"
    r"|(?:Locator|LocatorAssertions?|Page) expected (?P<python_not>not )?to (?P<python>\w+ ?\w*)"
)
_PUPPETEER = re.compile(
    r"No element found for selector: (?P<selector>[^\n]{1,2048})"
    r"|Waiting for selector `(?P<waited>[^\n]{1,2048})` failed"
)
_NOTHING = "element(s) not found"
_FOUND = re.compile(r"(?:locator|selector) resolved to |unexpected value ")
_TIMEOUT = re.compile(r"[tT]imeout (?:of )?\d+ ?ms exceeded|Timed out \d+ms waiting for expect")
_CALL = re.compile(r"\b(?:locator|page|frame|elementHandle|Locator|Page|Frame)\.\w+: ")
_CLOSED = re.compile(
    r"(?:Target (?:page, context or browser has been )?closed|Page crashed|[bB]rowser has been closed)"
)
_NETWORK = re.compile(
    r"(?:page|Page|frame|Frame)\.(?:goto|reload|go_?[bB]ack): [^\n]{0,200}(?:net::|NS_ERROR_|refused)"
)
_BAD = re.compile(r"(?:Unexpected token|Unsupported token|Malformed|is not a valid (?:selector|XPath))[^\n]{0,200}")
# Those that hold of no element, or of any number of them.
_OF_NONE = frozenset({"toHaveCount", "toBeHidden", "toHaveURL", "toHaveTitle", "toHaveScreenshot"})


def read(text: str) -> Read | None:
    """What the text says if it is Playwright's."""
    if not said(text, _MARKS):
        return None
    if ambiguous := _AMBIGUOUS.search(text):
        return read_of("ambiguous", ambiguous[0], _unquoted(ambiguous[1]))
    if closed := _CLOSED.search(text):
        return read_of("crash", closed[0]) if _CALL.search(text) or "Page crashed" in text else None
    if network := _NETWORK.search(text):
        return read_of("network", network[0])
    if expected := _EXPECT.search(text):
        return _expected(expected, text)
    return _acted(text) or _of_puppeteer(text)


def _expected(found: re.Match[str], text: str) -> Read:
    """An assertion about a locator that found nothing at all is the locator's, any other is none of its business."""
    locator = _locator(text)
    negated = found["not"] or found["python_not"]
    of_none = found["matcher"] in _OF_NONE or (found["python"] or "").startswith(("have count", "be hidden"))
    nothing = _NOTHING in text or (_WAITING.search(text) is not None and not _FOUND.search(text))
    if locator and nothing and not negated and not of_none:
        return read_of("not_found", found[0], locator)
    return read_of("assertion", found[0])


def _acted(text: str) -> Read | None:
    """An action that came to no end: on nothing, or on an element that was not as it must be."""
    waiting = _WAITING.search(text)
    if waiting is None or not (timeout := _TIMEOUT.search(text)):
        bad = _BAD.search(text)
        return read_of("bad_locator", bad[0], _locator(text)) if bad and _CALL.search(text) else None
    if _FOUND.search(text) or waiting[0].endswith((" to be hidden", " to be detached")):
        return read_of("not_usable", timeout[0])
    return read_of("not_found", waiting[0], _locator(text))


def _of_puppeteer(text: str) -> Read | None:
    found = _PUPPETEER.search(text)
    if found is None:
        return None
    selector = (found["selector"] or found["waited"]).strip()
    return read_of("not_found", found[0], f"page.$({string(selector, QUOTE)})")


def _locator(text: str) -> str | None:
    told = _LOCATOR.search(text)
    if told:
        return told[1].strip()
    waiting = _WAITING.search(text)
    if waiting is None:
        return None
    return _unquoted(waiting["selector"] or _STATE.sub("", waiting["locator"].strip()))


def _unquoted(locator: str) -> str:
    """A selector as such: the first versions put it into quotation marks."""
    quoted = len(locator) > 1 and locator[0] == locator[-1] == '"'
    return locator[1:-1] if quoted else locator.strip()


QUOTE = "'"
