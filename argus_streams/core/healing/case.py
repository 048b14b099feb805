"""A failure as a matter of healing: which locator broke, where, and how."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from argus_streams.core.clip import clean
from argus_streams.core.events import FailureKind, TestFailure
from argus_streams.core.healing.failures.reading import read

LOCATOR = 1_000  # characters; what is longer is no locator that a person wrote
SCOPE = 300
HEALABLE: frozenset[FailureKind] = frozenset({"not_found", "ambiguous"})

# Of a thing or a person: a number, a hash, a UUID, an address, a token (which lets in whoever has it).
_ID = re.compile(
    r"[0-9]+|[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[^@%]+(?:@|%40)[^@%]+|(?=(?:[^0-9]*[0-9]){2})(?=[^A-Z]*[A-Z])[A-Za-z0-9._~=-]{20,}"
)


class Case(NamedTuple):
    """One broken locator."""

    told: TestFailure
    kind: FailureKind
    locator: str
    scope: str
    at: int  # ms, Kafka's time
    broken: int = 1  # locators of this page that broke in the same run, as far as they are known


class Passed(NamedTuple):
    """A failure that is no business of healing, and of which nothing is told."""

    reason: str  # short and fixed, counted


def case_of(told: TestFailure, *, at: int) -> Case | Passed:
    """What is to be decided of a failure, if anything. A plain assertion that failed asks for nothing.

    Kind and locator are as they are told, else as the failure's words tell them. A locator without a word is one that
    found nothing.
    """
    if told.status == "flaky":  # the locator worked when the test was tried again
        return Passed("flaky")
    spoken = read(told.message, told.stack, told.type, told.framework)
    locator = told.locator or spoken.locator
    silent: FailureKind = "not_found" if told.locator and not told.message and not told.stack else "other"
    kind = told.failure or (silent if spoken.failure == "other" else spoken.failure)
    if not locator:
        return Passed("no_locator" if kind in HEALABLE else "no_locator_error")
    return Case(told, kind, clean(locator, LOCATOR), scope_of(told), at)


def run_of(case: Case) -> tuple[str | None, ...]:
    """The run and the page that a case is of."""
    told = case.told
    return case.scope, told.repository, told.commit, told.release, told.delivery_id


def scope_of(told: TestFailure) -> str:
    """Page or component as the failure tells it, else the path of its URL with ``*`` for ids."""
    if told.scope is not None:
        return clean(told.scope, SCOPE)
    try:
        path = urlsplit(told.url or "").path
    except ValueError:  # brackets that are no IPv6 address
        return ""
    return clean("/".join("*" if _ID.fullmatch(part) else part for part in path.split("/")), SCOPE)
