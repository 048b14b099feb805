"""What a worker's memory is, measured on the process itself, while it works off a backlog of large bodies."""

import asyncio
import json
import re
import urllib.error
import urllib.request
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from commands import argus, process
from processes import comes_true

from argus_streams.agents.wire import Topics
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing
from argus_streams.streaming.records import Records

MIB = 1024 * 1024
LEAST = 256 * MIB  # what the chart gives NORMALIZE
BODIES, PARTITIONS = 200, 64
HEADERS = [("ce_source", b"argus"), ("project", b"shop")]


@pytest.fixture
def backlog(kafka):
    """Bodies near the largest that are accepted, 200 MB which lie in Kafka as 1 MB; the environment, and how many."""
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.",
        "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
        "ARGUS_HEALTH_PORT": "0",
        "ARGUS_HEALTH_HOST": "127.0.0.1",
    }
    settings = with_environment(Settings(), environment)
    assert argus("topics", "apply", **environment).exit_code == 0
    topic = Topics.under(settings.topic_prefix).incoming
    body = {"type": "StockError", "message": "a shelf is empty", "page": "the same again " * (MIB // 16)}
    value = json.dumps(body).encode()
    records = [Outgoing(topic, None, value, HEADERS, number % PARTITIONS) for number in range(BODIES)]
    asyncio.run(ConfirmedProducer(settings.kafka()).write(records))
    with closing(Records(settings.kafka(), "look")) as look:
        spans = look.bounds(Partition(topic, number) for number in range(PARTITIONS))
    return environment, sum(end for _, end in spans.values())


def test_a_backlog_of_large_bodies_that_pack_well_leaves_normalize_within_its_limit(backlog):
    environment, count = backlog
    with process("worker", "normalize", **environment) as running:
        port = next(found[1] for line in running.stderr if (found := re.search(r"on port (\d+)", line)))
        assert comes_true(lambda: records_of(port) >= count, 30)
        assert peak(running.pid) < LEAST - 26 * MIB


def records_of(port):
    """How many a worker has confirmed."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return json.load(answer)["records"]
    except urllib.error.HTTPError as answer:
        return json.load(answer)["records"]


def peak(pid):
    """The most bytes that a process had resident so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024
