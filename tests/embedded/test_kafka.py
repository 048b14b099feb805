"""The broker of our own is Apache Kafka 4.4, keeps what it was given, and ends when it should."""

import os
import sys
from pathlib import Path

import parts
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from processes import comes_true, is_alive, python

from argus_streams.embedded.kafka import start_kafka

MEBIBYTE = 1024 * 1024
PARENT = """
import sys, time
from argus_streams.embedded.kafka import start_kafka
print(start_kafka(None, say=lambda line: print(line, file=sys.stderr)).pid, flush=True)
time.sleep(60)
"""
pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def shared_broker(say):
    """For tests that leave it as it is: a start takes some seconds of a processor."""
    with parts.obtained("kafka", lambda: start_kafka(None, say=say)) as started:
        yield started


def make_topic(broker, name, **config):
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    admin.create_topics([NewTopic(name, 1, 1, config=config)])[name].result(10)


def publish(broker, topic, value):
    producer = Producer({"bootstrap.servers": broker.bootstrap, "acks": "all", "message.max.bytes": 10_000_000})
    failures = []
    producer.produce(topic, value, on_delivery=lambda error, _: failures.append(error) if error else None)
    assert producer.flush(20) == 0
    assert not failures


def first_value(broker, topic):
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "g", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0)])
    try:
        message = consumer.poll(20)
        return message and message.value()
    finally:
        consumer.close()


def test_it_is_the_version_it_claims_and_makes_no_topic_by_itself(shared_broker):
    assert "Kafka version: 4.4.0" in shared_broker.log
    assert shared_broker.describe.startswith("Apache Kafka 4.4.0")

    admin = AdminClient({"bootstrap.servers": shared_broker.bootstrap})
    assert admin.list_topics("not.declared", timeout=10).topics["not.declared"].error is not None
    assert "not.declared" not in admin.list_topics(timeout=10).topics


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_starts_with_the_classes_of_the_cache(shared_broker):
    assert "/classes-" in Path(f"/proc/{shared_broker.pid}/maps").read_text()


def test_a_record_of_8_mebibytes_passes(shared_broker):
    make_topic(shared_broker, "large", **{"max.message.bytes": str(9 * MEBIBYTE)})
    publish(shared_broker, "large", os.urandom(8 * MEBIBYTE))
    assert len(first_value(shared_broker, "large")) == 8 * MEBIBYTE


def test_two_run_beside_each_other(shared_broker, kafka):
    assert shared_broker.bootstrap != kafka
    make_topic(shared_broker, "only.here")
    assert "only.here" not in AdminClient({"bootstrap.servers": kafka}).list_topics(timeout=10).topics


def test_a_named_folder_keeps_its_records_and_port_through_a_crash_and_a_stop(new_broker, tmp_path):
    folder = tmp_path / "a folder, with: spaces é"
    first = new_broker(folder)
    make_topic(first, "kept")
    publish(first, "kept", b"precious")
    first.kill()
    first.restart()
    assert first_value(first, "kept") == b"precious"
    first.stop()

    again = new_broker(folder)
    assert again.bootstrap == first.bootstrap
    assert first_value(again, "kept") == b"precious"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_temporary_folder_goes_with_the_broker(broker):
    folder = Path(f"/proc/{broker.pid}/cwd").readlink()
    assert (folder / "data").is_dir()
    broker.stop()
    assert not folder.exists()


@pytest.mark.usefixtures("shared_broker")  # it can be started here at all
def test_it_ends_with_a_parent_that_is_killed():
    with python(PARENT) as parent:
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
        assert comes_true(lambda: not is_alive(pid), 20)
