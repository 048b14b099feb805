"""One audit from the first pass to the verdict."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from argus_streams.agents.wire import UNREADABLE
from argus_streams.auditing import naming, passes
from argus_streams.auditing.passes import LetterAt, Lettered, Reading
from argus_streams.core import purged
from argus_streams.core.audit import bodies, groups
from argus_streams.core.audit.cut import HOUR
from argus_streams.core.audit.groups import Key, Snapshot, Snapshots
from argus_streams.core.audit.places import Places, span
from argus_streams.core.audit.sightings import Bucket, Partition, Sightings, Tallies
from argus_streams.core.audit.told import Told
from argus_streams.core.audit.verdict import Finding, Sheet, Verdict
from argus_streams.core.audit.verdict import Stage as AuditStage
from argus_streams.core.events import Origin
from argus_streams.core.letters import WHOLE
from argus_streams.core.messages import Stage
from argus_streams.core.moments import moment
from argus_streams.core.purged import Marks, Place
from argus_streams.ports import Holdings

T = TypeVar("T")
KEYS = 1_000  # that Postgres is asked about at once


class KeptBody(msgspec.Struct, frozen=True):
    """As much of a kept event as an audit needs."""

    event_id: str
    received_at: int
    origin: Origin


class Kept(msgspec.Struct, frozen=True):
    """As much of a record of `events.kept` as an audit needs."""

    project: str
    fingerprint: str
    event: KeptBody


_KEPT = msgspec.json.Decoder(Kept)


async def audit(reading: Reading, holdings: Holdings, projects: Mapping[str, str]) -> Verdict:
    """What is missing or double; ``projects`` are those of inputs whose producers name none, by topic."""
    return await _Audit(reading, holdings, projects).run()


class _Audit:
    def __init__(self, reading: Reading, holdings: Holdings, projects: Mapping[str, str]) -> None:
        self._reading, self._cut = reading, reading.cut
        self._holdings = holdings
        self._projects = projects
        self._sheet = Sheet()
        self._names = {each.id: each.topic for each in reading.cut.inputs}
        self._names |= {each.id: each.name for each in (self._cut.normalized, self._cut.groups, self._cut.kept)}

    async def run(self) -> Verdict:
        told = await passes.ledger(self._reading)
        lettered = await self._letters()
        seen = await passes.sightings(self._reading, told, lettered)
        await self._bodies(told, seen, lettered)
        await self._groups(told, seen, lettered)
        await self._kept(lettered)
        for finding in await naming.forks(self._reading, self._in_span(seen.forked), self._names):
            self._sheet.find(finding)
        return self._sheet.verdict()

    async def _letters(self) -> Lettered:
        of_bodies, refused = defaultdict[Partition, Places](Places), defaultdict[Partition, Places](Places)
        async for fetched in passes.letters_of(self._reading):
            for each in fetched:
                into = of_bodies if each.letter.stage == "normalize" else refused
                for origin in each.letter.origins:
                    into[origin.topic, origin.partition].add(origin.offset, origin.index)
            await self._letter_rows(fetched)
        return Lettered(of_bodies, refused)

    async def _letter_rows(self, fetched: Sequence[LetterAt]) -> None:
        keys: dict[tuple[Origin, Stage], LetterAt] = {}
        for each in fetched:
            for origin in filter(self._in_scope, each.letter.origins):
                if each.due:
                    keys[origin, each.letter.stage] = each
                else:
                    self._sheet.add(each.letter.project, in_flight=1)
        for some in _chunks(keys):
            lacking = sorted(await self._holdings.lacking_letters(some))
            marks = await self._marks(keys[key].letter.project for key in lacking)
            for origin, stage in lacking:
                each = keys[origin, stage]
                if (each.letter.time or 0) > purged.latest(marks, each.letter.project):
                    self._find_letter_row(origin, each)

    async def _marks(self, projects: Iterable[str]) -> Marks:
        """What was purged of projects of which something is not in Postgres; asked late, so that it has the last."""
        asked = set(projects)
        return await self._holdings.purged(asked) if asked else {}

    def _find_letter_row(self, origin: Origin, each: LetterAt) -> None:
        at = f"{each.topic}/{each.record.partition}/{each.record.offset}"
        detail = f"Postgres has no row of the letter at {at}: {each.letter.reason}"
        self._sheet.find(self._finding("letter row", origin, each.letter.project, detail))

    async def _bodies(self, told: Mapping[Partition, Told], seen: Sightings, lettered: Lettered) -> None:
        for audited in self._cut.with_gone({at: each.extent() for at, each in told.items()}):
            at = (audited.id, audited.partition)
            own, letters = told.get(at, Told()), lettered.bodies.get(at, Places())
            project = self._projects.get(audited.topic, "")
            async for present in passes.read_back(self._reading, audited, own, project):
                bodies.lost(audited, own, present, self._sheet)
            bodies.account(audited, own, seen.seen(at), letters, self._sheet)

    async def _groups(self, told: Mapping[Partition, Told], seen: Sightings, lettered: Lettered) -> None:
        sums, newest, cut_off = Tallies(), dict[str, int](), dict[str, int]()
        async for found in passes.snapshots(self._reading):
            found.sum_up(sums, newest)
            cut_off |= {each: max(until, cut_off.get(each, 0)) for each, until in found.purged.items()}
            for project in found.in_flight():
                self._sheet.add(project, in_flight=1)
            await self._rows(found, lettered)
        if self._cut.hours is None:
            self._sheet.note("counts by hour are compared for spans by time only")
            return
        inputs = self._cut.inputs
        unseen = {name for each in inputs for name in seen.unseen((each.id, each.partition), each.known_normalized)}
        differing = [
            (project, hour)
            for project, hour in seen.counted.differing(sums)
            if hour in self._cut.hours and not groups.forgotten(newest, project, hour)
        ]
        for place, mark in (await self._marks(project for project, _ in differing)).items():
            if place.kind == "groups":
                cut_off[place.project] = max(mark.until, cut_off.get(place.project, 0))
        differing = [(project, hour) for project, hour in differing if hour > cut_off.get(project, -HOUR) // HOUR]
        for project, until in sorted(cut_off.items()):
            self._sheet.note(
                f"{project} was purged: what came until {moment(until)} UTC is counted in no group any more"
            )
        unsure = {bucket for bucket in differing if bucket in seen.unsure or bucket[0] in unseen}
        await self._counts([bucket for bucket in differing if bucket not in unsure], told)
        self._tell_unsure(unsure)

    def _tell_unsure(self, unsure: set[Bucket]) -> None:
        for project, number in sorted(_numbers(unsure).items()):
            self._sheet.note(
                f"{project}: counts of {number} hour{'s' * (number > 1)} are not compared, for they hold events "
                "in flight or missing at an earlier stage"
            )

    async def _counts(self, differing: Sequence[Bucket], told: Mapping[Partition, Told]) -> None:
        if differing:
            for finding in await naming.counts(self._reading, differing, told, self._names):
                self._sheet.find(finding)

    async def _rows(self, found: Snapshots, lettered: Lettered) -> None:
        due = {key: each for key, each in found.due().items() if not self._refused(each, lettered)}
        for some in _chunks(due):
            since = min((min(due[key].by_hour(), default=0) for key in some), default=0)
            stored = await self._holdings.stored_groups(some, since)
            marks = await self._marks(project for project, _ in some)
            for key in some:
                mark = marks.get(Place("groups", key[0], due[key].partition))
                if mark is None or due[key].version > mark.version:
                    self._compare(key, due[key], stored.get(key))

    def _refused(self, snapshot: Snapshot, lettered: Lettered) -> bool:
        refused = lettered.refused.get((self._cut.groups.id, snapshot.partition))
        return refused is not None and (snapshot.offset, WHOLE) in refused

    def _compare(self, key: Key, snapshot: Snapshot, stored: groups.Stored | None) -> None:
        project, fingerprint = key
        for each in groups.compare(snapshot, stored, self._cut.stored_since):
            place = (self._cut.groups.name, snapshot.partition, snapshot.offset, WHOLE)
            detail = f"{fingerprint}: {each.detail}"
            self._sheet.find(Finding(each.stage, each.what, *place, project, detail, each.count))

    async def _kept(self, lettered: Lettered) -> None:
        topic = self._cut.kept
        async for records in self._reading.records("kept events", topic):
            keys: dict[tuple[str, int], tuple[Kept, int]] = {}
            for record in records:
                kept = _kept(record.value)
                if kept is None or not self._in_scope(kept.event.origin):
                    continue
                refused = lettered.refused.get((topic.id, record.partition))
                if record.offset >= topic.extents[record.partition].done:
                    self._sheet.add(kept.project, in_flight=1)
                elif kept.event.received_at >= self._cut.stored_since and not (
                    refused is not None and (record.offset, WHOLE) in refused
                ):
                    keys[kept.event.event_id, kept.event.received_at] = kept, record.partition
            await self._kept_rows(keys)

    async def _kept_rows(self, keys: Mapping[tuple[str, int], tuple[Kept, int]]) -> None:
        for some in _chunks(keys):
            lacking = sorted(await self._holdings.lacking_events(some))
            marks = await self._marks(keys[key][0].project for key in lacking)
            for kept, partition in (keys[key] for key in lacking):
                mark = marks.get(Place("groups", kept.project, partition))
                if mark is not None and kept.event.received_at <= mark.until:
                    continue
                detail = f"Postgres has no row of this event, kept for {kept.fingerprint}"
                self._sheet.find(self._finding("kept row", kept.event.origin, kept.project, detail))

    def _in_span(self, forked: Mapping[Partition, Places]) -> Mapping[Partition, Places]:
        if not self._cut.limited:
            return forked
        spans = {(each.id, each.partition): span(each.first, each.end) for each in self._cut.inputs}
        inside = {at: places.within(spans[at]) for at, places in forked.items() if at in spans}
        return {at: places for at, places in inside.items() if len(places)}

    def _in_scope(self, origin: Origin) -> bool:
        """Whether it lies in the span; what is no input's can not be told by its place."""
        is_input = self._cut.is_input(origin.topic)
        return not is_input or self._cut.covers(origin.topic, origin.partition, origin.offset)

    def _finding(self, stage: AuditStage, origin: Origin, project: str, detail: str) -> Finding:
        name = self._names.get(origin.topic, origin.topic)
        return Finding(stage, "missing", name, origin.partition, origin.offset, origin.index, project, detail)


def _kept(value: bytes) -> Kept | None:
    try:
        return _KEPT.decode(value)
    except UNREADABLE:
        return None


def _numbers(buckets: Iterable[Bucket]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for project, _ in buckets:
        found[project] = found.get(project, 0) + 1
    return found


def _chunks(keys: Iterable[T]) -> Iterable[list[T]]:
    left = iter(keys)
    while some := list(islice(left, KEYS)):
        yield some
