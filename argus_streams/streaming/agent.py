"""What an agent is to the engine: records in, effects out."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from argus_streams.core.tracing import Span
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing
from argus_streams.streaming.table import Key, Table


class Slice(NamedTuple):
    """Consecutive records of one input partition, to be processed now."""

    topic: str  # name
    topic_id: str
    partition: int
    records: Sequence[Record]
    expired: tuple[int, int] | None = None  # offsets [first, end) before them that retention deleted unread


def joined(slices: Iterable[Slice]) -> list[Slice]:
    """The slices, those of one partition as one: what is told alike in several chunks can then be told once.

    A slice before which records expired begins another one.
    """
    latest: dict[tuple[str, int], list[Slice]] = {}
    found: list[list[Slice]] = []
    for piece in slices:
        at = (piece.topic, piece.partition)
        if at in latest and piece.expired is None:
            latest[at].append(piece)
        else:
            latest[at] = [piece]
            found.append(latest[at])
    return [first._replace(records=[*chain(first.records, *(each.records for each in rest))]) for first, *rest in found]


class Effects(NamedTuple):
    """What a turn makes: records to forward, letters and ledger among them, and what is told of those followed."""

    records: Sequence[Outgoing] = ()
    spans: Sequence[Span] = ()


class State:
    """The table as one turn sees it: the turn's own changes over what is stored."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._changes: dict[Key, bytes | None] = {}

    def get(self, partition: int, key: bytes) -> bytes | None:
        """The value, or ``None``."""
        at = (partition, key)
        return self._changes[at] if at in self._changes else self._table.get(at)

    def put(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Change a value; nothing is kept before the turn's effects are confirmed."""
        self._changes[partition, key] = value

    def keys(self, partition: int, prefix: bytes) -> Sequence[bytes]:
        """The keys that begin so, in their order; a look at each of them."""
        found = dict.fromkeys(self._table.scan(partition, prefix), True)
        for (at, key), value in self._changes.items():
            if at == partition and key.startswith(prefix):
                found[key] = value is not None
        return sorted(key for key, there in found.items() if there)

    def epoch(self, partition: int) -> int:
        """The epoch under which this worker owns the partition."""
        return self._table.epoch(partition)

    def partitions(self) -> Sequence[int]:
        """The partitions that this worker owns."""
        return self._table.partitions()

    def changes(self) -> Mapping[Key, bytes | None]:
        """What the turn changed."""
        return self._changes


class Agent(Protocol):
    """A stage without state of its own. ``turn`` raises ``Unavailable`` to hold, and nothing else for any input."""

    @property
    def name(self) -> str:
        """Also the stage's name in ledger and letters."""
        ...

    async def turn(self, slices: Sequence[Slice]) -> Effects:
        """Decide and act on the slices; called again with the same ones after ``Unavailable``."""
        ...


class KeyedAgent(Protocol):
    """A stage whose state lives in a table keyed like its inputs."""

    @property
    def name(self) -> str:
        """Also the stage's name in ledger and letters."""
        ...

    async def turn(self, slices: Sequence[Slice], state: State) -> Effects:
        """Decide on the slices over ``state``; its changes count once everything is confirmed.

        Without slices, decide on what is due by time: nothing waits to be read then.
        """
        ...
