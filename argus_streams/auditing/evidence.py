"""What an audit reads from, and how it tells of its progress."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple, Protocol


class Record(NamedTuple):
    """As much of a Kafka record as an audit needs."""

    partition: int
    offset: int
    value: bytes
    headers: Sequence[tuple[str, bytes]]
    key: bytes | None = None


class Log(Protocol):
    """Topics to read from."""

    def read(self, topic: str, spans: Mapping[int, tuple[int, int]]) -> AsyncIterator[Sequence[Record]]:
        """The records of [first, end) of each partition, in the order of each. Raises ``Unavailable``."""
        ...


class Progress(Protocol):
    """Shows how far an audit is."""

    def begin(self, what: str, total: int) -> None:
        """A pass over so many records, at most, begins."""
        ...

    def advance(self, number: int) -> None:
        """So many more are read."""
        ...
