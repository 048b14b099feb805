"""Which deliveries were told of lately: by these the second copy of a body is known that reached two regions.

An input partition's clock is the latest Kafka time of its records. An id is remembered while the clock of any of them
is within REACH of it. So it is when a region comes back that was lost for hours: what had reached it, and was sent
again elsewhere, was taken by both within that reach of each other, and its clock stood still there.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import chain

import msgspec
from msgspec import Struct

SPAN = 300_000  # ms that are kept and forgotten together
REACH = 900_000  # ms, before and after a clock
GONE = 8 * 86_400_000  # ms behind the newest clock: the inputs' retention and a day; nothing comes from there any more
MOST = 500_000  # ids of a span, 4 MB: what comes at more than 1,600 a second to one partition is not all remembered
CHUNK = 512  # ids that are written together
_YOUNG = 4_096  # ids that are sorted in together; or an eighth of those that are

Stored = Callable[[str], bytes | None]  # a value by its name


class _Head(Struct, array_like=True):
    clocks: dict[str, dict[int, int]] = {}  # topic id → partition → span
    counts: dict[int, int] = {}  # span → ids


_HEAD = msgspec.msgpack.Decoder(_Head)


class _Span:
    """Ids of five minutes: 8 bytes each, but for the youngest."""

    def __init__(self, chunks: Iterable[bytes] = ()) -> None:
        self._old = array("Q")
        self._young: set[int] = set()
        self._tail = array("Q")  # what the last chunk holds, and what is in none yet
        self._full = 0  # chunks that never change again
        self.changed = False
        for chunk in chunks:
            self._read(chunk)
        self._settle()

    def __len__(self) -> int:
        return len(self._old) + len(self._young)

    def __contains__(self, number: int) -> bool:
        if number in self._young:
            return True
        at = bisect_left(self._old, number)
        return at < len(self._old) and self._old[at] == number

    def add(self, number: int) -> None:
        self.changed = True
        self._young.add(number)
        self._tail.append(number)
        if len(self._young) > max(_YOUNG, len(self._old) // 8):
            self._settle()

    def chunks(self) -> Iterator[tuple[int, bytes]]:
        """What is to be written, by number."""
        while len(self._tail) >= CHUNK:
            yield self._full, self._tail[:CHUNK].tobytes()
            self._full, self._tail = self._full + 1, self._tail[CHUNK:]
        if self._tail:
            yield self._full, self._tail.tobytes()
        self.changed = False

    def names(self) -> range:
        """The numbers of all chunks that there may be."""
        return range(self._full + 1)

    def _read(self, chunk: bytes) -> None:
        found = array("Q")
        found.frombytes(chunk)
        self._young.update(found)
        if len(found) == CHUNK:
            self._full += 1
        else:
            self._tail = found

    def _settle(self) -> None:
        self._old = array("Q", sorted(chain(self._old, self._young)))
        self._young.clear()


class Ids:
    """The ids of one partition of the table; what is added is kept by writing ``changes``."""

    def __init__(self, stored: Stored) -> None:
        self.version = stored("")
        head = _Head() if self.version is None else _HEAD.decode(self.version)
        self._clocks = head.clocks
        self._spans = {span: _Span(_chunks(stored, span, count)) for span, count in head.counts.items()}
        self.changed = False

    def __contains__(self, number: int) -> bool:
        for span in self._spans.values():  # noqa: SIM110 - asked of each event, and `any` takes twice as long
            if number in span:
                return True
        return False

    def took(self, topic: str, partition: int, ids: Mapping[int, int]) -> None:
        """These came from an input partition: Kafka's time (ms) by id."""
        for number, at in ids.items():
            span = self._spans.setdefault(at // SPAN, _Span())
            if len(span) < MOST:
                span.add(number)
        clocks = self._clocks.setdefault(topic, {})
        clocks[partition] = max(clocks.get(partition, 0), max(ids.values(), default=0) // SPAN)
        self.changed = True

    def changes(self) -> Iterator[tuple[str, bytes | None]]:
        """What is to be written, by name, in this order: ids before what tells their number."""
        yield from ((name, None) for name in self._forget())
        for number, span in self._spans.items():
            if span.changed:
                yield from ((f"{number}/{chunk}", content) for chunk, content in span.chunks())
        counts = {number: len(span) for number, span in self._spans.items()}
        self.version, self.changed = msgspec.msgpack.encode(_Head(self._clocks, counts)), False
        yield "", self.version

    def _forget(self) -> Iterator[str]:
        """Let go of what is out of every clock's reach; the names of what is not to be kept."""
        newest = max((at for clocks in self._clocks.values() for at in clocks.values()), default=0)
        alive = {
            topic: {partition: at for partition, at in clocks.items() if at >= newest - GONE // SPAN}
            for topic, clocks in self._clocks.items()
        }
        self._clocks = {topic: clocks for topic, clocks in alive.items() if clocks}
        clocks = {at for each in self._clocks.values() for at in each.values()}
        for number in [each for each in self._spans if not any(_reaches(at, each) for at in clocks)]:
            span = self._spans.pop(number)
            yield from (f"{number}/{chunk}" for chunk in span.names())


class Of(Container[int]):
    """The ids of one group among those of its partition."""

    def __init__(self, ids: Ids, salt: int) -> None:
        self._ids = ids
        self._salt = salt

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and (number ^ self._salt) in self._ids

    def took(self, topic: str, partition: int, ids: Mapping[int, int]) -> None:
        """As ``Ids.took``, for this group."""
        self._ids.took(topic, partition, {number ^ self._salt: at for number, at in ids.items()})


def salt_of(project: str, fingerprint: str) -> int:
    """64 bits that set a group's ids apart: one delivery may be told of by several groups."""
    return int.from_bytes(blake2b(f"{project}:{fingerprint}".encode(), digest_size=8).digest(), "big")


def _chunks(stored: Stored, span: int, count: int) -> Iterator[bytes]:
    for chunk in range(count // CHUNK + 1):
        content = stored(f"{span}/{chunk}")
        if content is not None:
            yield content


def _reaches(clock: int, span: int) -> bool:
    return abs(clock - span) * SPAN <= REACH
