"""The declared topics, and the cluster that has to have them."""

import json
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import msgspec
import yaml
from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its public names are not re-exported explicitly
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    TopicDescription,
)

from argus_streams.adapters.contracts import data_folder
from argus_streams.core.topology import (
    Create,
    Decision,
    Drift,
    Existing,
    Target,
    Topic,
    mirrors,
    plan,
    targets,
    with_dead_letters,
)
from argus_streams.errors import Misconfigured, Unavailable

KINDS = ("input", "derived", "changelog")
_TIMEOUT = 15.0  # seconds until every broker of the cluster has to know of a change
_PAUSE = 0.1  # seconds between two looks
_REPLICAS = 3  # where the cluster has as many brokers
_RACED = frozenset(  # what one of two `apply` meets
    {KafkaError.TOPIC_ALREADY_EXISTS, KafkaError.INVALID_PARTITIONS, KafkaError.UNKNOWN_TOPIC_OR_PART}
)
_SETTINGS = frozenset(  # answers that will be the same the next time
    {
        KafkaError._INVALID_ARG,  # noqa: SLF001 - librdkafka's own codes begin with an underscore, and are public
        KafkaError._AUTHENTICATION,  # noqa: SLF001
        KafkaError._SSL,  # noqa: SLF001
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.POLICY_VIOLATION,
        KafkaError.INVALID_CONFIG,
        KafkaError.INVALID_REPLICATION_FACTOR,
        KafkaError.INVALID_PARTITIONS,
        KafkaError.TOPIC_EXCEPTION,
    }
)


def load(folder: Path | None = None) -> tuple[Topic, ...]:
    """Every declared topic by name, each followed by its dead-letter topic where an agent reads it."""
    folder = folder or data_folder("topics")
    closed = jsonschema.Draft202012Validator(json.loads((folder / "topic.schema.json").read_text()))
    topics = [_topic(path, closed) for path in sorted(folder.glob("*.yaml"))]
    counts = {topic.name: topic.partitions for topic in topics}
    for name, count in counts.items():
        if isinstance(count, str) and count not in counts:
            raise Misconfigured(f"topics/{name}.yaml: partitions: no topic is named {count}")
        if isinstance(count, str) and isinstance(counts[count], str):
            raise Misconfigured(f"topics/{name}.yaml: partitions: {count} itself follows {counts[count]}")
    return with_dead_letters(topics)


def _topic(path: Path, closed: jsonschema.Draft202012Validator) -> Topic:
    written = yaml.safe_load(path.read_text())
    error = jsonschema.exceptions.best_match(closed.iter_errors(written))
    if error is not None:
        place = "".join(f"{key}: " for key in error.absolute_path)
        raise Misconfigured(f"topics/{path.name}: {place}{error.message}")
    return msgspec.convert({"name": path.stem, **written}, Topic)


class Wanted(NamedTuple):
    """Which topics there should be."""

    prefix: str
    partitions: int
    replication: int | None = None  # None = 3, or as many as the cluster has brokers
    derived: str | None = None  # prefix of all but the inputs, where a generation has its own
    kinds: Collection[str] = KINDS  # those of other kinds are nobody's business now
    regions: Collection[str] = ()  # others, whose inputs are mirrored to this cluster


def check(client: Mapping[str, Any], **wanted: Any) -> tuple[Decision, ...]:
    """Compare the cluster with the declared topics, and change nothing.

    ``client`` holds librdkafka's settings, ``wanted`` the fields of ``Wanted``.
    """
    with cluster(client) as admin:
        return _plan(admin, Wanted(**wanted))


def apply(client: Mapping[str, Any], **wanted: Any) -> tuple[Decision, ...]:
    """Create what is missing and correct what drifted; what was found, of which a ``Create`` and a ``Drift`` are done.

    When it returns, the cluster shows them. A ``Refuse`` stops its own topic alone. Two of these at once end in the
    same topics as one.
    """
    with cluster(client) as admin:
        first = left = _plan(admin, Wanted(**wanted))
        deadline = time.monotonic() + _TIMEOUT
        # The controller answers before the brokers know: what they say too early is corrected by a second look.
        while any(isinstance(each, Create | Drift) for each in left):
            _act(admin, left)
            left = _plan(admin, Wanted(**wanted))
            if time.monotonic() > deadline:
                told = "; ".join(f"{each.topic}: {each.reason}" for each in left if isinstance(each, Create | Drift))
                raise Unavailable(f"Kafka takes the changes, but does not show them in {_TIMEOUT:.0f} s: {told}")
            time.sleep(_PAUSE)
        return first


def delete(client: Mapping[str, Any], names: Collection[str]) -> Sequence[str]:
    """Delete topics; those that were there. When it returns, the cluster does not show them."""
    with cluster(client) as admin:
        found = sorted(_describe(admin, names)) if names else []
        deadline = time.monotonic() + _TIMEOUT
        left: Collection[str] = found
        while left:
            _wait(admin.delete_topics(list(left), operation_timeout=_TIMEOUT))
            left = _describe(admin, found)
            if time.monotonic() > deadline:
                raise Unavailable(f"Kafka does not delete {', '.join(sorted(left))} in {_TIMEOUT:.0f} s")
        return found


def configs(client: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """The settings in effect of those topics that are there."""
    with cluster(client) as admin:
        return {name: found.config for name, found in _existing(admin, list(names)).items()}


def require(client: Mapping[str, Any], name: str) -> None:
    """Raise ``Unavailable`` where Kafka does not answer, and ``Misconfigured`` where it has no topic of this name."""
    with cluster(client) as admin:
        if name not in _describe(admin, [name]):
            raise Misconfigured(f"Kafka has no topic {name}: run `argus topics apply`, or correct ARGUS_TOPIC_PREFIX")


def retention(client: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, int]:
    """How long topics are kept in effect, ms; -1 = for ever."""
    with cluster(client) as admin:
        return {name: int(found.config["retention.ms"]) for name, found in _existing(admin, names).items()}


def topic_ids(admin: AdminClient, names: Collection[str]) -> dict[str, str]:
    """The id of each topic that exists; one deleted and made anew under its name has another."""
    with _kafka_errors(deque()):
        return {name: str(found.topic_id) for name, found in _describe(admin, names).items()}


def _plan(admin: AdminClient, wanted: Wanted) -> tuple[Decision, ...]:
    replication = wanted.replication or min(_REPLICAS, len(admin.describe_cluster().result().nodes))
    every = targets(
        topics := load(),
        prefix=wanted.prefix,
        partitions=wanted.partitions,
        replication=replication,
        derived=wanted.derived,
    )
    chosen = [(topic, target) for topic, target in zip(topics, every, strict=True) if topic.kind in wanted.kinds]
    declared = [*(target for _, target in chosen), *mirrors(chosen, wanted.regions)]
    return plan(declared, _existing(admin, [target.name for target in declared]))


def _existing(admin: AdminClient, names: Sequence[str]) -> dict[str, Existing]:
    found = _describe(admin, names)
    if not found:
        return {}
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in found]
    configs = _known(admin.describe_configs(resources))
    return {
        resource.name: Existing(
            name=resource.name,
            partitions=len(found[resource.name].partitions),
            replication=min(len(partition.replicas) for partition in found[resource.name].partitions),
            config={entry.name: entry.value or "" for entry in config.values()},
        )
        for resource, config in configs.items()
    }


def _describe(admin: AdminClient, names: Collection[str]) -> dict[str, TopicDescription]:
    return _known(admin.describe_topics(TopicCollection(list(names))))


def _known(answers: Mapping[Any, Future[Any]]) -> dict[Any, Any]:
    """The answers about topics that the broker asked knows of."""
    known = {}
    for name, answer in answers.items():
        try:
            known[name] = answer.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise
    return known


def _act(admin: AdminClient, decisions: Sequence[Decision]) -> None:
    drifts = [each for each in decisions if isinstance(each, Drift)]
    _create(admin, [each.target for each in decisions if isinstance(each, Create)])
    _grow(admin, [each for each in drifts if each.setting == "partitions"])
    _correct(admin, [each for each in drifts if each.setting != "partitions"])


def _create(admin: AdminClient, missing: Sequence[Target]) -> None:
    if missing:
        new = [
            NewTopic(
                each.name,
                num_partitions=each.partitions,
                replication_factor=each.replication,
                config=each.config,
            )
            for each in missing
        ]
        _wait(admin.create_topics(new))


def _grow(admin: AdminClient, small: Sequence[Drift]) -> None:
    if small:
        new = [NewPartitions(each.topic, int(each.should)) for each in small]
        _wait(admin.create_partitions(new))


def _correct(admin: AdminClient, drifts: Sequence[Drift]) -> None:
    for topic in sorted({each.topic for each in drifts}):
        entries = [
            ConfigEntry(each.setting, each.should, incremental_operation=AlterConfigOpType.SET)
            for each in drifts
            if each.topic == topic
        ]
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=entries)
        _wait(admin.incremental_alter_configs([resource]))


def _wait(answers: Mapping[Any, Future[Any]]) -> None:
    for answer in answers.values():
        try:
            answer.result()
        except KafkaException as error:
            if error.args[0].code() not in _RACED:
                raise


@contextmanager
def cluster(client: Mapping[str, Any]) -> Iterator[AdminClient]:
    """A client whose failures say what the connection complained of, not only that time ran out."""
    complaints: deque[KafkaError] = deque(maxlen=100)
    with _kafka_errors(complaints):
        # librdkafka prints each failed connection to stderr, twenty a second; the one error we raise says it once
        config: dict[str, Any] = {"log_level": 2, "error_cb": complaints.append, "socket.timeout.ms": 15_000, **client}
        admin = AdminClient(config)
        try:
            yield admin
        finally:
            admin.poll(0)


@contextmanager
def _kafka_errors(complaints: Collection[KafkaError]) -> Iterator[None]:
    try:
        yield
    except KafkaException as failure:
        error = failure.args[0]
        told = next((each for each in complaints if each.code() in _SETTINGS), next(iter(complaints), error))
        if error.code() in _SETTINGS or told.code() in _SETTINGS:
            reason = error if error.code() in _SETTINGS else told
            raise Misconfigured(f"Kafka refuses: {reason.str()}") from failure
        raise Unavailable(f"Kafka does not answer: {told.str()}. Is it up, and its address right?") from failure
