"""What came out, and how it differs from what must."""

from collections import Counter, defaultdict
from typing import NamedTuple

import msgspec
import psycopg
from ledgers import all_added_up

from argus_streams.core.audit.verdict import Verdict
from argus_streams.core.ledger import decode
from argus_streams.core.messages import LedgerRecord
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Reader

SHOWN = 12
_OF_BODIES = {"normalised", "ignored", "dead"}
_GROUPS = """
select p.slug, g.fingerprint, g.count, g.closed, g.duplicates, g.sources,
  (select coalesce(sum(c.count), 0) from group_counts c
   where c.project_id = g.project_id and c.fingerprint = g.fingerprint)
from error_groups g join argus.projects p on p.id = g.project_id"""
_KEPT = """
select p.slug, e.fingerprint, e.event #>> '{origin,0}', (e.event #>> '{origin,1}')::int,
  (e.event #>> '{origin,2}')::bigint, coalesce((e.event #>> '{origin,3}')::int, 0)
from production_events e join argus.projects p on p.id = e.project_id"""
_LETTERS = 'select topic, partition, "offset", stage from dead_letters'


class Found(NamedTuple):
    """What Postgres and the ledger hold at the end."""

    groups: dict  # (project, fingerprint) → (count, closed, duplicates, sources, sum of the hours)
    kept: list  # (project, fingerprint, topic id, partition, offset, index)
    letters: list  # (topic id, partition, offset, stage)
    told: Verdict  # by the ledger alone: topics between may have been deleted
    ledger: list  # (stage, (topic id, partition), Entry)


class Score(NamedTuple):
    """What a fault did to the numbers; zeros are what is promised."""

    bodies: int
    lost: int  # bodies and events of which nothing tells, letters that lack
    twice: int  # occurrences and letters beyond those that were published
    wrong: int  # groups that show another number than they must
    repeated: int  # bodies and events that were worked on again, and counted once

    @property
    def exact(self):
        """Whether there was something to count, and all of it was, once."""
        return self.bodies > 0 and (self.lost, self.twice, self.wrong) == (0, 0, 0)


async def found(stage):
    """Look everything up, once all is drained."""
    with psycopg.connect(stage.settings.database()) as connection:
        connection.execute("select set_config('search_path', %s, false)", [stage.settings.making().schema])
        rows = connection.execute(_GROUPS).fetchall()
        kept = connection.execute(_KEPT).fetchall()
        letters = connection.execute(_LETTERS).fetchall()
    records = await _records(stage)
    return Found(
        groups={(slug, name): (*numbers, int(hours)) for slug, name, *numbers, hours in rows},
        kept=kept,
        letters=letters,
        told=all_added_up(records, await stage.ends()),
        ledger=[(told.stage, (told.topic, told.partition), entry) for told in records for entry in decode(told)],
    )


async def _records(stage):
    """The ledger, record by record."""
    reader = Reader(stage.settings.kafka(), f"{stage.settings.topic_prefix}verdict")
    ((name, (_, count)),) = (await reader.topics([stage.topics.ledger])).items()
    spans = await reader.bounds([Partition(name, number) for number in range(count)])
    return [
        msgspec.json.decode(message.value(), type=LedgerRecord)
        for fetch in reader.read(spans, lambda: False)
        for message in fetch
    ]


def score(oracle, seen):
    """The numbers of the table."""
    surplus = sum(max(0, numbers[0] - oracle.groups[key].count) for key, numbers in seen.groups.items())
    surplus += sum(max(0, numbers[1] - oracle.groups[key].closed) for key, numbers in seen.groups.items())
    letters = len(seen.letters) - oracle.letter_count
    lacking = max(0, oracle.totals["bodies"] - seen.told.total.bodies)
    return Score(
        bodies=oracle.totals["bodies"],
        lost=seen.told.total.missing + seen.told.total.expired + lacking + max(0, -letters),
        twice=surplus + max(0, letters),
        wrong=len(_differing(oracle, seen)),
        repeated=sum(doubled(seen)),
    )


def complaints(oracle, seen):
    """How what came out differs; nothing is best."""
    said = []
    totals = seen.told.total.ledger()
    if totals != dict(oracle.totals):
        differing = {name: (totals[name], want) for name, want in oracle.totals.items() if totals[name] != want}
        said.append(f"the ledger's totals (found, expected): {differing}; gaps {seen.told.findings[:5]}")
    return said + _groups(oracle, seen) + _letters(oracle, seen) + _kept(oracle, seen)


def doubled(seen):
    """Bodies that NORMALIZE read more than once, and events that GROUP decided more than once."""
    bodies = Counter((p, e.offset) for stage, p, e in seen.ledger if stage == "normalize" and e.outcome in _OF_BODIES)
    events = Counter((p, e.offset, e.index) for stage, p, e in seen.ledger if stage == "group")
    return bodies.total() - len(bodies), events.total() - len(events)


def _wanted(oracle):
    return {
        key: (tally.count, tally.closed, tally.duplicates, dict(tally.sources), tally.count)
        for key, tally in oracle.groups.items()
        if tally.count  # a group that was only closed has never been opened
    }


def _differing(oracle, seen):
    wanted = _wanted(oracle)
    return [key for key in wanted.keys() | seen.groups.keys() if wanted.get(key) != seen.groups.get(key)]


def _groups(oracle, seen):
    """Groups whose numbers differ, by how much, and what the ledger tells of their origins."""
    wanted, differing = _wanted(oracle), _differing(oracle, seen)
    if not differing:
        return []
    origins, outcomes = defaultdict(list), defaultdict(list)
    for place, key in oracle.places.items():
        origins[key].append(place)
    for stage, partition, entry in seen.ledger:
        if stage == "group":
            outcomes[*partition, entry.offset, entry.index].append(entry.outcome)
    lines = [f"{len(differing)} of {len(wanted)} groups differ in (count, closed, duplicates, sources, sum of hours):"]
    for key in sorted(differing)[:SHOWN]:
        told = Counter(tuple(outcomes.get(place, ("untold",))) for place in origins[key])
        untold = [place for place in origins[key] if place not in outcomes]
        lines += [
            f"  {key}: found {seen.groups.get(key)}, expected {wanted.get(key)}",
            f"    outcomes in the ledger of its {len(origins[key])} origins: {dict(told)}; untold: {untold[:5]}",
        ]
    return lines


def _letters(oracle, seen):
    places = {row[:3] for row in seen.letters}
    said = []
    if len(seen.letters) != oracle.letter_count:
        said.append(f"{len(seen.letters)} letters, expected {oracle.letter_count}")
    if places != oracle.letters:
        lacking, strange = sorted(oracle.letters - places)[:5], sorted(places - oracle.letters)[:5]
        said.append(f"letters lack {lacking} and have {strange}")
    return said


def _kept(oracle, seen):
    """Every group without resolutions shows its first event; whatever is kept was published, in that very group."""
    kept = {(project, name) for project, name, *_ in seen.kept}
    bare = [key for key, tally in oracle.groups.items() if tally.count and not tally.closed and key not in kept]
    strange = [row for row in seen.kept if oracle.places.get(row[2:]) != row[:2]]
    said = []
    if bare:
        said.append(f"{len(bare)} groups have no event kept: {bare[:5]}")
    if strange:
        said.append(f"{len(strange)} events were kept that were not published there: {strange[:5]}")
    return said
