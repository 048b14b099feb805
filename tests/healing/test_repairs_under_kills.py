"""Redeliveries, killed workers and a reading from the beginning change no pattern: it is what one clean pass leaves."""

import asyncio

import msgspec
import pytest
from confluent_kafka import Producer
from processes import comes_true
from repairing import Deployment

from argus_streams import app
from argus_streams.core.events import TestFailure
from argus_streams.core.repairs import Outcome, PatternCommand
from argus_streams.history.start import start

LOCATORS, NUMBER, PARTS = 12, 240, 3


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


def publish(here, part):
    """One part of all that is told, each twice."""
    producer = Producer({"bootstrap.servers": here.environment["KAFKA_BOOTSTRAP_SERVERS"]})
    topics = app.topics_of(here.site.given)
    for number in (*range(part, NUMBER, PARTS), *range(part, NUMBER, PARTS)):
        told = [(topics.outcomes, outcome(number)), (topics.failed, failure(number))]
        told += [(topics.heal_commands, command(number))] if number % 9 == 0 else []
        for topic, message in told:
            producer.produce(topic, msgspec.json.encode(message), key=b"shop")
    assert producer.flush(30) == 0


@pytest.mark.kafka
@pytest.mark.postgres
def test_patterns_are_those_of_one_clean_pass_whatever_was_redelivered_killed_or_read_again(
    kafka, postgres_url, tmp_path
):
    here = Deployment(kafka, postgres_url, tmp_path / "workers.log")
    for part in range(PARTS):
        publish(here, part)
        before = here.written()
        with here.worker("heal"):  # killed as soon as it tells of anything, if not before it can commit
            assert comes_true(lambda: here.written() > before, 60), here.log.read_text()[-3000:]  # noqa: B023 - at once
    publish(here, 0)
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
