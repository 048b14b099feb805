"""The ledger: what each stage did with each body and event, told by its place in Kafka, so that it can be added up.

NORMALIZE tells one outcome of each body and, beside it, of each item that it had to reject; GROUP tells one of each
event. A restart may tell a place again, and otherwise: places unite, and the strongest outcome of a place counts, which
``core.audit`` adds up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import mul

from msgspec import Struct, json

from argus_streams.core.messages import LedgerRecord, LedgerRun, Stage

LIMIT = 256 * 1024  # bytes of a record as JSON
_SPAN = 1 << 36  # offsets of which a record may speak: so many at once may have expired
_ITEMS = 1 << 20  # of a body: more than any has
_PROJECT = 64  # characters: what a letter's body calls its project may be longer, but is none
# Weakest first. A crash leaves two outcomes of one place: what was counted before it may look like a repeat after it,
# and is in the counts; what was read before an upgrade may be refused after it, and was handed on.
OF_BODIES = {name: rank for rank, name in enumerate(("expired", "dead", "ignored", "normalised"))}
OF_EVENTS = {name: rank for rank, name in enumerate(("purged", "duplicate", "closed", "counted"))}
_ENCODER = json.Encoder()

Key = tuple[str, str, str, int]  # what the entries of a run have in common


class Entry(Struct, frozen=True):
    """What became of one body, or of one event of it."""

    project: str
    outcome: str  # of a body: normalised | ignored | dead | expired; of an event or item: any other
    reason: str
    offset: int
    index: int | None = None  # of an event inside its body; None: of a body
    events: int = 1  # in a body


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


def is_ours(record: LedgerRecord) -> bool:
    """Whether ``encode`` or ``expired`` may have made it: anyone who writes to the topic can tell other numbers."""
    if not record.start <= record.end <= record.start + _SPAN:
        return False
    return all(_lies_in(record, run) for run in record.runs)


def _lies_in(record: LedgerRecord, run: LedgerRun) -> bool:
    about_bodies = run.outcome in OF_BODIES
    if not 0 <= run.events <= _ITEMS or min(run.at, default=0) < 0 or len(run.at) % (2 if about_bodies else 4):
        return False
    if about_bodies:
        return all(end <= record.end for _, end in bodies_at(run, record.start))
    return all(end <= record.end and index + count <= _ITEMS for _, end, index, count in events_at(run, record.start))


def decode(record: LedgerRecord) -> Iterator[Entry]:
    """The entries of a record, run by run."""
    for run in record.runs:
        for offset, index in _places(run, record.start):
            yield Entry(run.project, run.outcome, run.reason, offset, index, run.events)


def totals(record: LedgerRecord) -> Mapping[str, int]:
    """How many bodies, items and events of a record of ours had each outcome, without telling them one by one."""
    found: Counter[str] = Counter()
    for run in record.runs:
        if run.outcome in OF_BODIES:
            found[run.outcome] += sum(run.at[1::2])
        else:
            found[run.outcome] += sum(map(mul, run.at[1::4], run.at[3::4]))
    return found


def _places(run: LedgerRun, start: int) -> Iterator[tuple[int, int | None]]:
    if run.outcome in OF_BODIES:
        for first, end in bodies_at(run, start):
            yield from ((offset, None) for offset in range(first, end))
    else:
        for first, end, index, count in events_at(run, start):
            for offset in range(first, end):
                yield from ((offset, each) for each in range(index, index + count))


def bodies_at(run: LedgerRun, start: int) -> Iterator[tuple[int, int]]:
    """Offsets [first, end) of a run about bodies; ``start`` is its record's."""
    end = start
    for delta, length in zip(run.at[::2], run.at[1::2], strict=True):
        first, end = end + delta, end + delta + length
        yield first, end


def events_at(run: LedgerRun, start: int) -> Iterator[tuple[int, int, int, int]]:
    """Offsets [first, end) of a run about events, the first index and how many of each body."""
    first = start
    for delta, bodies, index, count in zip(run.at[::4], run.at[1::4], run.at[2::4], run.at[3::4], strict=True):
        first += delta
        yield first, first + bodies, index, count


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
        LedgerRun(*key, at=_bodies(alike, start) if key[1] in OF_BODIES else _events(alike, start))
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
