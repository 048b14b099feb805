"""Second passes, made only where sums differ: which groups it is, and which events stand behind it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from argus_streams.auditing import passes
from argus_streams.auditing.passes import Reading
from argus_streams.core.audit.cut import HOUR
from argus_streams.core.audit.places import Places
from argus_streams.core.audit.sightings import Bucket, Partition
from argus_streams.core.audit.told import Told
from argus_streams.core.audit.verdict import LIMIT, Finding, What
from argus_streams.core.events import Origin

SHOWN = 5  # origins behind a count
BUCKETS = 100  # hours of projects that are looked at closely


class _Under(NamedTuple):
    """A group whose sighting holds an event."""

    project: str
    fingerprint: str
    algorithm: str


async def forks(reading: Reading, forked: Mapping[Partition, Places], names: Mapping[str, str]) -> list[Finding]:
    """The groups of events that sightings of two hold; of what is beyond the limit only the number is told."""
    found: dict[Origin, set[_Under]] = {}
    if forked:
        async for _, sighted in passes.sighted_records(reading, "sightings again"):
            places = forked.get((sighted.topic, sighted.partition), Places())
            under = _Under(sighted.project, sighted.fingerprint, sighted.algorithm)
            for each in sighted.occurrences:
                if (each.offset, each.index) in places and len(found) < LIMIT:
                    origin = Origin(sighted.topic, sighted.partition, each.offset, each.index)
                    found.setdefault(origin, set()).add(under)
    findings = [_fork(origin, found[origin], names) for origin in sorted(found)]
    rest = sum(map(len, forked.values())) - len(findings)
    if rest > 0:
        last = findings[-1]
        detail = "more such events, which are not looked at one by one"
        findings.append(
            Finding("sighting", "double", last.topic, last.partition, last.offset, last.index, "", detail, rest)
        )
    return findings


def _fork(origin: Origin, groups: set[_Under], names: Mapping[str, str]) -> Finding:
    first, *_ = ordered = sorted(groups)
    across = len({each.algorithm for each in groups}) > 1
    told = ", ".join(f"{each.fingerprint} by {each.algorithm}" for each in ordered)
    return Finding(
        "sighting",
        "double across algorithms" if across else "double",
        names.get(origin.topic, origin.topic),
        origin.partition,
        origin.offset,
        origin.index,
        first.project,
        f"sightings of several groups hold this event: {told}",
        max(1, len({(each.project, each.fingerprint) for each in groups}) - 1),
    )


@dataclass(slots=True)
class _Expected:
    """What was counted of one group in one hour."""

    count: int = 0
    origins: list[Origin] = field(default_factory=list)  # the first of them

    def take(self, origin: Origin) -> None:
        """One more."""
        self.count += 1
        if len(self.origins) < SHOWN:
            self.origins.append(origin)


class _At(NamedTuple):
    """A group in one hour."""

    bucket: Bucket
    fingerprint: str


async def counts(
    reading: Reading, differing: Sequence[Bucket], told: Mapping[Partition, Told], names: Mapping[str, str]
) -> list[Finding]:
    """The groups whose counts by hour are not the number of their counted events."""
    chosen = frozenset(differing[:BUCKETS])
    expected = await _expected(reading, chosen, told)
    found = await _told(reading, chosen)
    findings = []
    for at in sorted(expected.keys() | found.keys()):
        wanted, (number, place) = expected.get(at, _Expected()), found.get(at, (0, None))
        if number != wanted.count:
            findings.append(_count(reading, at, (number, place), wanted, names))
    return findings


async def _expected(
    reading: Reading, chosen: frozenset[Bucket], told: Mapping[Partition, Told]
) -> Mapping[_At, _Expected]:
    expected: defaultdict[_At, _Expected] = defaultdict(_Expected)
    seen: defaultdict[tuple[_At, Partition], Places] = defaultdict(Places)
    async for _, sighted in passes.sighted_records(reading, "sightings again"):
        partition = (sighted.topic, sighted.partition)
        counted = told[partition].counted if partition in told else Places()
        for each in sighted.occurrences:
            at = _At((sighted.project, each.received_at // HOUR), sighted.fingerprint)
            place = (each.offset, each.index)
            if at.bucket in chosen and place in counted and place not in seen[at, partition]:
                seen[at, partition].add(*place)
                expected[at].take(Origin(*partition, *place))
    return expected


async def _told(reading: Reading, chosen: frozenset[Bucket]) -> Mapping[_At, tuple[int, tuple[int, int] | None]]:
    """The number that the latest snapshot tells, and where that stands."""
    found: dict[_At, tuple[int, tuple[int, int] | None]] = {}
    async for batch in passes.snapshots(reading):
        for (project, fingerprint), snapshot in batch.latest.items():
            for hour, number in snapshot.by_hour().items():
                if (project, hour) in chosen:
                    at = _At((project, hour), fingerprint)
                    found[at] = number, (snapshot.partition, snapshot.offset)
    return found


def _count(
    reading: Reading,
    at: _At,
    found: tuple[int, tuple[int, int] | None],
    wanted: _Expected,
    names: Mapping[str, str],
) -> Finding:
    (project, hour), (number, place) = at.bucket, found
    origins = ", ".join(f"{names.get(o.topic, o.topic)}/{o.partition}/{o.offset}/{o.index}" for o in wanted.origins)
    more = " …" if wanted.count > len(wanted.origins) else ""
    detail = (
        f"{at.fingerprint}: in the hour {hour} since 1970 the group counts {number:,}, the ledger and the sightings "
        f"{wanted.count:,}: {origins or 'none'}{more}"
    )
    what: What = "missing" if number < wanted.count else "double"
    if wanted.origins:
        first = wanted.origins[0]
        origin = (names.get(first.topic, first.topic), first.partition, first.offset, first.index)
    else:
        origin = (reading.cut.groups.name, *(place or (0, 0)), -1)
    return Finding("count", what, *origin, project, detail, abs(number - wanted.count))
