"""What people and programs decide about incidents, in its place on the timeline."""

from typing import NamedTuple

from msgspec import Struct

from argus_streams.core.clip import clean
from argus_streams.core.findings import IncidentAction, IncidentCommand
from argus_streams.core.incidents.cluster import Cluster
from argus_streams.core.incidents.facts import NAME, SUBJECT, TEXT, clipped, identity
from argus_streams.core.incidents.fold import Fold
from argus_streams.core.incidents.parting import part

_NAME = 16  # hexadecimal digits of an incident's id
MOVED = 200  # subjects of a split


class Order(Struct, frozen=True, array_like=True):
    """A command and where it stood."""

    at: int  # ms, Kafka's time
    topic: str
    partition: int
    offset: int
    incident: int
    action: IncidentAction
    into: int | None = None
    subjects: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""

    @property
    def place(self) -> tuple[int, str, int, int]:
        """Of two at the same time the one that was written first goes first."""
        return self.at, self.topic, self.partition, self.offset


class Complaint(NamedTuple):
    """Why a command is of no use."""

    reason: str  # short and fixed
    detail: str


def order_of(command: IncidentCommand, *, at: int, topic: str, partition: int, offset: int) -> Order | Complaint:
    """The command, if it makes sense by itself."""
    incident = _identity(command.incident)
    if incident is None:
        return Complaint("no such incident", f"{command.incident[:NAME]!r} is no incident's id")
    into = None if command.into is None else _identity(command.into)
    if command.action == "merge" and (into is None or into == incident):
        return Complaint("a merge into nothing", f"into: {(command.into or '')[:NAME]!r}")
    if command.action == "split" and not command.subjects:
        return Complaint("a split of nothing", "subjects: none")
    subjects = tuple(clipped(each, SUBJECT) for each in command.subjects[:MOVED])
    by, reason = clipped(clean(command.by, NAME), NAME), clipped(clean(command.reason, TEXT), TEXT)
    return Order(at, topic, partition, offset, incident, command.action, into, subjects, by, reason)


def obey(fold: Fold, order: Order) -> Complaint | None:
    """Do as told; the complaint if that can not be done. What is so already is no complaint."""
    cluster = fold.book.named(order.incident)
    if cluster is None or cluster.status == "pending":
        return Complaint("no such incident", f"i-{order.incident:016x}")
    match order.action:
        case "resolve":
            if cluster.status == "open":
                fold.close(cluster, order.at, order.reason or "resolved by hand", order.by)
        case "reopen":
            if cluster.status == "resolved":
                fold.open_again(cluster, order.at, order.reason or "opened again by hand", order.by)
        case "merge":
            return _merge(fold, cluster, order)
        case "split":
            return _split(fold, cluster, order)
    return None


def _merge(fold: Fold, cluster: Cluster, order: Order) -> Complaint | None:
    into = fold.book.named(order.into or 0)
    if into is None or into.status == "pending":
        return Complaint("no such incident", f"into: i-{order.into or 0:016x}")
    if into.id == cluster.id:
        return None
    was_over = into.status == "resolved"
    into.apart = [each for each in into.apart if each != cluster.id]
    fold.book.unite(into, cluster, order.at, order.reason or "merged by hand", order.by)
    if was_over and cluster.status == "open":
        fold.open_again(into, order.at, "an open incident was merged into it", order.by)
    return None


def _split(fold: Fold, cluster: Cluster, order: Order) -> Complaint | None:
    subjects = frozenset(order.subjects) & cluster.subjects.keys()
    if not subjects:
        return Complaint("a split of nothing", f"{cluster.name} is not about {', '.join(order.subjects)[:TEXT]}")
    if len(subjects) == len(cluster.subjects):
        return Complaint("a split of everything", f"nothing would remain of {cluster.name}")
    name = identity(cluster.name, "\n".join((str(order.at), *sorted(subjects))))  # the same in each region
    reason = order.reason or f"split from {cluster.name} by hand"
    moved = part(cluster, subjects, name)
    moved.opened, moved.reason, moved.status_by = order.at, reason, order.by
    fold.book.enter(moved)
    if moved.status == "open":
        fold.open_again(moved, order.at, reason, order.by)
    return None


def _identity(name: str) -> int | None:
    digits = name.removeprefix("i-")
    if len(digits) != _NAME or digits == name:
        return None
    try:
        return int(digits, 16)
    except ValueError:
        return None
