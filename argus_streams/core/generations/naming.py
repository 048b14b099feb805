"""What belongs to a generation is told by its name: the prefix of its topics and consumer groups, and its schema."""

import re
from typing import NamedTuple

_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,30}\Z")
FIRST = "first"  # the generation that a deployment begins with; its topics stand beside the inputs
FIRST_SCHEMA = "argus_live"
# Under `argus.events.` a generation `events` would stand among the inputs; the schema of `live` is the first one's.
RESERVED = frozenset(
    {
        "live", "events", "groups", "incidents", "healing", "signals", "analysis", "analyses", "tests", "quality",
        "ledger", "code", "selectors", "a11y",
    }
)  # fmt: skip


def complaint(name: str) -> str | None:
    """Why a generation can not be called so."""
    if not _PATTERN.match(name):
        return f"{name!r} is no name of a generation: a-z, 0-9 and _, at most 31, a letter first"
    return f"{name!r} begins names of our own: take another" if name in RESERVED else None


class Generation(NamedTuple):
    """One set of derived data."""

    name: str
    prefix: str  # of its own topics, and of its consumer groups
    schema: str  # in Postgres


class Naming(NamedTuple):
    """What all generations of a deployment have in common."""

    prefix: str  # of the inputs, and of the first generation's topics
    first_schema: str = FIRST_SCHEMA

    def of(self, name: str) -> Generation:
        """The generation of this name."""
        if name == FIRST:
            return Generation(FIRST, self.prefix, self.first_schema)
        return Generation(name, f"{self.prefix}{name}.", f"argus_{name}")

    def owns(self, schema: str) -> bool:
        """Whether this schema can be one of the deployment's, not of another one's in the same database."""
        return schema == self.first_schema or schema.startswith("argus_")

    def with_schema(self, schema: str) -> Generation:
        """The generation whose tables stand in this schema."""
        return self.of(FIRST if schema == self.first_schema else schema.removeprefix("argus_"))
