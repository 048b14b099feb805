"""A failing test's words as ``Read``."""

import re
from collections.abc import Mapping, Sequence

from argus_streams.core.events import FailureKind, Framework
from argus_streams.core.healing.failures import cypress, playwright, testing_library, webdriver
from argus_streams.core.healing.failures.read import Read, read_of, said

_LONGEST = 8 * 1024  # characters of a message, and of the beginning of a stack
_CODE = re.compile(r"^[ \t>]*+(?:\d+[ \t]*+)?\|[^\n]*$", re.MULTILINE)  # of a test, shown around the line that failed
_EXPECTED = re.compile(r"expect\(\w*\)\.(?:not\.|resolves\.|rejects\.)*to\w+|^(?:E +)?assert ", re.MULTILINE)
_GENERAL: Mapping[FailureKind, Sequence[str]] = {
    "assertion": (
        *("AssertionError", "AssertionFailedError", "ComparisonFailure", "AssertionException", "MultipleFailuresError"),
        "ExpectationNotMetError",
    ),
    "network": (
        *(
            "ECONNREFUSED",
            "ECONNRESET",
            "ENOTFOUND",
            "ETIMEDOUT",
            "EHOSTUNREACH",
            "EAI_AGAIN",
            "net::ERR_",
            "NS_ERROR_",
        ),
        *("onnection refused", "socket hang up", "getaddrinfo", "ConnectionError", "ConnectException"),
        "UnknownHostException",
    ),
    "crash": ("Page crashed", "SIGSEGV", "Segmentation fault", "rowser has crashed", "rowser has disconnected"),
}
_OTHER = Read("other")


def read(
    message: str | None, stack: str | None = None, kind: str | None = None, framework: Framework | None = None
) -> Read:
    """Whose failure it is, and the locator that failed, as far as the words of a failing test tell.

    ``kind`` is the type of the exception. ``other`` is said wherever there is doubt, and heals nothing. The first
    8,192 characters of message and stack are read, in time that grows with them.
    """
    told = f"{kind}: {message}" if kind and message and kind not in message[:200] else message or kind or ""
    for text in (told, stack or ""):
        found = _read(_words(text[:_LONGEST]), framework)
        if found.failure != "other":
            return found
    return _OTHER


def _read(text: str, framework: Framework | None) -> Read:
    of_cypress = framework == "cypress" or "Timed out retrying" in text or "CypressError" in text
    return (
        testing_library.read(text, of_cypress=of_cypress)
        or cypress.read(text)
        or playwright.read(text)
        or webdriver.read(text)
        or _general(text)
    )


def _words(text: str) -> str:
    """The text without the lines of code in it."""
    return _CODE.sub("", text) if "|" in text else text


def _general(text: str) -> Read:
    expected = _EXPECTED.search(text) if said(text, ("expect(", "assert ")) else None
    if expected:
        return read_of("assertion", expected[0])
    for failure, marks in _GENERAL.items():
        if mark := said(text, marks):
            return read_of(failure, mark)
    return _OTHER
