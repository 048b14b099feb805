"""What Selenium's clients and WebdriverIO say: each has words of its own for https://www.w3.org/TR/webdriver2/#errors."""

import re
from collections.abc import Mapping, Sequence

from argus_streams.core.events import FailureKind
from argus_streams.core.healing.failures.read import LINE, Read, read_of, said
from argus_streams.core.healing.locators.quoting import string
from argus_streams.core.healing.locators.selenium import told_as_json

_MARKS = ("lement", "elector", "ession", "neterror", "net::ERR_", "hrome", "indow", "waiting for", "Expect ")
_BY = re.compile(
    r"By\.(?P<java>\w{2,20}): (?P<value>[^\n]{1,2048}?)(?= \(tried for |\)?$)"
    r"|By\((?P<script>[\w ]{2,20}), (?P<said>[^\n]{1,2048})\)",
    re.MULTILINE,
)
_FIREFOX = re.compile(rf"Unable to locate element: (?P<value>{LINE})")
_OTHERS: Mapping[FailureKind, Sequence[str]] = {
    "bad_locator": (
        "InvalidSelector",
        "invalid selector:",
        "is not a valid selector",
        "is not a valid XPath expression",
    ),
    "crash": (
        *(
            "InvalidSessionId",
            "NoSuchSession",
            "SessionNotCreated",
            "UnreachableBrowser",
            "NoSuchWindow",
            "tab crashed",
        ),
        *("invalid session id", "session not created", "chrome not reachable", "DevToolsActivePort", "no such window"),
        *("session deleted", "disconnected: not connected"),
    ),
    "not_usable": (
        *("StaleElementReference", "ElementClickIntercepted", "ElementNotInteractable", "ElementNotVisible"),
        *("InvalidElementState", "MoveTargetOutOfBounds", "ElementNotSelectable", "stale element reference"),
        *("element click intercepted", "element not interactable", "move target out of bounds"),
        *("waiting for visibility of [[", "waiting for element to be clickable: [["),
        *('") still not displayed', '") still not clickable', '") still not enabled'),
    ),
}
_NETWORK = re.compile(r"(?:WebDriverException|WebDriverError|unknown error)[^\n]{0,200}(?:net::ERR_|neterror)")
_MISSING = (
    *("no such element", "Unable to locate element", "Cannot locate an element using", "NoSuchElementError"),
    *("selenium.NoSuchElementException", "exceptions.NoSuchElementException", "Unable to find element with"),
)
_WAITED = re.compile(
    r"(?:waiting for|Waiting for) (?:presence|visibility|element|all|number)[^\n]{0,80}(?:located|clickable)[^\n]{0,4}"
)
_SCRIPTED = (
    re.compile(rf"Can't call \w+ on element with selector \"({LINE})\" because element wasn't found"),
    re.compile(r"element \(\"([^\n]{1,1024})\"\) still not existing after"),
    re.compile(rf"Element with selector \"({LINE})\" not found"),
    re.compile(r"using the given search parameters \(\"([^\n]{1,1024})\"\)"),
    re.compile(r"Expect \$\(`([^\n]{1,1024})`\) to (?:exist|be existing)"),
)
_EXPECTED = re.compile(r"Expect (?:\$\$?\(`|window |[^\n]{0,40}\$)[^\n]{1,1024} to ")
_NAMES = {"css selector": "cssSelector", "class name": "className", "link text": "linkText", "tag name": "tagName"}
_MORE_NAMES = {"partial link text": "partialLinkText"}


def read(text: str) -> Read | None:
    """What the text says if it is a WebDriver's."""
    if not said(text, _MARKS):
        return None
    return _of_webdriverio(text) or _of_selenium(text)


def _of_webdriverio(text: str) -> Read | None:
    for pattern in _SCRIPTED:
        if found := pattern.search(text):
            return read_of("not_found", found[0], f"$({string(found[1], QUOTE)})")
    expected = _EXPECTED.search(text)
    return read_of("assertion", expected[0]) if expected else None


def _of_selenium(text: str) -> Read | None:
    for failure, marks in _OTHERS.items():
        if mark := said(text, marks):
            return read_of(failure, mark, _locator(text) if failure == "bad_locator" else None)
    if missing := said(text, _MISSING):
        return read_of("not_found", missing, _locator(text))
    if network := _NETWORK.search(text):
        return read_of("network", network[0])
    waited = _WAITED.search(text)
    locator = _locator(text) if waited else None
    return read_of("not_found", waited[0], locator) if waited and locator else None


def _locator(text: str) -> str | None:
    """As Java prints it, ``By.id: x``, whichever client told it."""
    if told := told_as_json(text):
        return _told(*told)
    if found := _BY.search(text):
        return _told(found["java"] or found["script"], found["value"] or found["said"])
    firefox = _FIREFOX.search(text)
    return _told("css selector", firefox["value"]) if firefox else None


def _told(by: str, value: str) -> str:
    return f"By.{({**_NAMES, **_MORE_NAMES}).get(by, by)}: {value.strip()}"


QUOTE = "'"
