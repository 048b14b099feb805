"""Draws the line of an audit on a cluster that goes on working."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from time import time
from types import MappingProxyType
from typing import NamedTuple

from argus_streams import app
from argus_streams.adapters.topics import retention
from argus_streams.agents.wire import DEAD
from argus_streams.core.audit.cut import HOUR, Cut, Extent, Input, Topic
from argus_streams.errors import Malformed, Misconfigured
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Reader
from argus_streams.streaming.records import Records

DAY = 24 * HOUR
MARKERS = 1_000  # offsets before an end that may hold no record: ends of transactions
_LAST_HOUR = 1 << 40

Bounds = Mapping[Partition, tuple[int, int]]


class Scope(NamedTuple):
    """What is asked for; nothing said is all that is retained."""

    since: int | None = None  # ms of Kafka's time
    until: int | None = None
    offsets: Bounds = MappingProxyType({})  # [first, end) of input partitions, instead of times


class Began(NamedTuple):
    """Where a generation begins to read the inputs; the first one reads all there is."""

    since: int  # ms
    starts: Mapping[Partition, int]


BEGINNING = Began(0, MappingProxyType({}))


class _Facts(NamedTuple):
    """What the broker told."""

    ids: Mapping[str, str]  # by topic name
    done: Mapping[Partition, int]  # committed by whom the topic is for
    bounds: Bounds


class _Known(NamedTuple):
    """From which time on a topic still has all that was written to it, ms; 0 = all there ever was."""

    ledger: int
    normalized: int
    letters: int


class Cutter:
    """Looks up ends and commits of a deployment's topics."""

    def __init__(self, settings: Settings, records: Records, began: Began = BEGINNING) -> None:
        self._settings = settings
        self._records = records
        self._topics = app.topics_of(settings)
        self._inputs = app.inputs(settings, "normalize")
        self._roles = {role: Reader(settings.kafka(), app.group_of(settings, role)) for role in app.ROLES}
        self._dead = tuple(topic for topic in app.inputs(settings, "store") if topic.endswith(DEAD))
        self._began = began

    async def cut(self, scope: Scope) -> Cut:
        """The line now. Raises ``Misconfigured`` when a topic is missing, ``Malformed`` for a span of none of ours."""
        facts = await self._facts()
        known = _Known(*await self._known(facts))
        outputs = {tp: bounds for tp, bounds in facts.bounds.items() if tp.topic not in self._inputs}
        # What producers stamp, or another region, may lie hours off from when it was read, and what was made of it too.
        foreign = bool(self._settings.inputs or self._settings.regions)
        firsts = await self._offsets_at(None if foreign else scope.since, outputs)

        def topic(name: str) -> Topic:
            extents = {
                tp.partition: Extent(_or(firsts[tp], first), end, max(facts.done.get(tp, first), first))
                for tp, (first, end) in outputs.items()
                if tp.topic == name
            }
            return Topic(name, facts.ids[name], extents)

        return Cut(
            inputs=await self._spans(scope, facts, known),
            ledger=topic(self._topics.ledger),
            normalized=topic(self._topics.normalized),
            groups=topic(self._topics.groups),
            kept=topic(self._topics.kept),
            letters=tuple(topic(name) for name in self._dead),
            hours=_hours(scope, (self._began.since, known.ledger, known.normalized)),
            stored_since=(_now() // DAY - self._settings.keep_days + 1) * DAY,
            limited=scope != Scope(),
        )

    async def in_flight(self) -> int:
        """How many records, at most, the roles have not committed."""
        facts = await self._facts()
        bounds = {tp: each for tp, each in facts.bounds.items() if tp in facts.done}
        return sum(max(0, end - max(facts.done[tp], first)) for tp, (first, end) in bounds.items())

    async def _facts(self) -> _Facts:
        """Commits first, then ends against the stream: what lies below a commit has all its effects below the ends."""
        topics, inputs = self._topics, self._inputs
        stored = (topics.groups, topics.kept, *self._dead)
        found = await self._roles["normalize"].topics([*inputs, topics.ledger, topics.normalized, *stored])
        absent = {*inputs, topics.ledger, topics.normalized, *stored} - found.keys()
        if absent:
            raise Misconfigured(f"Kafka has no topic {min(absent)}: run `argus topics apply`")
        done: dict[Partition, int] = {}
        roles: Mapping[app.Role, tuple[str, ...]] = {
            "normalize": inputs, "correlate": (topics.normalized,), "store": stored
        }  # fmt: skip
        for role, names in roles.items():
            done.update(await self._committed(role, _partitions(names, found), found))
        bounds: dict[Partition, tuple[int, int]] = {}
        for names in ((topics.ledger, *stored), (topics.normalized,), inputs):
            bounds.update(await asyncio.to_thread(self._records.bounds, _partitions(names, found)))
        settled = await asyncio.to_thread(self._without_records, {tp: (at, bounds[tp][1]) for tp, at in done.items()})
        done.update({tp: bounds[tp][1] for tp in settled})
        return _Facts({name: topic_id for name, (topic_id, _) in found.items()}, done, bounds)

    async def _committed(
        self, role: app.Role, tps: list[Partition], found: Mapping[str, tuple[str, int]]
    ) -> Mapping[Partition, int]:
        """A role's commits; one of a topic that was deleted since is none."""
        told = await self._roles[role].committed(tps)
        return {tp: at[0] if at is not None and at[1] == found[tp.topic][0] else 0 for tp, at in told.items()}

    def _without_records(self, left: Bounds) -> set[Partition]:
        """Partitions whose rest holds no record, but the ends of transactions."""
        near = {tp: (at, end) for tp, (at, end) in left.items() if 0 < end - at <= MARKERS}
        holding = {Partition(raw.at.topic, raw.at.partition) for raw in self._records.scan(near)}
        return near.keys() - holding

    async def _known(self, facts: _Facts) -> Sequence[int]:
        """From when on each of the compared topics is whole; the inputs' own retention is told by their beginnings."""
        names = (self._topics.ledger, self._topics.normalized, self._topics.dead(self._topics.incoming))
        kept = await asyncio.to_thread(retention, self._settings.kafka(), names)
        trimmed = {tp.topic for tp, (first, _) in facts.bounds.items() if first > 0}
        now = _now() + HOUR  # an audit takes its time, and retention goes on
        return [max(0, now - kept[name]) if name in trimmed and kept[name] >= 0 else 0 for name in names]

    async def _offsets_at(self, time_ms: int | None, bounds: Bounds) -> Mapping[Partition, int | None]:
        """Where a time begins in each partition: its end if nothing is later, nothing where no time is asked for."""
        if time_ms is None:
            return dict.fromkeys(bounds)
        found = await asyncio.to_thread(self._records.since, bounds, time_ms)
        return {tp: first for tp, (first, _) in found.items()}

    async def _spans(self, scope: Scope, facts: _Facts, known: _Known) -> tuple[Input, ...]:
        logs = {tp: bounds for tp, bounds in facts.bounds.items() if tp.topic in self._inputs}
        strange = scope.offsets.keys() - logs.keys()
        if strange:
            topic, partition = min(strange)
            raise Malformed("no such input", f"{topic}/{partition}; inputs are {', '.join(self._inputs)}")
        firsts, ends = await self._offsets_at(scope.since, logs), await self._offsets_at(scope.until, logs)
        knowns = [await self._offsets_at(time or None, logs) for time in known]
        spans = []
        for tp, (oldest, end) in sorted(logs.items()):
            start = max(oldest, self._began.starts.get(tp, 0))
            first, last = scope.offsets.get(tp, (max(start, _or(firsts[tp], start)), _or(ends[tp], end)))
            if scope.offsets and tp not in scope.offsets:
                continue
            whole = [_or(each[tp], 0) for each in knowns]
            id_ = facts.ids[tp.topic]
            spans.append(
                Input(tp.topic, id_, tp.partition, first, min(last, end), max(facts.done[tp], start), start, *whole)
            )
        return tuple(spans)


def _or(offset: int | None, otherwise: int) -> int:
    return otherwise if offset is None else offset


def _partitions(names: Iterable[str], found: Mapping[str, tuple[str, int]]) -> list[Partition]:
    return [Partition(name, number) for name in names for number in range(found[name][1])]


def _hours(scope: Scope, known: Sequence[int]) -> range | None:
    """The hours that lie in the span as a whole, and whose sightings and ledger are all ours and retained."""
    if scope.offsets:
        return None
    # One hour more: a topic of the user's own may be stamped by producers whose clocks are ahead.
    since = max(scope.since or 0, *(time + HOUR if time else 0 for time in known))
    return range(-(-since // HOUR), _LAST_HOUR if scope.until is None else scope.until // HOUR)


def _now() -> int:
    return int(time() * 1000)
