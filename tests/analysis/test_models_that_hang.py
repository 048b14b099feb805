"""Models that never answer hold nobody but their own analyses: all else goes on to Postgres, and STORE with it."""

import re
import subprocess
import sys
import uuid
from contextlib import contextmanager

import msgspec
import psycopg
import pytest
from commands import argus, bare
from confluent_kafka import Consumer, Producer, TopicPartition
from processes import comes_true
from stub_models import Behaviour, Stub, running
from stub_wire import model_info

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.models import load_prices

PARTITIONS = 2
STORED = (
    "groups",
    "events.kept",
    "events.correlated",
    "quality.scores",
)  # STORE's inputs, but analyses, which may come


@pytest.fixture
def models():
    """All that have a price, which take every question and answer none."""
    offered = {model: model_info(model) for provider, model in load_prices(None).models if provider == "anthropic"}
    with running(Stub(models=offered, usual=Behaviour(kind="hang"))) as stub:
        yield stub


@pytest.fixture
def deployed(kafka, postgres_url, tmp_path, models):
    """The environment of a deployment that asks them at once, and waits for ever."""
    patient = tmp_path / "models.yaml"
    patient.write_text(re.sub(r"timeout: \d+", "timeout: 3600", (data_folder("defaults") / "models.yaml").read_text()))
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": postgres_url, "ARGUS_HEALTH_PORT": "0",
        "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.", "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
        "ARGUS_ANALYSIS_DELAY": "0", "ARGUS_ANALYSIS_CALLS": "2", "ARGUS_MODELS_FILE": str(patient),
        "ANTHROPIC_API_KEY": "a-key", "ANTHROPIC_BASE_URL": models.url_of("anthropic"),
    }  # fmt: skip
    for command in (("topics", "apply"), ("migrate",)):
        assert argus(*command, **environment).exit_code == 0
    return environment


@contextmanager
def workers(environment, log):
    """Every role."""
    command = [sys.executable, "-m", "argus_streams", "worker", "all"]
    with log.open("wb") as out, subprocess.Popen(command, env=bare() | environment, stdout=out, stderr=out) as running:  # noqa: S603 - our own command line
        try:
            yield
        finally:
            running.terminate()


def publish(environment, numbers):
    """A body of a fatal problem of its own each."""
    producer = Producer({"bootstrap.servers": environment["KAFKA_BOOTSTRAP_SERVERS"]})
    for number in numbers:
        letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        body = {"id": f"one-{number}", "severity": "fatal", "type": f"Broken{letters}", "message": "it broke",
                "service": f"service-{letters}"}  # fmt: skip
        producer.produce(
            f"{environment['ARGUS_TOPIC_PREFIX']}events.incoming", msgspec.json.encode(body),
            headers={"ce_source": "argus", "project": "shop"}, partition=number % PARTITIONS,
        )  # fmt: skip
    assert producer.flush(30) == 0


def stored(environment):
    """How many events Postgres has counted."""
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        return connection.execute("select coalesce(sum(count), 0) from argus_live.error_groups").fetchone()[0]


def lag(environment):
    """Records that STORE has not committed."""
    prefix = environment["ARGUS_TOPIC_PREFIX"]
    looking_on = Consumer({"bootstrap.servers": environment["KAFKA_BOOTSTRAP_SERVERS"], "group.id": f"{prefix}store"})
    try:
        places = [TopicPartition(prefix + topic, number) for topic in STORED for number in range(PARTITIONS)]
        done = {(each.topic, each.partition): each.offset for each in looking_on.committed(places, timeout=10)}
        bounds = {place: looking_on.get_watermark_offsets(TopicPartition(*place), timeout=10) for place in done}
    finally:
        looking_on.close()
    return sum(end - max(done[place], start) for place, (start, end) in bounds.items())


def test_all_bodies_reach_postgres_and_store_keeps_up_while_calls_to_models_hang(deployed, models, tmp_path):
    log = tmp_path / "workers.log"
    with workers(deployed, log):
        publish(deployed, range(10))
        assert comes_true(lambda: len(models.calls) == 2, 60), log.read_text()  # which is all that there may be at once
        publish(deployed, range(10, 300))
        assert comes_true(lambda: stored(deployed) == 300, 60), log.read_text()
        assert comes_true(lambda: lag(deployed) == 0, 30), log.read_text()
        assert models.totals()["billed"] == {}
        assert len(models.calls) == 2  # and they hang still: others would have been made after them
