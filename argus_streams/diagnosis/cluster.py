"""Kafka as a whole, and our topics in it, by its admin requests alone: nothing is written."""

import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation, AdminClient, ConfigResource, TopicDescription  # type: ignore[attr-defined]

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.core.doctor.cluster import NO_ID, Cluster, Grant, Refusal, Server
from argus_streams.core.doctor.topics import Layout, Partition, Together
from argus_streams.core.topology import Decision, Topic, targets
from argus_streams.errors import Misconfigured, Unavailable
from argus_streams.settings import Settings

CONNECT_SECONDS = 2.0
ASK_SECONDS = 4.0  # one request
# What workers do with a topic of ours; what the command line writes it may be denied.
_READ, _BOTH = ("Read", "Describe"), ("Read", "Write", "Describe")
_DENIED = frozenset({KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED})


def client_of(given: Settings) -> dict[str, Any]:
    """Librdkafka's settings for one that waits no longer than we do."""
    milliseconds = int(ASK_SECONDS * 1000)
    return {**given.kafka(), "socket.timeout.ms": milliseconds, "socket.connection.setup.timeout.ms": milliseconds}


def server(address: str) -> Server:
    """Whether one of the bootstrap servers takes a connection."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except (OSError, ValueError, OverflowError) as error:
        return Server(address, getattr(error, "strerror", None) or str(error))
    return Server(address)


def answering(given: Settings) -> Cluster | Refusal:
    """What the cluster says of itself, and what it lets us do; what it does not, is part of the answer.

    Raises ``Misconfigured`` where there are no settings to ask by.
    """
    client = client_of(given)  # what hinders here is told of the settings
    try:
        with topics.cluster(client) as admin:
            told = admin.describe_cluster(include_authorized_operations=True, request_timeout=ASK_SECONDS).result()
            ours = described(admin, _needed(given))
            return Cluster(
                brokers=tuple(f"{node.host}:{node.port}" for node in told.nodes),
                replication=given.topic_replication,
                ids=_have_ids(ours),
                grants=tuple(_grants(given, ours)),
                user=given.kafka_sasl_username,
            )
    except Misconfigured as error:
        denied = isinstance(error.__cause__, KafkaException) and error.__cause__.args[0].code() in _DENIED
        return Refusal("access" if denied else "settings", str(error))
    except Unavailable as error:
        return Refusal("away", str(error))


def decisions(given: Settings) -> tuple[Decision, ...]:
    """What `argus topics check` tells. Raises ``Misconfigured`` and ``Unavailable``."""
    return topics.check(
        client_of(given),
        prefix=given.topic_prefix,
        derived=given.making().prefix,
        partitions=given.topic_partitions,
        replication=given.topic_replication,
    )


def layout(given: Settings) -> Layout:
    """Our topics' partitions, and which of them belong together. Raises ``Misconfigured`` and ``Unavailable``."""
    with topics.cluster(client_of(given)) as admin:
        found = {name: each for name, each in described(admin, _needed(given)).items() if not isinstance(each, str)}
        configs = configured(admin, list(found))
    known = _declared(given).keys() | given.input_defaults().keys()
    return Layout(
        partitions=tuple(each for name, told in found.items() for each in _partitions(name, told)),
        together=tuple(_together(given)),
        foreign=tuple(given.input_defaults()),
        mirrored=tuple(name for name in _read(given) if name not in known),
        quorum={name: int(config.get("min.insync.replicas", 1)) for name, config in configs.items()},
    )


def _declared(given: Settings) -> Mapping[str, Topic]:
    """Our topics by their names in this deployment."""
    declared = topics.load()
    named = targets(
        declared,
        prefix=given.topic_prefix,
        derived=given.making().prefix,
        partitions=given.topic_partitions,
        replication=1,
    )
    return {target.name: topic for topic, target in zip(declared, named, strict=True)}


def _read(given: Settings) -> Sequence[str]:
    """Every topic that some role reads, each once."""
    return list(dict.fromkeys(name for role in app.ROLES for name in app.inputs(given, role)))


def _needed(given: Settings) -> Mapping[str, tuple[str, ...]]:
    """What workers do with each topic."""
    ours = {name: _READ if topic.kind == "input" else _BOTH for name, topic in _declared(given).items()}
    return dict.fromkeys(_read(given), _READ) | ours


def described(admin: AdminClient, names: Collection[str]) -> dict[str, TopicDescription | str]:
    """Each topic that there is; a word in place of what may not be described."""
    asked = admin.describe_topics(
        TopicCollection(list(names)), include_authorized_operations=True, request_timeout=ASK_SECONDS
    )
    found: dict[str, TopicDescription | str] = {}
    for name, answer in asked.items():
        try:
            found[name] = answer.result()
        except KafkaException as error:
            if error.args[0].code() in _DENIED:
                found[name] = "denied"
            elif error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise
    return found


def _have_ids(found: Mapping[str, TopicDescription | str]) -> bool | None:
    ids = [str(each.topic_id) for each in found.values() if not isinstance(each, str)]
    return NO_ID not in ids if ids else None


def _grants(given: Settings, found: Mapping[str, TopicDescription | str]) -> Iterator[Grant]:
    needed = _needed(given)
    for name, each in found.items():
        yield Grant("topic", name, needed[name], None if isinstance(each, str) else operations(each))


def operations(described: Any) -> tuple[str, ...]:
    """What the user may do with what was described, in Kafka's words."""
    return tuple(_WORDS.get(each, each.name) for each in described.authorized_operations or ())


_WORDS = {each: "".join(word.capitalize() for word in each.name.split("_")) for each in AclOperation}


def _partitions(name: str, told: TopicDescription) -> Iterator[Partition]:
    for each in told.partitions:
        leader = getattr(each.leader, "id", -1)
        replicas, in_sync = (tuple(node.id for node in nodes) for nodes in (each.replicas, each.isr))
        yield Partition(name, each.id, leader if leader >= 0 else None, replicas, in_sync)


def _together(given: Settings) -> Iterator[Together]:
    """What a worker holds to be equal when it begins."""
    for role in app.ROLES:
        changelog = app.changelog_of(given, role)
        if changelog is not None:
            yield Together(role, (*app.inputs(given, role), changelog))


def configured(admin: AdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """What is in force for each topic; one whose configuration may not be read is left out, `topics` tells of it."""
    if not names:
        return {}
    asked = admin.describe_configs(
        [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names], request_timeout=ASK_SECONDS
    )
    found = {}
    for resource, answer in asked.items():
        try:
            found[resource.name] = {entry.name: entry.value or "" for entry in answer.result().values()}
        except KafkaException:
            continue
    return found
