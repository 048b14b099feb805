"""A failing test's words as ``Read``."""

import re
from collections.abc import Sequence

from argus_streams.core.events import FailureKind, Framework
from argus_streams.core.healing.failures import cypress, playwright, testing_library, webdriver
from argus_streams.core.healing.failures.read import Read, read_of

_LONGEST = 16 * 1024  # characters of a message, and of a stack
_ASSERTION = re.compile(
    r"(?:^|[\s.:])(?:AssertionError|AssertionFailedError|ComparisonFailure|AssertionException|MultipleFailuresError"
    r"|ExpectationNotMetError)\b|expect\(\w*\)\.(?:not\.|resolves\.|rejects\.)*to\w+|^assert |^E +assert ",
    re.MULTILINE,
)
_CODE = re.compile(r"^[ \t>]*+(?:\d+[ \t]*+)?\|[^\n]*$", re.MULTILINE)  # of a test, shown around the line that failed
_GENERAL: Sequence[tuple[FailureKind, re.Pattern[str]]] = (
    ("assertion", _ASSERTION),
    (
        "network",
        re.compile(
            r"\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN)\b|net::ERR_|NS_ERROR_\w+"
            r"|[cC]onnection refused|socket hang up|getaddrinfo|ConnectionError|ConnectException|UnknownHostException"
        ),
    ),
    ("crash", re.compile(r"Page crashed|SIGSEGV|Segmentation fault|[bB]rowser (?:has )?(?:crashed|disconnected)")),
)
_OTHER = Read("other")


def read(
    message: str | None, stack: str | None = None, kind: str | None = None, framework: Framework | None = None
) -> Read:
    """Whose failure it is, and the locator that failed, as far as the words of a failing test tell.

    ``kind`` is the type of the exception. ``other`` is said wherever there is doubt, and heals nothing. The first
    16,384 characters of message and stack are read, in time that grows with them.
    """
    told = f"{kind}: {message}" if kind and message and kind not in message[:200] else message or kind or ""
    for text in (told, stack or ""):
        found = _read(_CODE.sub("", text[:_LONGEST]), framework)
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


def _general(text: str) -> Read:
    for failure, pattern in _GENERAL:
        if found := pattern.search(text):
            return read_of(failure, found[0])
    return _OTHER
