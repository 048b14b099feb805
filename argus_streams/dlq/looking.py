"""Reads the dead-letter topics, and what was replayed of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.agents.wire import Topics
from argus_streams.core import replay, replaying
from argus_streams.core.letterbox import Found, Kind, Wanted, find
from argus_streams.core.replay import Replay
from argus_streams.core.replaying import Done
from argus_streams.errors import Malformed
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.records import Records, Span


class Box(NamedTuple):
    """All that lies in the dead-letter topics, and what is known of it."""

    found: Sequence[Found]
    strangers: int  # records that are no letters
    done: Done
    names: Mapping[str, str]  # of the topics that there are, by id
    partitions: Mapping[str, int]  # of each, by name

    def topic_of(self, found: Found) -> str:
        """The topic from which the record came; the id of one that was deleted."""
        topic = found.letter.origins[0].topic
        return self.names.get(topic, topic)

    def choose(self, wanted: Wanted, prefix: str) -> list[Found]:
        """The letters that are asked for, the newest first."""
        chosen = [each for each in self.found if wanted.wants(each, self.topic_of(each), prefix)]
        return sorted(chosen, key=lambda each: (each.time, each.at), reverse=True)


@contextmanager
def reading(given: Settings) -> Iterator[Records]:
    """The cluster's records. Raises ``Misconfigured`` where our topics are missing."""
    topics.require(given.kafka(), app.topics_of(given).replayed)
    with closing(Records(given.kafka(), f"{given.topic_prefix}dlq")) as records:
        yield records


def look(given: Settings, records: Records, since: int | None) -> Box:
    """Read all letters of a time (ms) or later, and what was replayed at any time."""
    ours, there = app.topics_of(given), records.topics()
    kinds = _kinds(ours)
    spans = _spans(records, there, [name for name in kinds if name in there])
    if since is not None:
        spans = records.since(spans, since)
    found, strangers = [], 0
    for raw in records.scan(spans):
        letter = find(raw, kinds[raw.at.topic], there[ours.replayed][0])
        strangers += letter is None
        found += [letter] if letter is not None else []
    return Box(
        found,
        strangers,
        replaying.done(_replays(records, there, ours, found)),
        {topic_id: name for name, (topic_id, _) in there.items()},
        {name: count for name, (_, count) in there.items()},
    )


def _kinds(ours: Topics) -> dict[str, Kind]:
    """What died, by dead-letter topic; those of the inputs hold bodies."""
    of: dict[str, Kind] = {
        ours.incoming: "body",
        ours.replayed: "body",
        ours.normalized: "sighting",
        ours.commands: "command",
        ours.groups: "group",
        ours.kept: "kept",
        ours.correlated: "incident",
        ours.analyses: "analysis",
        ours.scores: "score",
        ours.signals: "other",
        ours.requests: "other",
        ours.incident_commands: "other",
        ours.feedback: "other",
        ours.failed: "other",
        ours.outcomes: "other",
        ours.heal_commands: "other",
        ours.patterns: "other",
        ours.decisions: "other",
    }
    return {ours.dead(topic): kind for topic, kind in of.items()}


def _spans(records: Records, there: Mapping[str, tuple[str, int]], names: Sequence[str]) -> dict[Partition, Span]:
    return records.bounds(Partition(name, number) for name in names for number in range(there[name][1]))


def _replays(
    records: Records, there: Mapping[str, tuple[str, int]], ours: Topics, found: Sequence[Found]
) -> Iterator[Replay]:
    """What the records say that were replayed; a command can only have been replayed after it died."""
    spans = _spans(records, there, [ours.replayed])
    died = [each.time for each in found if each.kind == "command"]
    if died:
        spans |= records.since(_spans(records, there, [ours.commands]), min(died))
    for raw in records.scan(spans):
        try:
            yield replay.told(raw.texts())
        except Malformed:  # NORMALIZE makes a letter of it; most commands are none
            continue
