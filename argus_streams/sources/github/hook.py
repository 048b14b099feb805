"""One GitHub webhook, opened."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Hook(NamedTuple):
    """The body of a webhook, with what each kind of event is read by."""

    told: Mapping[str, Any]
    repository: str  # "owner/name"
    default_branch: str | None
    delivery: str | None
