"""What is asked of the knowledge base."""

from msgspec import Struct

from argus_streams.core.events import FailureKind


class Question(Struct, frozen=True, kw_only=True):
    """A locator that failed, and where."""

    project: str
    locator: str
    scope: str = ""
    failure: FailureKind = "not_found"
    release: str | None = None
