"""`topics check` and `topics apply` against a broker."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic

from argus_streams.adapters import topics
from argus_streams.core.topology import Create, Drift, Fine, Refuse
from argus_streams.errors import Misconfigured, Unavailable

NAMES = {topic.name for topic in topics.load()}


@pytest.fixture
def client(kafka):
    return {"bootstrap.servers": kafka}


@pytest.fixture
def wanted():
    """A deployment of its own for each test."""
    return {"prefix": f"t{uuid.uuid4().hex[:8]}.", "partitions": 2}


def kinds(decisions):
    return {type(decision) for decision in decisions}


@pytest.fixture
def admin(client):
    return AdminClient(client)


def create(admin, name, partitions=1):
    """A topic that somebody else made, when the broker knows of it; its id."""
    old = topics.topic_ids(admin, [name]).get(name)
    admin.create_topics([NewTopic(name, partitions, 1)])[name].result()
    return soon(lambda: topics.topic_ids(admin, [name]).get(name), lambda new: new not in {None, old})


def soon(look, as_wanted):
    """The controller answers before the broker knows."""
    deadline = time.monotonic() + 15
    while not as_wanted(seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)
    return seen


def test_check_tells_what_is_missing(client, wanted):
    decisions = topics.check(client, **wanted)
    assert {decision.topic.removeprefix(wanted["prefix"]) for decision in decisions} == NAMES
    assert kinds(decisions) == {Create}


def test_check_creates_nothing(client, wanted):
    topics.check(client, **wanted)
    assert kinds(topics.check(client, **wanted)) == {Create}


def test_what_apply_created_is_as_declared(client, wanted):
    assert kinds(topics.apply(client, **wanted)) == {Create}
    assert {decision.reason for decision in topics.check(client, **wanted)} == {"as declared"}


def test_apply_corrects_a_setting_that_drifted(client, admin, wanted):
    topics.apply(client, **wanted)
    name = wanted["prefix"] + "events.normalized"
    entry = ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result()
    soon(lambda: topics.check(client, **wanted), lambda decisions: Drift in kinds(decisions))

    (drift,) = [decision for decision in topics.apply(client, **wanted) if isinstance(decision, Drift)]
    assert (drift.topic, drift.setting, drift.current, drift.should) == (name, "retention.ms", "1000", "604800000")
    assert kinds(topics.check(client, **wanted)) == {Fine}


def test_apply_corrects_what_a_broker_made_by_itself(client, admin, wanted):
    create(admin, wanted["prefix"] + "groups", partitions=2)
    topics.apply(client, **wanted)
    assert kinds(topics.check(client, **wanted)) == {Fine}


def test_apply_leaves_a_keyed_topic_at_its_partitions(client, wanted):
    topics.apply(client, **wanted)
    more = wanted | {"partitions": 3}
    refused = {decision.topic for decision in topics.apply(client, **more) if isinstance(decision, Refuse)}
    assert wanted["prefix"] + "events.normalized" in refused
    assert wanted["prefix"] + "groups.changelog" in refused
    assert kinds(topics.check(client, **wanted)) == {Fine}


def test_apply_grows_a_topic_with_a_free_key(client, wanted):
    topics.apply(client, **wanted)
    more = wanted | {"partitions": 3}
    topics.apply(client, **more)
    (incoming,) = [each for each in topics.check(client, **more) if each.topic.endswith("events.incoming")]
    assert incoming == Fine(incoming.topic, "as declared")


def test_two_applies_at_once_end_as_one(client, wanted):
    start = Barrier(2)

    def run():
        start.wait()
        return topics.apply(client, **wanted)

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run) for _ in range(2)]
        assert all(run.result() for run in runs)
    assert kinds(topics.check(client, **wanted)) == {Fine}


def test_an_input_takes_a_record_of_nearly_8_mib(client, wanted):
    topics.apply(client, **wanted)
    reports = []
    producer = Producer(client | {"message.max.bytes": 16 * 1024 * 1024})
    body = b"x" * (8 * 1024 * 1024 - 1024)
    producer.produce(wanted["prefix"] + "events.incoming", body, on_delivery=lambda error, _: reports.append(error))
    producer.flush(30)
    assert reports == [None]


def test_more_replicas_than_brokers_are_a_wrong_setting(client, wanted):
    with pytest.raises(Misconfigured, match=r"(?i)replication"):
        topics.apply(client, **wanted, replication=3)


def test_a_topic_made_anew_has_another_id(admin, wanted):
    name = wanted["prefix"] + "anew"
    before = create(admin, name)
    admin.delete_topics([name])[name].result()
    soon(lambda: topics.topic_ids(admin, [name]), lambda ids: ids == {})
    assert create(admin, name) != before


def test_a_topic_that_does_not_exist_has_no_id(admin, wanted):
    assert topics.topic_ids(admin, [wanted["prefix"] + "none"]) == {}


def test_a_broker_that_is_down_is_unavailable_with_the_reason():
    client = {"bootstrap.servers": "127.0.0.1:1", "socket.timeout.ms": 1000}
    with pytest.raises(Unavailable, match=r"^Kafka does not answer: .*Connection refused.*Is it up"):
        topics.check(client, prefix="argus.", partitions=8)


def test_a_setting_that_librdkafka_does_not_know_is_misconfigured():
    with pytest.raises(Misconfigured, match=r"bootstrap\.server\b"):
        topics.check({"bootstrap.server": "127.0.0.1:1"}, prefix="argus.", partitions=8)
