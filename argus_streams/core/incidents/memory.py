"""What is kept of a project between turns, in values that each stay far below a record's limit."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from argus_streams.core.events import Severity
from argus_streams.core.incidents.cluster import Cluster, strongest
from argus_streams.core.incidents.habits import Habits
from argus_streams.core.incidents.known import Known
from argus_streams.core.incidents.orders import Order
from argus_streams.core.incidents.timeline import Chunk, Values

VALUE_BYTES = 700_000  # of one value
PENDING = 1_000  # clusters that are no incidents yet; the oldest are forgotten
NEAR = 1_500  # incidents that signals may still join; of more the oldest can only open again
OVER = 500  # incidents that can open again
OVER_SUBJECTS = 5_000


class Told(Struct, array_like=True):
    """What was told last of an incident."""

    content: bytes  # hash of the snapshot
    evidence: str  # of the last request
    first_at: int
    last_at: int
    severity: Severity = "error"
    gone: bool = False  # it was withdrawn


class Head(Struct, array_like=True):
    """The project's own value; new fields go to the end, with a default."""

    stream: int = 0  # ms, the highest time that was seen
    watermark: int = 0  # ms; what is older is decided
    clock: int = 0  # ms, up to which nothing can come any more by the clock
    writes: int = 0
    marks: dict[str, int] = field(default_factory=dict)  # the last command of each input partition
    chunks: list[Chunk] = field(default_factory=list)
    near: list[int] = field(default_factory=list)  # incidents that signals may still join
    over: dict[int, int] = field(default_factory=dict)  # those that can only open again → until when
    told: dict[int, Told] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    forgotten: int = 0  # clusters and incidents that there was no room for


_ENCODE = msgspec.msgpack.Encoder().encode
_HEAD = msgspec.msgpack.Decoder(Head).decode
_CLUSTER = msgspec.msgpack.Decoder(Cluster).decode
_CLUSTERS = msgspec.msgpack.Decoder(list[Cluster]).decode
_ORDERS = msgspec.msgpack.Decoder(list[Order]).decode
_SUBJECTS = msgspec.msgpack.Decoder(dict[str, int]).decode


class Left(NamedTuple):
    """What has to be known of a project's incidents once they are forgotten."""

    incidents: Sequence[str]  # that were told
    until: int  # ms, the latest time that was seen
    writes: int


def forgotten(stored: bytes | None) -> Left:
    """What is left of a project's own value."""
    head = Head() if stored is None else _HEAD(stored)
    names = sorted({*head.told, *head.near, *head.over})
    return Left([f"i-{each:016x}" for each in names], head.stream, head.writes)


def begun_anew(writes: int) -> bytes:
    """The own value of a project of which nothing is known but how often it was written."""
    return _ENCODE(Head(writes=writes))


class Memory:
    """A project's state over the table that it lies in."""

    def __init__(self, values: Values) -> None:
        self._values = values
        stored = values.get("")
        self.head = Head() if stored is None else _HEAD(stored)
        self.orders = _ORDERS(values.get("orders") or b"\x90")  # that are not decided yet
        self.habits = Habits(values.get("habits"))
        self._subjects: dict[str, int] | None = None
        self.forgotten: set[int] = set()  # incidents that were let go of since

    def clusters(self) -> list[Cluster]:
        """All that signals may still join."""
        pending = _CLUSTERS(self._values.get("pending") or b"\x90")
        near = [found for each in self.head.near if (found := self._stored(each)) is not None]
        return [*pending, *near]

    def named(self, identity: int) -> Cluster | None:
        """An incident that is over."""
        return self._stored(identity) if identity in self.head.over else None

    def holding(self, subject: str) -> Cluster | None:
        """The incident that is over and was the latest to hold a subject."""
        at = self._over_subjects().get(subject)
        return None if at is None else self.named(at)

    def keep(self, clusters: Iterable[Cluster], *, reach: int, reopen: int) -> None:
        """Store what is decided: ``reach`` ms after its last signal an incident can only open again."""
        head, known = self.head, list(clusters)
        told = [each for each in known if each.status != "pending"]
        near = self._near(told, reach)
        for cluster in told:
            if cluster.id in near:
                head.over.pop(cluster.id, None)
            else:
                self._put_over(cluster, _end(cluster) + reopen)
            self._put(cluster)
        head.near = [each.id for each in told if each.id in near]
        self._put_pending([each for each in known if each.status == "pending"])
        self._put_if_changed("habits", self.habits.encoded(head.watermark))
        self._expire()

    def _near(self, told: Iterable[Cluster], reach: int) -> frozenset[int]:
        found = [each for each in told if each.status == "open" or _end(each) + reach >= self.head.watermark]
        found.sort(key=lambda each: (each.status == "open", _end(each), each.id))
        return frozenset(each.id for each in found[-NEAR:])

    def finish(self) -> None:
        """Store the rest."""
        self._put_if_changed("orders", _ENCODE(self.orders))
        self._values.put("", _ENCODE(self.head))

    def _put_pending(self, pending: list[Cluster]) -> None:
        kept = sorted(pending, key=lambda each: each.last_at)[-PENDING:]
        while len(encoded := _ENCODE(kept)) > VALUE_BYTES:
            kept = kept[1 + len(kept) - len(kept) * VALUE_BYTES // len(encoded) :]
        self.head.forgotten += len(pending) - len(kept)
        self._put_if_changed("pending", encoded)

    def _put_over(self, cluster: Cluster, until: int) -> None:
        subjects = self._over_subjects()
        if self.head.over.get(cluster.id) != until:
            self.head.over[cluster.id] = until
            for subject in list(cluster.subjects)[: OVER_SUBJECTS // 10]:
                subjects[subject] = cluster.id
            for subject in list(subjects)[: max(0, len(subjects) - OVER_SUBJECTS)]:
                del subjects[subject]
            while len(encoded := _ENCODE(subjects)) > VALUE_BYTES:
                for subject in list(subjects)[: 1 + len(subjects) // 10]:
                    del subjects[subject]
            self._values.put("over", encoded)

    def _expire(self) -> None:
        over = self.head.over
        crowded = sorted(over, key=lambda each: (over[each], each))[: max(0, len(over) - OVER)]
        gone = {each for each, until in over.items() if until < self.head.watermark} | set(crowded)
        self.forgotten |= gone
        if not gone:
            return
        for each in gone:
            del over[each]
            self._values.put(f"i/{each:016x}", None)
        subjects = self._over_subjects()
        for subject in [each for each, at in subjects.items() if at in gone]:
            del subjects[subject]
        self._values.put("over", _ENCODE(subjects))

    def _over_subjects(self) -> dict[str, int]:
        if self._subjects is None:
            self._subjects = _SUBJECTS(self._values.get("over") or b"\x80")
        return self._subjects

    def _stored(self, identity: int) -> Cluster | None:
        stored = self._values.get(f"i/{identity:016x}")
        return None if stored is None else _CLUSTER(stored)

    def _put(self, cluster: Cluster) -> None:
        cluster.links = strongest(cluster.links)
        encoded = _ENCODE(cluster)
        while len(encoded) > VALUE_BYTES:  # long names in far scripts: tell fewer
            for each in (cluster.links, cluster.members, cluster.recent):
                del each[len(each) // 2 :]
            for subject in list(cluster.subjects)[len(cluster.subjects) // 2 :]:
                del cluster.subjects[subject]
            encoded = _ENCODE(cluster)
        self._put_if_changed(f"i/{cluster.id:016x}", encoded)

    def accept(self, orders: Iterable[Order]) -> list[Order]:
        """Let these wait for their time; those for which there is no room are returned."""
        size, refused = len(_ENCODE(self.orders)), []
        for order in orders:
            size += len(_ENCODE(order))
            if size > VALUE_BYTES:
                refused.append(order)
            else:
                self.orders.append(order)
        return refused

    def _put_if_changed(self, name: str, encoded: bytes) -> None:
        if self._values.get(name) != encoded:
            self._values.put(name, encoded)


def _end(cluster: Cluster) -> int:
    return max(cluster.last_at, cluster.status_at or 0)
