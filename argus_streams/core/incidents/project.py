"""One look at a project: what is new is put in its place on the timeline, and what follows from it is told.

Signals younger than the lateness are folded anew at each look, from what was decided before them: so the order in
which they arrive does not matter. What is older is decided, and stored as such.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from operator import attrgetter
from typing import NamedTuple

from msgspec import structs

from argus_streams.core.events import Severity, Signal
from argus_streams.core.findings import AnalysisRequest, Incident
from argus_streams.core.incidents import snapshot
from argus_streams.core.incidents.facts import Fact
from argus_streams.core.incidents.fold import Fold, Ruling
from argus_streams.core.incidents.memory import Head, Memory, Told
from argus_streams.core.incidents.orders import Complaint, Order, obey
from argus_streams.core.incidents.timeline import Timeline, Values
from argus_streams.core.messages import Version

_PLACE = attrgetter("at", "id")
FRESH = 1_000  # signals that are folded anew at each look; of more the oldest are decided before their time
OPEN = 1_000  # incidents at once; of more those that were quiet longest are over
CROWDED = Complaint("too many commands", "more wait for their place on the timeline than there is room for")


class News(NamedTuple):
    """What a look is about."""

    facts: Sequence[Fact] = ()  # that were not seen before
    orders: Sequence[Order] = ()
    asking: Sequence[Signal] = ()  # that may give cause to have a group explained
    stream: int = 0  # ms, the highest time among all signals, also those that are no facts
    now: int = 0  # ms by the clock, where nothing waits that would tell the time; else 0


class Outcome(NamedTuple):
    """What follows."""

    incidents: Sequence[Incident]  # that changed, with their versions
    requests: Sequence[AnalysisRequest]
    complaints: Sequence[tuple[Order, Complaint]]
    due: int | None  # ms by the clock, when something is due by time
    open: Mapping[Severity, int]  # how many incidents are, by severity


def look(project: str, ruling: Ruling, values: Values, news: News, *, epoch: int) -> Outcome:
    """Fold what is new, store what is decided, tell what changed."""
    memory = Memory(values)
    head, timeline = memory.head, Timeline(memory.head.chunks, values)
    head.stream, before = max(head.stream, news.stream), head.watermark
    held = timeline.facts()
    arrived = _arrived(held, news.facts)
    timeline.add(arrived)
    fresh = sorted([f for f in (*held, *arrived) if f.at > before], key=_PLACE)
    hurried = fresh[-FRESH].at if len(fresh) > FRESH else 0
    head.watermark = decided = max(before, head.stream - ruling.lateness, hurried)
    crowded = [(order, CROWDED) for order in memory.accept(_unmarked(head, news.orders))]
    orders = sorted(memory.orders, key=lambda order: order.place)

    fold = Fold(ruling, memory.clusters(), memory, head.known, memory.habits)
    for fact in held:
        if before - ruling.windows.get(fact.role or "error", 0) <= fact.at <= before:  # what a rule still reaches
            fold.remember(fact)
    for fact in sorted((f for f in arrived if f.at <= before), key=_PLACE):
        fold.take_late(fact)
    complaints = _run(fold, (f for f in fresh if f.at <= decided), (o for o in orders if o.at <= decided))
    fold.pass_time(decided)
    fold.close_beyond(OPEN)
    memory.keep(fold.book.clusters.values(), reach=ruling.reach, reopen=ruling.reopen)
    timeline.forget(decided, ruling.windows)

    complaints += _run(fold, (f for f in fresh if f.at > decided), (o for o in orders if o.at > decided))
    head.clock = max(head.clock, news.now - ruling.lateness)
    fold.pass_time(max(head.stream, head.clock))
    memory.orders = _undecided(orders, complaints, decided)
    head.writes += 1
    incidents, requests = _tell(project, memory, fold, Version(epoch, head.writes))
    requests += _group_requests(fold, news.asking)
    memory.finish()
    is_open = Counter(each.severity for each in fold.book.clusters.values() if each.status == "open")
    return Outcome(incidents, requests, [*complaints, *crowded], _due(fold, ruling), is_open)


def _arrived(held: Iterable[Fact], told: Iterable[Fact]) -> list[Fact]:
    """What is new: a worker that was killed between the writes of a turn has left some of its signals already."""
    known = {fact.id for fact in held}
    return list({fact.id: fact for fact in told if fact.id not in known}.values())


def _unmarked(head: Head, orders: Iterable[Order]) -> Iterator[Order]:
    """Those that were not taken before: one partition's commands arrive in order."""
    for order in orders:
        origin = f"{order.topic}/{order.partition}"
        if order.offset > head.marks.get(origin, -1):
            head.marks[origin] = order.offset
            yield order


def _undecided(orders: Sequence[Order], complaints: Sequence[tuple[Order, Complaint]], decided: int) -> list[Order]:
    """Those to be folded again at the next look; what was of no use is not tried twice."""
    refused = {order.place for order, _ in complaints}
    return [order for order in orders if order.at > decided and order.place not in refused]


def _run(fold: Fold, facts: Iterable[Fact], orders: Iterable[Order]) -> list[tuple[Order, Complaint]]:
    """Fold in order of time; of a command and a signal at the same time the signal goes first."""
    complaints = []
    steps: Iterator[Fact | Order] = merge(facts, orders, key=lambda step: (step.at, isinstance(step, Order)))
    for step in steps:
        if isinstance(step, Fact):
            fold.take(step)
            continue
        fold.pass_time(step.at)
        complaint = obey(fold, step)
        if complaint is not None:
            complaints.append((step, complaint))
    return complaints


def _tell(project: str, memory: Memory, fold: Fold, version: Version) -> tuple[list[Incident], list[AnalysisRequest]]:
    """The incidents that are not what was told of them last."""
    told, incidents, requests = memory.head.told, [], []
    for cluster in list(fold.book.clusters.values()):
        known = told.get(cluster.id)
        if cluster.status == "pending" or (known is None and cluster.id in memory.forgotten):
            continue
        incident = snapshot.incident_of(cluster, project)
        content = snapshot.fingerprint(incident)
        if known is not None and known.content == content:
            continue
        incident = structs.replace(incident, version=version)
        incidents.append(incident)
        evidence = snapshot.evidence_of(incident) if incident.status == "open" else known.evidence if known else ""
        if incident.status == "open" and (known is None or known.evidence != evidence):
            requests.append(snapshot.incident_request(incident, evidence))
        told[cluster.id] = Told(content, evidence, cluster.first_at, cluster.last_at, cluster.severity)
    for gone in memory.forgotten:  # this was the last word on them
        told.pop(gone, None)
    return incidents + list(_withdrawn(project, memory, fold, version)), requests


def _withdrawn(project: str, memory: Memory, fold: Fold, version: Version) -> Iterator[Incident]:
    """What was told as an incident, and with a signal that came late to its place is none, or has another name."""
    head = memory.head
    for identity in [each for each, known in head.told.items() if known.gone and known.last_at <= head.watermark]:
        del head.told[identity]  # nothing can bring it back
    for identity, known in head.told.items():
        cluster = fold.book.clusters.get(identity)
        stands = identity in head.over if cluster is None else cluster.status != "pending"
        if known.gone or stands:
            continue
        known.gone, known.content = True, b""
        taker = fold.book.named(identity)
        into = taker.name if taker is not None and taker.status != "pending" else None
        yield snapshot.withdrawn(identity, known, project, into=into, version=version)


def _group_requests(fold: Fold, asking: Iterable[Signal]) -> Iterator[AnalysisRequest]:
    """Of groups that are in no open incident: of one that is, the incident's request speaks."""
    for signal in asking:
        holder = fold.book.holding(signal.subject)
        request = None if holder is not None and holder.status == "open" else snapshot.group_request(signal)
        if request is not None:
            yield request


def _due(fold: Fold, ruling: Ruling) -> int | None:
    ends = (each.awake_at for each in fold.book.clusters.values() if each.status == "open")
    last = min(ends, default=None)
    return None if last is None else last + ruling.quiet + ruling.lateness + 1
