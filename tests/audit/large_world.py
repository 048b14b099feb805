"""Audits so many bodies, made up while they are read, and prints what it took: MiB, CPU seconds and the sums.

Eight partitions, 5,000 groups of 20 projects; of 50 bodies one is dead and one ignored, of 100 one has three events.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec

from argus_streams.auditing.evidence import Record
from argus_streams.auditing.passes import Reading
from argus_streams.auditing.report import Quiet
from argus_streams.auditing.run import audit
from argus_streams.core import letters
from argus_streams.core.audit.cut import Cut, Extent, Input, Topic
from argus_streams.core.audit.groups import Stored
from argus_streams.core.events import Event, Origin
from argus_streams.core.ledger import Entry, encode
from argus_streams.core.letters import WHOLE, Letter
from argus_streams.core.messages import Group, Occurrence, Sighting, Version

PARTITIONS, PROJECTS, ALIKE, GROUPS = 8, 20, 250, 5_000
TURN = 10_000  # bodies
HOUR, FIRST_HOUR, HOURS = 3_600_000, 500_000, 150
ALGORITHM = "v1"
EVENT = Event(project="p", message="m" * 300)


def kind(offset):
    return {7: "dead", 11: "ignored"}.get(offset % 50, "normalised")


def events(offset):
    return 3 if offset % 100 == 0 else 1


class LargeWorld:
    """A log and what Postgres holds of it, made turn by turn."""

    def __init__(self, bodies):
        self.each = bodies // PARTITIONS
        self.turns = [(first, min(first + TURN, self.each)) for first in range(0, self.each, TURN)]
        self.counts = Counter()  # (group, hour) → events, as far as the sightings are told

    def cut(self):
        inputs = tuple(Input("in", "in-id", p, 0, self.each, self.each) for p in range(PARTITIONS))
        one = {p: Extent(0, 1 << 40, 1 << 40) for p in range(PARTITIONS)}
        named = {name: Topic(name, f"{name}-id", one) for name in ("ledger", "normalized", "groups", "kept", "dlq")}
        return Cut(
            inputs,
            *[named[each] for each in ("ledger", "normalized", "groups", "kept")],
            (named["dlq"],),
            range(1 << 30),
        )

    async def read(self, topic, spans):
        for partition in spans:
            for number, records in enumerate(getattr(self, f"_{topic}")(partition)):
                yield [Record(partition, number, value, headers) for value, headers in records]

    def _ledger(self, partition):
        for first, end in self.turns:
            bodies = [
                Entry(self._project(o), kind(o), "", o, None, events(o) if kind(o) == "normalised" else 0)
                for o in range(first, end)
            ]
            told = [
                Entry(e.project, "counted", "", e.offset, i)
                for e in bodies
                if e.outcome == "normalised"
                for i in range(e.events)
            ]
            for stage, entries in (("normalize", bodies), ("group", told)):
                records = encode(entries, stage=stage, topic="in-id", partition=partition, algorithm=ALGORITHM)
                yield [(msgspec.json.encode(each), ()) for each in records]

    def _normalized(self, partition):
        for turn, (first, end) in enumerate(self.turns):
            hour = FIRST_HOUR + turn * HOURS // len(self.turns)
            for alike in range(ALIKE):
                group = alike + ALIKE * (turn % (GROUPS // ALIKE))
                seen = tuple(
                    Occurrence(o, i, hour * HOUR, hour * HOUR, f"e{o}", "sentry")
                    for o in range(first + alike, end, ALIKE)
                    if kind(o) == "normalised"
                    for i in range(events(o))
                )
                if seen:
                    self.counts[group, hour] += len(seen)
                    yield [(msgspec.json.encode(self._sighting(group, partition, seen)), ())]

    def _sighting(self, group, partition, seen):
        return Sighting(
            project=f"p{group % PROJECTS}", fingerprint=f"v1:{group}", parts=(), algorithm=ALGORITHM, topic="in-id",
            partition=partition, occurrences=seen, event=EVENT,
        )  # fmt: skip

    def _groups(self, partition):
        for group in range(partition, GROUPS, PARTITIONS):
            hours = {
                hour: self.counts[group, hour]
                for hour in range(FIRST_HOUR, FIRST_HOUR + HOURS)
                if (group, hour) in self.counts
            }
            if hours:
                told = Group(
                    project=f"p{group % PROJECTS}", fingerprint=f"v1:{group}", parts=(), algorithm=ALGORITHM,
                    version=Version(1, 1), kind="error", severity="error", status="open", title="t",
                    count=sum(hours.values()), first_seen=0, last_seen=0, sources={}, hours=hours,
                )  # fmt: skip
                yield [(msgspec.json.encode(told), ())]

    def _kept(self, _partition):
        return ()

    def _dlq(self, partition):
        for offset in range(self.each):
            if kind(offset) == "dead":
                letter = Letter(
                    stage="normalize", reason="not JSON", origins=(Origin("in-id", partition, offset, WHOLE),)
                )
                yield [(b"", letters.headers(letter))]

    def _project(self, offset):
        turn, alike = offset // TURN, offset % TURN % ALIKE
        return f"p{(alike + ALIKE * (turn % (GROUPS // ALIKE))) % PROJECTS}"

    async def stored_groups(self, keys, _since):
        found = {}
        for project, fingerprint in keys:
            group = int(fingerprint[3:])
            hours = {
                hour: self.counts[group, hour]
                for hour in range(FIRST_HOUR, FIRST_HOUR + HOURS)
                if (group, hour) in self.counts
            }
            found[project, fingerprint] = Stored(Version(1, 1), sum(hours.values()), 0, 0, hours)
        return found

    async def lacking_events(self, _keys):
        return ()

    async def lacking_letters(self, _keys):
        return ()

    async def purged(self, _projects):
        return {}


def peak_mebibytes():
    """The most that this process had; what getrusage tells may be the parent's, which exec does not reset."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


def main(bodies):
    world = LargeWorld(bodies)
    before = peak_mebibytes()
    verdict = asyncio.run(audit(Reading(world.cut(), world, Quiet()), world, {}))
    peak = peak_mebibytes()
    total = msgspec.to_builtins(verdict.total)
    sys.stdout.write(
        json.dumps({"before": before, "peak": peak, "seconds": time.process_time(), "clean": verdict.clean, **total})
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
