"""Redeliveries, killed workers and a reading from the beginning change no pattern: it is what one clean pass leaves."""

import asyncio
import subprocess
import sys
import uuid
from contextlib import contextmanager

import msgspec
import psycopg
import pytest
from commands import argus, bare
from confluent_kafka import Producer
from processes import comes_true

from argus_streams import app
from argus_streams.core.events import TestFailure
from argus_streams.core.repairs import Outcome, PatternCommand
from argus_streams.history.site import site
from argus_streams.history.start import start
from argus_streams.settings import Settings, with_environment

LOCATORS, NUMBER, PARTS = 12, 240, 3
# All that a row tells but the version, which counts how often it was told.
TOLD = (
    "fingerprint, original_selector, healed_selector, error_type, success_count, failure_count, last_used_at,"
    " confidence, created_at, scope, source, standing, reason, bound, rule, tests, first_release, last_release, origin"
)


def outcome(number):
    name = number % LOCATORS
    return Outcome(
        project="shop", outcome_id=f"o{number}", locator=f"[data-testid='item-{name}']",
        healed=f"[data-test='item-{name}']" if number % 5 else f"#item-{name}", worked=number % 7 > 0,
        decision_id=f"similarity-{number}" if number % 3 else None, test=f"test {number % 4}", release=f"r{number % 6}",
    )  # fmt: skip


def command(number):
    return PatternCommand(
        project="shop", action=("pin", "veto", "release")[number % 3], locator=f"[data-testid='item-{number % 5}']",
        healed=f"[data-test='item-{number % 5}']", by="ada",
    )  # fmt: skip


def failure(number):
    return TestFailure(
        test=f"test {number}", framework="playwright", status="failed", project="shop", failure_id=f"f{number}",
        failure="not_found", locator=f"[data-testid='item-{number % LOCATORS}']",
    )  # fmt: skip


class Deployment:
    """Topics, tables and workers of any generation."""

    def __init__(self, kafka, database, log):
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": database, "ARGUS_HEALTH_PORT": "0",
            "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.", "ARGUS_TOPIC_PARTITIONS": "2",
        }  # fmt: skip
        self.log = log
        self.site = site(with_environment(Settings(), self.environment))
        for arguments in (("topics", "apply"), ("migrate",)):
            assert argus(*arguments, **self.environment).exit_code == 0

    def publish(self, part):
        """One part of all that is told, each twice."""
        producer = Producer({"bootstrap.servers": self.environment["KAFKA_BOOTSTRAP_SERVERS"]})
        topics = app.topics_of(self.site.given)
        for number in (*range(part, NUMBER, PARTS), *range(part, NUMBER, PARTS)):
            told = [(topics.outcomes, outcome(number)), (topics.failed, failure(number))]
            told += [(topics.heal_commands, command(number))] if number % 9 == 0 else []
            for topic, message in told:
                producer.produce(topic, msgspec.json.encode(message), key=b"shop")
        assert producer.flush(30) == 0

    @contextmanager
    def worker(self, role, generation="first"):
        """A worker, killed at the end."""
        command = [sys.executable, "-m", "argus_streams", "worker", role, "--generation", generation]
        environment = bare() | self.environment
        with self.log.open("ab") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as running:  # noqa: S603 - our own command line
            try:
                yield running
            finally:
                running.kill()

    def lag(self, role, generation="first"):
        """How many records a role has not committed."""
        made = self.site.of(generation)

        async def look():
            tps = list(await self.site.offsets.partitions(app.inputs(made, role)))
            ends = await self.site.offsets.ends(tps)
            done = await self.site.offsets.committed(app.group_of(made, role), tps)
            return sum(end - max(done[tp], first) for tp, (first, end) in ends.items())

        return asyncio.run(look())

    def written(self):
        """How many records of patterns there are."""
        topic = app.topics_of(self.site.given).patterns

        async def look():
            ends = await self.site.offsets.ends(await self.site.offsets.partitions([topic]))
            return sum(end for _, end in ends.values())

        return asyncio.run(look())

    def caught_up(self, role, generation="first"):
        """Let a worker do all that there is to do, and end."""
        with self.worker(role, generation) as running:
            assert comes_true(lambda: self.lag(role, generation) == 0, 60), self.log.read_text()[-3000:]
            running.terminate()
            running.wait(30)

    def forget(self, role):
        """Let a role begin at the beginning."""
        group = app.group_of(self.site.given, role)
        assert asyncio.run(self.site.offsets.delete([group])) == [group]

    def patterns(self, schema):
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(f"select {TOLD} from {schema}.healing_patterns order by 1").fetchall()  # noqa: S608


@pytest.mark.kafka
@pytest.mark.postgres
def test_patterns_are_those_of_one_clean_pass_whatever_was_redelivered_killed_or_read_again(
    kafka, postgres_url, tmp_path
):
    here = Deployment(kafka, postgres_url, tmp_path / "workers.log")
    for part in range(PARTS):
        here.publish(part)
        before = here.written()
        with here.worker("heal"):  # killed as soon as it tells of anything, if not before it can commit
            assert comes_true(lambda: here.written() > before, 60), here.log.read_text()[-3000:]  # noqa: B023 - at once
    here.publish(0)
    here.caught_up("heal")
    here.forget("heal")
    here.caught_up("heal")
    here.caught_up("store")
    asyncio.run(start(here.site, "clean", 0, lambda _: None))
    here.caught_up("heal", "clean")
    here.caught_up("store", "clean")
    found = here.patterns("argus_live")
    assert found == here.patterns("argus_clean")
    assert sum(row[4] + row[5] for row in found) == NUMBER
    assert {row[11] for row in found} >= {"active", "suppressed"}
