"""What a test failed by, for those who repair it."""

from urllib.parse import urlsplit

from msgspec import structs

from argus_streams.core.events import TestFailure
from argus_streams.core.healing.failures.reading import read

_OF_A_LOCATOR = ("not_found", "ambiguous")


def with_cause(failure: TestFailure) -> TestFailure:
    """The failure with its kind; of one that is a locator's, with that and where it was looked for.

    What its sender has told of them stands, and nothing is made of no words.
    """
    if not failure.message and not failure.stack:
        return failure
    found = read(failure.message, failure.stack, failure.type, failure.framework)
    if found.failure not in _OF_A_LOCATOR or not found.locator:
        return structs.replace(failure, failure=found.failure)
    return structs.replace(
        failure,
        failure=found.failure,
        locator=failure.locator or found.locator,
        scope=failure.scope if failure.scope is not None else _scope(failure),
    )


def _scope(failure: TestFailure) -> str | None:
    """``None`` where a page is told; of a whole site the outermost suite is as near as one comes to it."""
    try:
        path = urlsplit(failure.url or "").path
    except ValueError:  # brackets that are no IPv6 address
        path = ""
    return None if path not in {"", "/"} else (failure.suite or "").partition(" \u203a ")[0] or None
