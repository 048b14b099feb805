"""What our topics should be, against what a cluster has: every difference is a decision with its reason."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct, structs

from argus_streams.core.regions import mirror

FREE = "free"  # the key of a topic in which no two records have to stay in order
DEAD_LETTERS = ".dlq"
_DEAD_LETTER_PARTITIONS = 8
_LETTER_BYTES = 8 * 1024 * 1024  # `core.letters` keeps value and headers below it, whatever topic they come from
_QUORUM = 3  # replicas; from here on two must confirm, so that one broker's loss loses no record
_HOURS = {"h": 1, "d": 24}
_EXACT = frozenset({"cleanup.policy", "message.timestamp.type"})  # elsewhere more than declared is an operator's choice


class Topic(Struct, frozen=True, kw_only=True):
    """One file of ``topics/``, as written there; ``topics/topic.schema.json`` tells each field."""

    name: str  # the file's stem, without the deployment's prefix
    about: str
    kind: Literal["input", "derived", "changelog"]
    key: str
    key_why: str
    partitions: int | str | None = None  # a number, the topic it must equal, or None for the deployment's setting
    cleanup: Literal["delete", "compact", "compact,delete"]
    retention: str | None = None  # "7d", "12h" or "forever"
    compaction_lag: str | None = None
    config: dict[str, int | str] = {}
    mirrored: bool = False  # between regions; what is derived is derived in each
    schema: str | None
    producers: tuple[str, ...]
    consumers: tuple[str, ...]


class Target(Struct, frozen=True, kw_only=True):
    """A topic as a deployment wants it on its cluster."""

    name: str
    key: str
    partitions: int
    follows: str | None  # the topic whose partitions these equal, because one state is spread over both
    replication: int
    config: dict[str, str]
    region: str | None = None  # the other region whose records MirrorMaker brings here


class Existing(Struct, frozen=True, kw_only=True):
    """A topic as the cluster describes it; ``config`` holds the values in effect, defaults included."""

    name: str
    partitions: int
    replication: int
    config: dict[str, str]


class Create(Struct, frozen=True):
    """The topic is missing."""

    topic: str
    target: Target
    reason: str


class Drift(Struct, frozen=True):
    """One setting is not as declared, and ``apply`` can correct it."""

    topic: str
    setting: str  # Kafka's name of it, or "partitions"
    current: str
    should: str
    reason: str


class Refuse(Struct, frozen=True):
    """The topic can not be made as declared; a person has to choose."""

    topic: str
    reason: str


class Weak(Struct, frozen=True):
    """The topic works, with fewer replicas than asked for; only an operator can move replicas."""

    topic: str
    reason: str


class Fine(Struct, frozen=True):
    """Nothing to do."""

    topic: str
    reason: str


Decision = Create | Drift | Refuse | Weak | Fine


def with_dead_letters(topics: Sequence[Topic]) -> tuple[Topic, ...]:
    """The topics, and after each that an agent reads its dead-letter topic.

    A changelog has none: its owner alone writes it, and what it can not read back is no letter but a stop.
    """
    return tuple(each for topic in topics for each in (topic, *_dead_letters(topic)))


def _dead_letters(topic: Topic) -> Iterator[Topic]:
    if topic.kind == "changelog" or not topic.consumers:
        return
    yield Topic(
        name=topic.name + DEAD_LETTERS,
        about=f"Records of {topic.name} that could not be processed, each with its reason, until someone looks.",
        kind="derived",
        key=FREE,
        key_why="Letters are read one by one, by people; no order matters.",
        partitions=_DEAD_LETTER_PARTITIONS,
        cleanup="delete",
        retention="30d",
        config={"max.message.bytes": _LETTER_BYTES},
        schema="letter",
        producers=topic.consumers,
        consumers=("store",),  # people look them up in Postgres
    )


def mirrors(declared: Iterable[tuple[Topic, Target]], regions: Collection[str]) -> tuple[Target, ...]:
    """What holds other regions' records of the declared topics.

    Their times are those that the regions' brokers gave them, or one body would have another time in each region.
    MirrorMaker takes topics that are there, so that no worker has to wait for it, nor for a region that is down.
    """
    return tuple(
        structs.replace(
            target,
            name=mirror(alias, target.name),
            config=target.config | {"message.timestamp.type": "CreateTime"},
            region=alias,
        )
        for topic, target in declared
        if topic.mirrored
        for alias in regions
    )


def targets(
    topics: Sequence[Topic], *, prefix: str, partitions: int, replication: int, derived: str | None = None
) -> tuple[Target, ...]:
    """The declared topics under a deployment's prefix, partition count and replication factor.

    All but the inputs stand under the prefix ``derived``, where a generation has its own.
    """
    counts = {topic.name: topic.partitions for topic in topics}
    own = {topic.name: prefix if topic.kind == "input" or derived is None else derived for topic in topics}

    def count(of: int | str | None) -> int:
        if isinstance(of, str):
            return count(counts[of])
        return partitions if of is None else of

    return tuple(
        Target(
            name=own[topic.name] + topic.name,
            key=topic.key,
            partitions=count(topic.partitions),
            follows=own[topic.partitions] + topic.partitions if isinstance(topic.partitions, str) else None,
            replication=replication,
            config=_config(topic),
        )
        for topic in topics
    )


def _config(topic: Topic) -> dict[str, str]:
    # Kafka's own time of a record decides what came first; a producer's clock may be anything.
    config = {"cleanup.policy": topic.cleanup, "message.timestamp.type": "LogAppendTime"}
    if topic.retention is not None:
        config["retention.ms"] = milliseconds(topic.retention)
    if topic.retention == "forever":
        config["retention.bytes"] = "-1"  # a cluster-wide limit in bytes would end "forever" early
    if topic.compaction_lag is not None:
        config["min.compaction.lag.ms"] = milliseconds(topic.compaction_lag)
    return config | {setting: str(value) for setting, value in topic.config.items()}


def milliseconds(duration: str) -> str:
    """A duration of a topic file in Kafka's terms: ``"7d"`` is ``"604800000"``, ``"forever"`` is ``"-1"``."""
    return "-1" if duration == "forever" else str(int(duration[:-1]) * _HOURS[duration[-1]] * 3_600_000)


def plan(declared: Sequence[Target], existing: Mapping[str, Existing]) -> tuple[Decision, ...]:
    """Compare each topic with what the cluster has; a topic without a difference is ``Fine``."""
    stuck = {target.name for target in declared if _refusal(target, existing.get(target.name)) is not None}
    return tuple(decision for target in declared for decision in _decide(target, existing.get(target.name), stuck))


def _decide(target: Target, found: Existing | None, stuck: set[str]) -> Iterator[Decision]:
    if target.follows in stuck:
        reason = f"it needs as many partitions as {target.follows}, whose own number is refused"
        yield Refuse(target.name, reason)
    elif found is None:
        full = structs.replace(target, config=_with_quorum(target.config, target.replication))
        yield Create(target.name, full, f"missing; {target.partitions} partitions, {target.replication} replica(s)")
    else:
        yield from list(_differences(target, found)) or [Fine(target.name, _fine(target, found))]


def _differences(target: Target, found: Existing) -> Iterator[Decision]:
    refusal = _refusal(target, found)
    if refusal is not None:
        yield Refuse(target.name, refusal)
    elif found.partitions < target.partitions:
        reason = f"has {found.partitions} partitions of {target.partitions}; no key moves, for none is kept"
        yield Drift(target.name, "partitions", str(found.partitions), str(target.partitions), reason)
    if found.replication < target.replication:
        reason = f"has {found.replication} replica(s) of {target.replication}: move them with kafka-reassign-partitions"
        yield Weak(target.name, reason)
    for setting, should in _with_quorum(target.config, found.replication).items():
        current = found.config.get(setting, "")
        if not _satisfies(setting, current, should):
            yield Drift(target.name, setting, current, should, f"{setting} is {current}, declared is {should}")


def _refusal(target: Target, found: Existing | None) -> str | None:
    if found is None or target.key == FREE or found.partitions == target.partitions:
        return None
    if target.region is not None and found.partitions > target.partitions:
        return (
            f"region {target.region} has {found.partitions} partitions where this one has {target.partitions}; "
            f"MirrorMaker keeps a record's partition, so what is keyed by {target.key} would miss its state here: give "
            "both regions the same ARGUS_TOPIC_PARTITIONS, and build one of them anew under another prefix"
        )
    numbers = f"it has {found.partitions} partitions and {target.partitions} are asked for"
    why = (
        f"it is keyed by {target.key}, and with more partitions a key's next records would land apart from its state"
        if found.partitions < target.partitions
        else "Kafka can not take partitions away"
    )
    return f"{numbers}, but {why}; ask for {found.partitions}, or build anew under another prefix"


def _with_quorum(config: Mapping[str, str], replication: int) -> dict[str, str]:
    return dict(config) | ({"min.insync.replicas": "2"} if replication >= _QUORUM else {})


def _satisfies(setting: str, current: str, should: str) -> bool:
    """Whether the value in effect is as declared, or is a number that keeps or takes more.

    An operator who keeps an input for 30 days must not lose 23 of them to an upgrade.
    """
    if setting in _EXACT or not (_is_number(current) and _is_number(should)):
        return current == should
    return int(current) == -1 or -1 != int(should) <= int(current)


def _is_number(value: str) -> bool:
    return value.removeprefix("-").isdecimal()


def _fine(target: Target, found: Existing) -> str:
    more = [f"{key} {found.config[key]}" for key, should in target.config.items() if found.config.get(key) != should]
    if found.partitions > target.partitions:
        more.append(f"{found.partitions} partitions")
    return f"more than declared, left as it is: {', '.join(more)}" if more else "as declared"
