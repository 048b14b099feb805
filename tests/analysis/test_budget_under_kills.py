"""A thousand calls at once, workers killed while they run: the bill stays below the budget, to the last cent."""

import asyncio
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime

import analysed
import msgspec
import pytest
from commands import argus, bare
from confluent_kafka import Consumer, Producer
from processes import comes_true
from stub_models import Behaviour, Stub, running, tokens_by_one
from stub_wire import model_info

from argus_streams.adapters.database import open_database
from argus_streams.adapters.models import load_prices
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.core.analysis.asking import Usage
from argus_streams.core.analysis.prices import cost
from argus_streams.core.findings import Analysis, AnalysisRequest

SUBJECTS = 1_000
ANSWER = {
    "subject": "the one", "title": "It fails", "summary": "It fails. Nobody knows why.", "kind": "code", "file": None,
    "commit": None, "service": None, "release": None, "confidence": "low",
}  # fmt: skip
FINAL = {"answered", "cached", "budget_spent"}


@pytest.fixture
def dollars(kills):
    """A budget for all of them at what they do cost, for some hundreds at what they might; a kill costs some of it."""
    return 1.0 + kills / 2


@pytest.fixture
def deployed(kafka, postgres_url, tmp_path, dollars):
    """The environment of a deployment in which a thousand groups are stored, none like another."""
    budgets = tmp_path / "budgets.yaml"
    budgets.write_text(f"default: {{dollars_per_day: {dollars}, calls_per_minute: 100000}}\n")
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": postgres_url, "ARGUS_HEALTH_PORT": "0",
        "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.", "ARGUS_TOPIC_PARTITIONS": "4",
        "ARGUS_BUDGETS_FILE": str(budgets), "ARGUS_ANALYSIS_DELAY": "0", "ARGUS_ANALYSIS_CALLS": "1000",
        "ANTHROPIC_API_KEY": "a-key",
    }  # fmt: skip
    for command in (("topics", "apply"), ("migrate",)):
        assert argus(*command, **environment).exit_code == 0
    now = int(time.time() * 1000)
    groups = [
        analysed.group(f"v1:{number:04}", service=f"service-{number}", title=f"Error {number} of its kind",
                       type=f"Error{number}", first_seen=now, last_seen=now)
        for number in range(SUBJECTS)
    ]  # fmt: skip

    async def fill():
        async with open_database(postgres_url) as database:
            assert await PostgresStore(database).write(groups) == []

    asyncio.run(fill())
    return environment


def ask(environment):
    """Publish a request about each group."""
    producer = Producer({"bootstrap.servers": environment["KAFKA_BOOTSTRAP_SERVERS"]})
    now = int(time.time() * 1000)
    for number in range(SUBJECTS):
        request = AnalysisRequest(project="shop", subject=f"v1:{number:04}", kind="group", at=now, evidence="e")
        topic = environment["ARGUS_TOPIC_PREFIX"] + "analysis.requests"
        producer.produce(topic, msgspec.json.encode(request), key=b"shop", partition=0)
    assert producer.flush(30) == 0


@contextmanager
def worker(environment, log):
    """A worker that explains, killed at the end."""
    command = [sys.executable, "-m", "argus_streams", "worker", "analyze"]
    with log.open("ab") as out, subprocess.Popen(command, env=bare() | environment, stdout=out, stderr=out) as running:  # noqa: S603 - our own command line
        try:
            yield
        finally:
            running.kill()


class Told:
    """The last analysis of each subject, as it is written."""

    def __init__(self, environment):
        self._consumer = Consumer({
            "bootstrap.servers": environment["KAFKA_BOOTSTRAP_SERVERS"], "group.id": uuid.uuid4().hex,
            "auto.offset.reset": "earliest",
        })  # fmt: skip
        self._consumer.subscribe([environment["ARGUS_TOPIC_PREFIX"] + "analyses"])
        self.last = {}

    def all(self):
        """Whether each subject was decided on for today."""
        for record in self._consumer.consume(5_000, timeout=0.2):
            if record.error() is None:
                told = msgspec.json.decode(record.value(), type=Analysis)
                self.last[told.subject] = told
        return len(self.last) == SUBJECTS and all(told.reason in FINAL for told in self.last.values())

    def close(self):
        self._consumer.close()


def billed(stub):
    """What the provider asks for, also for answers that nobody heard; billionths of a dollar."""
    prices, total = load_prices(None), 0
    for of in (stub.billed, stub.untold):
        for (provider, model), tokens in of.items():
            usage = Usage(
                input=tokens["input_tokens"], output=tokens["output_tokens"],
                cache_write_5m=tokens["cache_creation_input_tokens"], cache_read=tokens["cache_read_input_tokens"],
            )  # fmt: skip
            total += cost(prices.of(provider, model), usage)
    return total


@pytest.mark.parametrize("kills", [2, pytest.param(12, marks=pytest.mark.long)])
def test_a_thousand_calls_at_once_and_killed_workers_never_exceed_the_budget(deployed, tmp_path, dollars, kills):
    log = tmp_path / "analyze.log"
    offered = {model: model_info(model) for provider, model in load_prices(None).models if provider == "anthropic"}
    stub = Stub(models=offered, tokens=tokens_by_one, usual=Behaviour(seconds=0.5, answer={"answers": [ANSWER]}))
    day = datetime.now(UTC).date()
    with running(stub):
        environment = deployed | {"ANTHROPIC_BASE_URL": stub.url_of("anthropic")}
        ask(environment)
        told = Told(environment)
        for _ in range(kills):
            before = len(stub.calls)
            with worker(environment, log):
                assert comes_true(lambda: len(stub.calls) > before + 100, 30), log.read_text()  # noqa: B023 - at once
        with worker(environment, log):
            assert comes_true(told.all, 40), log.read_text()
        told.close()
    days = (datetime.now(UTC).date() - day).days + 1
    assert billed(stub) <= dollars * 10**9 * days
    reasons = [each.reason for each in told.last.values()]
    assert reasons.count("answered") > 20
    assert len(stub.calls) > reasons.count("answered")  # of those that were killed some were made again
