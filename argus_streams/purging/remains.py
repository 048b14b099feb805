"""What a purge can not take: records that Kafka gives up only when their time has come."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from argus_streams.core.topology import Topic, with_dead_letters


class Remaining(NamedTuple):
    """A topic that holds records of the project, and when the last of them has left."""

    topic: str
    until: int | None  # ms, at the latest; ``None`` = never
    why: str


def remaining(names: Mapping[str, Topic], configs: Mapping[str, Mapping[str, str]], now: int) -> Iterator[Remaining]:
    """Each topic that may hold records of before ``now`` (ms), by its settings in force on the broker."""
    for name, topic in names.items():
        config = configs.get(name)
        if config is None:
            continue
        kept, segment = int(config["retention.ms"]), int(config["segment.ms"])
        if "compact" in config["cleanup.policy"]:
            lag = int(config["min.compaction.lag.ms"])
            yield Remaining(name, now + lag + segment, "old versions of each key, until the log is compacted")
        elif kept < 0:
            yield Remaining(name, None, "what people decided, with their names and reasons")
        else:
            yield Remaining(name, now + kept + segment, topic.about.rstrip("."))


def declared(topics: Sequence[Topic], prefix: str, derived: Mapping[str, str]) -> Mapping[str, Topic]:
    """The topics by name: the inputs once, the others of each generation, whose prefixes are ``derived``."""
    every = with_dead_letters(topics)
    found = {prefix + topic.name: topic for topic in every if topic.kind == "input"}
    for own in derived.values():
        found |= {own + topic.name: topic for topic in every if topic.kind != "input"}
    return found
