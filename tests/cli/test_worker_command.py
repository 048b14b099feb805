"""Workers as processes: what they say, and how they end."""

import signal
import threading
import time
import uuid

import pytest
from commands import argus, process

from argus_streams.streaming.supervisor import STOP_SECONDS

NOBODY = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "ARGUS_HEALTH_PORT": "0", "ARGUS_HEALTH_HOST": "127.0.0.1"}
NO_DATABASE = {"DATABASE_URL": "postgresql://argus@127.0.0.1:1/argus"}


def until(stream, text, seconds=90.0):
    """The line that holds the text; fails when none comes in time."""
    timer = threading.Timer(seconds, stream.close)
    timer.start()
    try:
        said = []
        for line in stream:
            said.append(line)
            if text in line:
                return line
        raise AssertionError(f"{text!r} was not said, but: {''.join(said)}")
    finally:
        timer.cancel()


def seconds_to_end(running, number):
    """From a signal to an end in good order."""
    began = time.monotonic()
    running.send_signal(number)
    assert running.wait(60) == 0
    return time.monotonic() - began


@pytest.mark.parametrize(("role", "number"), [("normalize", signal.SIGTERM), ("correlate", signal.SIGINT)])
def test_a_worker_waits_for_a_broker_says_so_and_ends_when_told_to(role, number):
    with process("worker", role, **NOBODY) as running:
        line = until(running.stderr, "waiting for Kafka")
        assert "127.0.0.1:1" in line
        assert seconds_to_end(running, number) < STOP_SECONDS
        assert "Traceback" not in running.stderr.read()


def test_several_roles_end_together():
    with process("worker", "all", **NOBODY, **NO_DATABASE) as running:
        until(running.stderr, "waiting for Kafka")
        assert seconds_to_end(running, signal.SIGTERM) < 10


def test_without_a_broker_named_a_worker_is_exit_78():
    for role in ("normalize", "correlate", "store"):
        result = argus("worker", role, DATABASE_URL="postgresql://argus@127.0.0.1:1/argus")
        assert result.exit_code == 78
        assert "KAFKA_BOOTSTRAP_SERVERS" in result.stderr


def test_a_role_that_is_misconfigured_ends_them_all():
    with process("worker", "all") as running:
        assert running.wait(60) == 78
        assert "KAFKA_BOOTSTRAP_SERVERS" in running.stderr.read()


def test_a_store_without_a_database_named_is_exit_78():
    result = argus("worker", "store", **NOBODY)
    assert result.exit_code == 78
    assert "DATABASE_URL" in result.stderr


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("ARGUS_INPUTS", {"ARGUS_INPUTS": "old=sentri:shop"}),
        ("ARGUS_MAPPINGS_FILE has no mapping for till", {"ARGUS_INPUTS": "old=mapped:till"}),
        ("ARGUS_MAPPINGS_FILE: /nowhere/mappings.yaml", {"ARGUS_MAPPINGS_FILE": "/nowhere/mappings.yaml"}),
        ("ARGUS_HEALTH_HOST", {"ARGUS_HEALTH_HOST": "256.256.256.256"}),
        (
            "ARGUS_KAFKA_SSL_CA_LOCATION: there is no /nowhere/ca.pem",
            {"ARGUS_KAFKA_SECURITY_PROTOCOL": "SSL", "ARGUS_KAFKA_SSL_CA_LOCATION": "/nowhere/ca.pem"},
        ),
    ],
)
def test_a_setting_that_can_not_work_is_exit_78(name, environment):
    result = argus("worker", "normalize", **NOBODY | environment)
    assert result.exit_code == 78
    assert name in result.stderr


@pytest.mark.parametrize("role", ["normalize", "correlate"])
def test_a_broker_without_our_topics_is_exit_78_and_what_to_run(kafka, role):
    environment = NOBODY | {"KAFKA_BOOTSTRAP_SERVERS": kafka, "ARGUS_TOPIC_PREFIX": f"none{uuid.uuid4().hex[:6]}."}
    with process("worker", role, **environment) as running:
        assert running.wait(90) == 78
        said = running.stderr.read()
        assert "argus topics apply" in said
        assert "events." in said
        assert "Traceback" not in said
