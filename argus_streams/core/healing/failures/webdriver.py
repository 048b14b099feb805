"""What Selenium's clients and WebdriverIO say: each has words of its own for https://www.w3.org/TR/webdriver2/#errors."""

import re
from collections.abc import Sequence

from argus_streams.core.events import FailureKind
from argus_streams.core.healing.failures.read import LINE, Read, read_of
from argus_streams.core.healing.locators.quoting import string

_JSON = re.compile(
    r"\{\s*\"method\"\s*:\s*\"(?P<by>[\w -]{1,40})\"\s*,\s*\"selector\"\s*:\s*\"(?P<value>(?:[^\"\\\n]|\\.){0,2048}+)\""
)
_BY = re.compile(
    r"By\.(?P<java>\w{2,20}): (?P<value>[^\n]{1,2048}?)(?= \(tried for |\)?$)"
    r"|By\((?P<script>[\w ]{2,20}), (?P<said>[^\n]{1,2048})\)",
    re.MULTILINE,
)
_FIREFOX = re.compile(rf"Unable to locate element: (?P<value>{LINE})")
_OTHERS: Sequence[tuple[FailureKind, re.Pattern[str]]] = (
    (
        "bad_locator",
        re.compile(
            r"InvalidSelector(?:Exception|Error)?|invalid selector:|is not a valid (?:selector|XPath expression)"
        ),
    ),
    (
        "crash",
        re.compile(
            r"(?:InvalidSessionId|NoSuchSession|SessionNotCreated|UnreachableBrowser|NoSuchWindow)(?:Exception|Error)?"
            r"|invalid session id|session not created|chrome not reachable|DevToolsActivePort|tab crashed"
            r"|session deleted|disconnected: |no such window"
        ),
    ),
    ("network", re.compile(r"(?:WebDriverException|WebDriverError|unknown error)[^\n]{0,200}(?:net::ERR_|neterror)")),
    (
        "not_usable",
        re.compile(
            r"(?:StaleElementReference|ElementClickIntercepted|ElementNotInteractable|ElementNotVisible"
            r"|InvalidElementState|MoveTargetOutOfBounds|ElementNotSelectable)(?:Exception|Error)?"
            r"|stale element reference|element click intercepted|element not interactable|move target out of bounds"
            r"|waiting for (?:visibility of|element to be clickable:?) \[\["
            r"|element \(\"[^\n]{1,1024}\"\) still not (?:displayed|clickable|enabled)"
        ),
    ),
)
_MISSING = re.compile(
    r"no such element|Unable to locate element|Cannot locate an element using|NoSuchElementError"
    r"|selenium[\w.]*\.NoSuchElementException|Unable to find element with"
)
_WAITED = re.compile(
    r"(?:waiting for|Waiting for) (?:presence|visibility|element|all|number)[^\n]{0,80}(?:located|clickable)[^\n]{0,4}"
)
_SCRIPTED = (
    re.compile(rf"Can't call \w+ on element with selector \"({LINE})\" because element wasn't found"),
    re.compile(r"element \(\"([^\n]{1,1024})\"\) still not existing after"),
    re.compile(rf"Element with selector \"({LINE})\" not found"),
    re.compile(r"using the given search parameters \(\"([^\n]{1,1024})\"\)"),
)
_EXISTING = re.compile(r"Expect \$\(`([^\n]{1,1024})`\) to (?:exist|be existing)")
_EXPECTED = re.compile(r"Expect (?:\$\$?\(`|window |[^\n]{0,40}\$)[^\n]{1,1024} to ")
_NAMES = {"css selector": "cssSelector", "class name": "className", "link text": "linkText", "tag name": "tagName"}
_MORE_NAMES = {"partial link text": "partialLinkText"}


def read(text: str) -> Read | None:
    """What the text says if it is a WebDriver's."""
    for pattern in _SCRIPTED:
        if found := pattern.search(text):
            return read_of("not_found", found[0], f"$({string(found[1], QUOTE)})")
    if existing := _EXISTING.search(text):
        return read_of("not_found", existing[0], f"$({string(existing[1], QUOTE)})")
    for failure, pattern in _OTHERS:
        if found := pattern.search(text):
            return read_of(failure, found[0], _locator(text) if failure == "bad_locator" else None)
    if missing := _MISSING.search(text):
        return read_of("not_found", missing[0], _locator(text))
    waited = _WAITED.search(text)
    locator = _locator(text) if waited else None
    if waited and locator:
        return read_of("not_found", waited[0], locator)
    expected = _EXPECTED.search(text)
    return read_of("assertion", expected[0]) if expected else None


def _locator(text: str) -> str | None:
    """As Java prints it, ``By.id: x``, whichever client told it."""
    if found := _JSON.search(text):
        return _told(found["by"], re.sub(r"\\(.)", r"\1", found["value"]))
    if found := _BY.search(text):
        return _told(found["java"] or found["script"], found["value"] or found["said"])
    firefox = _FIREFOX.search(text)
    return _told("css selector", firefox["value"]) if firefox else None


def _told(by: str, value: str) -> str:
    return f"By.{({**_NAMES, **_MORE_NAMES}).get(by, by)}: {value.strip()}"


QUOTE = "'"
