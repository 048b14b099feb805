"""The purges that an agent knows of, and how it says that it has obeyed one."""

from collections.abc import Iterable, Iterator, Sequence

from argus_streams.core import purged
from argus_streams.core.purged import Mark
from argus_streams.streaming.agent import Slice, State
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing


class Purges:
    """Those of one agent, over one turn's state: a mark for each project that was ever purged."""

    def __init__(self, state: State, agent: str) -> None:
        self._state = state
        self._agent = agent
        self._known: dict[tuple[int, str], Mark | None] = {}

    def mark(self, partition: int, project: str) -> Mark | None:
        """The last purge of a project."""
        at = (partition, project)
        if at not in self._known:
            stored = self._state.get(partition, purged.purge_key(self._agent, project))
            self._known[at] = None if stored is None else purged.decode_mark(stored)
        return self._known[at]

    def until(self, partition: int, project: str) -> int:
        """Kafka's time (ms) up to which all of the project is gone; 0 = it was never purged."""
        mark = self.mark(partition, project)
        return 0 if mark is None else mark.until

    def writes(self, partition: int, project: str) -> int:
        """Where the versions of its states begin, so that they are above all that are gone."""
        mark = self.mark(partition, project)
        return 0 if mark is None else mark.writes

    def enter(self, partition: int, project: str, mark: Mark) -> None:
        """Know of a purge from now on."""
        self._known[partition, project] = mark
        self._state.put(partition, purged.purge_key(self._agent, project), purged.encode_mark(mark))


def taken_back(topic: str, partition: int, project: str, names: Iterable[str], mark: Mark) -> Iterator[Outgoing]:
    """The word that a project is gone, and a record without a value in the place of each of its snapshots.

    ``partition`` is where the topic has the word; -1 = by the project's key.
    """
    headers = purged.headers_of(mark)
    yield Outgoing(topic, f"{project}:".encode(), None, headers, partition)
    for name in names:
        yield Outgoing(topic, f"{project}:{name}".encode(), None, headers)


def orders_first(slices: Sequence[Slice]) -> Iterator[tuple[Slice, Record]]:
    """All records, but purges, which have no value, before the rest: what they take is then not worked on in vain."""
    found = [(piece, record) for piece in slices for record in piece.records]
    if any(record.value is None for _, record in found):
        found.sort(key=lambda each: each[1].value is not None)
    return iter(found)
