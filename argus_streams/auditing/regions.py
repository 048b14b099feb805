"""``argus audit --region``: other regions' inputs against what is mirrored of them here."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from heapq import merge
from time import sleep
from typing import NamedTuple

from argus_streams import app
from argus_streams.auditing.cutting import Scope
from argus_streams.auditing.evidence import Progress
from argus_streams.core.audit.mirroring import Comparison, Gap, Mirrored, RegionVerdict, Run, What
from argus_streams.core.records import Raw
from argus_streams.core.regions import mirror
from argus_streams.errors import Unavailable
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.records import Records, Span

PATIENCE_SECONDS = 10.0  # with a region that may be lost
GAPS = 1_000  # that are told one by one
LOOKS, PAUSE_SECONDS = 5, 2.0  # at a mirror that is behind, whether it moves
TAIL = 10  # offsets, of which one is a record

Client = Mapping[str, str]


class _Sides(NamedTuple):
    """The two clusters."""

    there: Records
    here: Records


class _Pair(NamedTuple):
    """A topic of a region, and its mirror here."""

    source: str
    mirror: str


class _Logs(NamedTuple):
    """What is to be read of one partition on each side."""

    source: Span
    mirror: Span


def compared(given: Settings, where: Mapping[str, Client], scope: Scope, progress: Progress) -> list[RegionVerdict]:
    """What is here of each region, by its alias; ``where`` are librdkafka's settings for reaching them."""
    return [_region(given, alias, client, scope, progress) for alias, client in where.items()]


def _region(given: Settings, alias: str, client: Client, scope: Scope, progress: Progress) -> RegionVerdict:
    with closing(Records(given.kafka(), f"{given.making().prefix}audit")) as here:
        try:
            with closing(Records(client, f"{given.making().prefix}audit")) as there:
                return _Region(given, alias, _Sides(there, here)).verdict(scope, progress)
        except Unavailable as error:
            known = here.topics()
            pairs = [pair for pair in _pairs(given, alias) if pair.mirror in known]
            told = tuple(Mirrored(pair.source, until=_latest(here, pair.mirror, known)) for pair in pairs)
            return RegionVerdict(alias, told, away=str(error))


def _pairs(given: Settings, alias: str) -> list[_Pair]:
    """What is mirrored of ours, and of the topics without headers those that a region's alias begins."""
    own = [_Pair(topic, mirror(alias, topic)) for topic in app.topics_of(given).mirrored()]
    theirs = [_Pair(name.removeprefix(f"{alias}."), name) for name in given.input_defaults()]
    return own + [pair for pair in theirs if pair.source != pair.mirror]


class _Region:
    """One region that answers."""

    def __init__(self, given: Settings, alias: str, sides: _Sides) -> None:
        self._pairs = _pairs(given, alias)
        self._keyed = set(app.topics_of(given).mirrored()) - {app.topics_of(given).incoming}
        self._alias = alias
        self._sides = sides
        self._gaps: list[Gap] = []

    def verdict(self, scope: Scope, progress: Progress) -> RegionVerdict:
        there, here = self._sides.there.topics(PATIENCE_SECONDS), self._sides.here.topics()
        topics = []
        for pair in self._pairs:
            theirs, ours = there.get(pair.source, ("", 0))[1], here.get(pair.mirror, ("", 0))[1]
            home = here.get(pair.source, ("", 0))[1]
            if pair.source in self._keyed and theirs != home:
                detail = f"{self._alias} has {theirs}, this region {home}: commands from there miss their state"
                self._gaps.append(Gap("partitions", pair.source, -1, -1, -1, abs(theirs - home), detail))
            topics.append(self._topic(pair, (theirs, ours), scope, progress))
        return RegionVerdict(self._alias, tuple(topics), tuple(self._gaps[:GAPS]))

    def _topic(self, pair: _Pair, counts: tuple[int, int], scope: Scope, progress: Progress) -> Mirrored:
        logs = self._logs(pair, counts, scope)
        progress.begin(
            f"{pair.source} of {self._alias}", sum(each.source[1] - each.source[0] for each in logs.values())
        )
        sums, behind, until = dict.fromkeys(("missing", "double", "strange"), 0), 0, list[int]()
        records = matched = 0
        for number, each in logs.items():
            found = self._partition(pair, number, each)
            progress.advance(each.source[1] - each.source[0])
            records, matched = records + found.records, matched + found.matched
            until += [found.until] if found.until is not None else []
            sums["missing"] += self._tell("missing", pair.source, number, found.missing())
            sums["double"] += self._tell("double", pair.mirror, number, found.double())
            sums["strange"] += self._tell("not in the source", pair.mirror, number, found.strange())
            behind += sum(run.number for run in found.behind())
        moving = bool(behind) and self._moves(pair, logs)
        return Mirrored(
            pair.source, records, matched, **sums, behind=behind, moving=moving, until=max(until, default=None)
        )

    def _logs(self, pair: _Pair, counts: tuple[int, int], scope: Scope) -> dict[int, _Logs]:
        """The mirror's ends first: what lies below them is below the source's."""
        theirs, ours = counts
        mirrors = self._spans(self._sides.here, pair.mirror, ours, scope)
        sources = self._spans(self._sides.there, pair.source, theirs, scope)
        return {
            number: _Logs(sources.get(number, (0, 0)), mirrors.get(number, (0, 0)))
            for number in sorted(mirrors.keys() | sources.keys())
        }

    def _spans(self, side: Records, topic: str, count: int, scope: Scope) -> dict[int, Span]:
        spans = side.bounds(Partition(topic, number) for number in range(count))
        ends = side.since(spans, scope.until) if scope.until is not None else {}
        firsts = side.since(spans, scope.since) if scope.since is not None else spans
        return {
            tp.partition: (firsts[tp][0], min(end, ends[tp][0]) if tp in ends else end)
            for tp, (_, end) in spans.items()
        }

    def _partition(self, pair: _Pair, number: int, logs: _Logs) -> Comparison:
        found = Comparison()
        theirs = self._sides.there.scan({Partition(pair.source, number): logs.source})
        ours = self._sides.here.scan({Partition(pair.mirror, number): logs.mirror})
        for raw in _untrimmed(theirs, ours, logs):
            (found.source if raw.at.topic == pair.source else found.mirror)(raw)
        if found.differs:
            for raw in self._sides.there.scan({Partition(pair.source, number): logs.source}):
                found.again(raw)
        return found

    def _tell(self, what: What, topic: str, number: int, runs: Iterator[Run]) -> int:
        count = 0
        for run in runs:
            count += run.number
            place = f"{run.first}" if run.first == run.last else f"{run.first} to {run.last}"
            detail = f"{run.number:,} record{'s' * (run.number != 1)} of {self._alias} at {place}"
            self._gaps.append(Gap(what, topic, number, *run, detail))
        return count

    def _moves(self, pair: _Pair, logs: Mapping[int, _Logs]) -> bool:
        """Whether more is mirrored than when we looked first."""
        ends = {Partition(pair.mirror, number): each.mirror[1] for number, each in logs.items()}
        for look in range(LOOKS):
            sleep(PAUSE_SECONDS if look else 0)
            if any(end > ends[tp] for tp, (_, end) in self._sides.here.bounds(list(ends)).items()):
                return True
        return False


def _untrimmed(theirs: Iterator[Raw], ours: Iterator[Raw], logs: _Logs) -> Iterator[Raw]:
    """Both logs in order of time, without the beginning that retention, or a span, has left in one of them alone."""
    sides = [iter(theirs), iter(ours)]
    heads = [next(side, None) for side in sides]
    cut = [first > 0 for first, _ in logs]
    since = max((head.time for head, is_cut in zip(heads, cut, strict=True) if head and is_cut), default=-1)
    both = merge(_and(heads[0], sides[0]), _and(heads[1], sides[1]), key=lambda raw: raw.time)
    return (raw for raw in both if raw.time > since)


def _and(head: Raw | None, rest: Iterator[Raw]) -> Iterator[Raw]:
    if head is not None:
        yield head
        yield from rest


def _latest(here: Records, topic: str, known: Mapping[str, tuple[str, int]]) -> int | None:
    """The time of the last record of a topic."""
    spans = here.bounds(Partition(topic, number) for number in range(known[topic][1]))
    near = {tp: (max(first, end - TAIL), end) for tp, (first, end) in spans.items()}
    return max((raw.time for raw in here.scan(near)), default=None)
