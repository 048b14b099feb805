"""A record of Kafka as it lies in its topic."""

from collections.abc import Sequence
from typing import NamedTuple


class Spot(NamedTuple):
    """Where a record lies: the topic's name, partition, offset."""

    topic: str
    partition: int
    offset: int


class Raw(NamedTuple):
    """A record as it lies in a topic."""

    at: Spot
    time: int  # ms, Kafka's
    key: bytes | None
    value: bytes
    headers: Sequence[tuple[str, bytes | None]]

    def texts(self) -> dict[str, str]:
        """Its headers as text, names in lower case; of a name told twice the last."""
        return {name.lower(): (content or b"").decode("utf-8", "replace") for name, content in self.headers}
