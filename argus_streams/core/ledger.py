"""The ledger: what each stage did with each body and event, told by its place in Kafka, so that it can be added up.

NORMALIZE tells one outcome of each body and, beside it, of each item that it had to reject; GROUP tells one of each
event. A restart may tell a place again, and otherwise: places unite, and the strongest outcome of a place counts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct, json

from argus_streams.core.messages import LedgerRecord, LedgerRun, Stage

LIMIT = 256 * 1024  # bytes of a record as JSON
GAPS = 1_000  # places of what is missing that are told
_PROJECT = 64  # characters: what a letter's body calls its project may be longer, but is none
# Weakest first. A crash leaves two outcomes of one place: what was counted before it may look like a repeat after it,
# and is in the counts; what was read before an upgrade may be refused after it, and was handed on.
_OF_BODIES = {name: rank for rank, name in enumerate(("expired", "dead", "ignored", "normalised"))}
_OF_EVENTS = {name: rank for rank, name in enumerate(("duplicate", "closed", "counted"))}
_REJECTED = "rejected"
_ENCODER = json.Encoder()

Place = tuple[str, int]  # topic id and partition
Key = tuple[str, str, str, int]  # what the entries of a run have in common


class Entry(Struct, frozen=True):
    """What became of one body, or of one event of it."""

    project: str
    outcome: str  # of a body: normalised | ignored | dead | expired; of an event or item: any other
    reason: str
    offset: int
    index: int | None = None  # of an event inside its body; None: of a body
    events: int = 1  # in a body


@dataclass(frozen=True, slots=True)
class Totals:
    """Spans of inputs added up: while nothing is missing, bodies and events are the sums of what follows them."""

    bodies: int = 0  # in the spans, but for those that retention took
    normalised: int = 0
    ignored: int = 0
    dead: int = 0
    events: int = 0  # in normalised bodies
    counted: int = 0
    closed: int = 0
    duplicate: int = 0
    missing: int = 0  # bodies of which NORMALIZE, and events of which GROUP does not speak
    rejected: int = 0  # items that became letters of their own
    expired: int = 0  # bodies that retention took before they were read
    gaps: tuple[tuple[str, int, int], ...] = ()  # topic id, partition, offset of the first that are missing

    def summary(self) -> dict[str, int]:
        """What the demo and the audit print."""
        names = ("bodies", "normalised", "ignored", "dead", "events", "counted", "closed", "duplicate", "missing")
        return {name: getattr(self, name) for name in names}


def encode(entries: Iterable[Entry], *, stage: Stage, topic: str, partition: int, algorithm: str) -> list[LedgerRecord]:
    """As few records as tell the entries, none above the limit; a body and its events stand in the same one."""
    told = sorted(set(entries), key=lambda entry: (entry.offset, -1 if entry.index is None else entry.index))

    def records(part: Sequence[Entry]) -> list[LedgerRecord]:
        start, end = part[0].offset, part[-1].offset + 1
        record = LedgerRecord(
            stage=stage, topic=topic, partition=partition, start=start, end=end, algorithm=algorithm, runs=_runs(part)
        )
        if len(part) == 1 or len(_ENCODER.encode(record)) <= LIMIT:
            return [record]
        middle = _middle(part)
        return [*records(part[:middle]), *records(part[middle:])]

    return records(told) if told else []


def expired(span: tuple[int, int], *, stage: Stage, topic: str, partition: int) -> LedgerRecord:
    """Offsets [first, end) that retention deleted before they were read: told, for they can not be found again."""
    first, end = span
    run = LedgerRun("", "expired", "retention", 0, (0, end - first))
    return LedgerRecord(stage=stage, topic=topic, partition=partition, start=first, end=end, algorithm="", runs=(run,))


def decode(record: LedgerRecord) -> Iterator[Entry]:
    """The entries of a record, run by run."""
    for run in record.runs:
        places = _bodies_at(run.at, record.start) if run.outcome in _OF_BODIES else _events_at(run.at, record.start)
        for offset, index in places:
            yield Entry(run.project, run.outcome, run.reason, offset, index, run.events)


def reconcile(records: Iterable[LedgerRecord], spans: Mapping[Place, tuple[int, int]]) -> Totals:
    """Add up what NORMALIZE and GROUP told of spans of inputs: first offset, and one past the last.

    The order of the records is of no matter, nor how often one is told.
    """
    accounts = {place: _Account(*span) for place, span in spans.items()}
    for record in records:
        account = accounts.get((record.topic, record.partition))
        if account is not None:
            account.enter(decode(record))
    sums: Counter[str] = Counter()
    gaps: list[tuple[str, int, int]] = []
    for (topic, partition), account in sorted(accounts.items()):
        sums.update(account.sums())
        gaps += [(topic, partition, offset) for offset in account.gaps()]
    return Totals(**sums, gaps=tuple(gaps[:GAPS]))


@dataclass(frozen=True, slots=True)
class _Account:
    """The strongest outcome of each place of one partition's span."""

    first: int
    end: int
    bodies: dict[int, tuple[int, int]] = field(default_factory=dict)  # offset → rank of the outcome, events
    events: dict[int, dict[int, int]] = field(default_factory=dict)  # offset → index → rank of the outcome
    rejected: set[tuple[int, int | None]] = field(default_factory=set)

    def enter(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if self.first <= entry.offset < self.end:
                self._enter(entry)

    def _enter(self, entry: Entry) -> None:
        if entry.outcome in _OF_BODIES:
            told = (_OF_BODIES[entry.outcome], entry.events if entry.outcome == "normalised" else 0)
            self.bodies[entry.offset] = max(told, self.bodies.get(entry.offset, told))
        elif entry.outcome in _OF_EVENTS and entry.index is not None:
            ranks = self.events.setdefault(entry.offset, {})
            ranks[entry.index] = max(_OF_EVENTS[entry.outcome], ranks.get(entry.index, 0))
        elif entry.outcome == _REJECTED:
            self.rejected.add((entry.offset, entry.index))

    def sums(self) -> Mapping[str, int]:
        bodies = Counter(rank for rank, _ in self.bodies.values())
        events = Counter(rank for ranks in self.events.values() for rank in ranks.values())
        expired = bodies[_OF_BODIES["expired"]]
        missing = self.end - self.first - len(self.bodies) + sum(map(self._untold, self.bodies))
        return {
            **{name: bodies[rank] for name, rank in _OF_BODIES.items()},
            **{name: events[rank] for name, rank in _OF_EVENTS.items()},
            "bodies": self.end - self.first - expired,
            "events": sum(count for _, count in self.bodies.values()),
            "rejected": len(self.rejected),
            "missing": missing,
        }

    def gaps(self) -> list[int]:
        return [each for each in range(self.first, self.end) if each not in self.bodies or self._untold(each)][:GAPS]

    def _untold(self, offset: int) -> int:
        """Events of a body of which GROUP does not speak."""
        return max(0, self.bodies[offset][1] - len(self.events.get(offset, ())))


def _middle(part: Sequence[Entry]) -> int:
    """Where to cut, between two bodies if there are two."""
    offset = part[len(part) // 2].offset
    before = next(at for at, entry in enumerate(part) if entry.offset == offset)
    after = next((at for at, entry in enumerate(part) if entry.offset > offset), 0)
    return before or after or len(part) // 2


def _runs(part: Sequence[Entry]) -> tuple[LedgerRun, ...]:
    start = part[0].offset
    by_key: dict[Key, list[Entry]] = {}
    for entry in part:
        by_key.setdefault((entry.project[:_PROJECT], entry.outcome, entry.reason, entry.events), []).append(entry)
    return tuple(
        LedgerRun(*key, at=_bodies(alike, start) if key[1] in _OF_BODIES else _events(alike, start))
        for key, alike in by_key.items()
    )


def _bodies(entries: Iterable[Entry], start: int) -> tuple[int, ...]:
    """(distance from the end of the last run, length) of each run of offsets."""
    at: list[int] = []
    end = start
    for entry in entries:
        if at and entry.offset == end:
            at[-1] += 1
        else:
            at += (entry.offset - end, 1)
        end = entry.offset + 1
    return tuple(at)


def _bodies_at(at: Sequence[int], start: int) -> Iterator[tuple[int, int | None]]:
    end = start
    for delta, length in zip(at[::2], at[1::2], strict=True):
        first, end = end + delta, end + delta + length
        yield from ((offset, None) for offset in range(first, end))


def _events(entries: Iterable[Entry], start: int) -> tuple[int, ...]:
    """(distance from the last run's first offset, bodies, first index, events in each) of each run of alike bodies."""
    runs: list[list[int]] = []  # offset, bodies, first index, events in each
    for offset, index in ((entry.offset, entry.index or 0) for entry in entries):
        if runs and runs[-1][0] == offset and index == runs[-1][2] + runs[-1][3]:
            runs[-1][3] += 1
        else:
            _join(runs)
            runs.append([offset, 1, index, 1])
    _join(runs)
    firsts = [start, *(run[0] for run in runs)]
    return tuple(number for last, run in zip(firsts, runs, strict=False) for number in (run[0] - last, *run[1:]))


def _join(runs: list[list[int]]) -> None:
    """Make one of the last two runs if the bodies follow one another and are alike."""
    if len(runs) > 1:
        (offset, bodies, *shape), (following, _, *other) = runs[-2:]
        if following == offset + bodies and shape == other:
            runs.pop()
            runs[-1][1] += 1


def _events_at(at: Sequence[int], start: int) -> Iterator[tuple[int, int | None]]:
    last = start
    for delta, bodies, index, count in zip(at[::4], at[1::4], at[2::4], at[3::4], strict=True):
        last += delta
        for offset in range(last, last + bodies):
            yield from ((offset, each) for each in range(index, index + count))
