"""A failure as a matter of healing: which locator broke, where, and how."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from argus_streams.core.clip import clean
from argus_streams.core.events import FailureKind, TestFailure

LOCATOR = 1_000  # characters; what is longer is no locator that a person wrote
SCOPE = 300
HEALABLE: frozenset[FailureKind] = frozenset({"not_found", "ambiguous"})

_ID = re.compile(r"[0-9]+|[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Case(NamedTuple):
    """One broken locator."""

    told: TestFailure
    kind: FailureKind
    locator: str
    scope: str
    at: int  # ms, Kafka's time


class Passed(NamedTuple):
    """A failure that is no business of healing, and of which nothing is told."""

    reason: str  # short and fixed, counted


def case_of(told: TestFailure, *, at: int) -> Case | Passed:
    """What is to be decided of a failure, if anything. A plain assertion that failed asks for nothing."""
    kind = told.failure or "other"
    if not told.locator:
        return Passed("no_locator" if kind in HEALABLE else "no_locator_error")
    return Case(told, kind, clean(told.locator, LOCATOR), scope_of(told), at)


def scope_of(told: TestFailure) -> str:
    """Page or component as the failure tells it, else the path of its URL with ``*`` for ids."""
    if told.scope is not None:
        return clean(told.scope, SCOPE)
    try:
        path = urlsplit(told.url or "").path
    except ValueError:  # brackets that are no IPv6 address
        return ""
    return clean("/".join("*" if _ID.fullmatch(part) else part for part in path.split("/")), SCOPE)
