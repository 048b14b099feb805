"""Repairs on the command line, against a real broker and a real Postgres."""

import asyncio
import json
import uuid

import pytest
import stored_rows as rows
from commands import argus
from confluent_kafka import Consumer, TopicPartition

from argus_streams.adapters.database import open_database
from argus_streams.adapters.postgres import PostgresStore

OBEYED = "\x1b[31mred\x1b]0;title\x07 [bold]"
NAME = "v1:7c1e0f5a9d2b4e630000000000000001"


@pytest.fixture(scope="module")
def topics(kafka):
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.",
        "ARGUS_TOPIC_PARTITIONS": "1",
    }
    assert argus("topics", "apply", **environment).exit_code == 0
    return environment


@pytest.fixture
def deployed(migrated_url, topics):
    """A command in a deployment with two repairs and three decisions."""
    found = [
        rows.a_pattern(fingerprint=NAME, bound=0.95, failures=0),
        rows.a_pattern(fingerprint="v1:8", locator=OBEYED, standing="vetoed", last_used_at=rows.NOON - 1),
        rows.a_decision(),
        rows.a_decision(decision_id="none-1", at=rows.NOON - 1, verdict="ask", detail=OBEYED, healed=None, source=None),
        rows.a_decision(decision_id="none-2", project="blog"),
    ]

    async def fill():
        async with open_database(migrated_url) as database:
            assert await PostgresStore(database).write(found) == []

    asyncio.run(fill())
    environment = {**topics, "DATABASE_URL": migrated_url}
    return lambda *arguments, **more: argus(*arguments, **environment, **more)


def last(topics, name):
    """The last record of a topic of one partition, and its key."""
    consumer = Consumer({"bootstrap.servers": topics["KAFKA_BOOTSTRAP_SERVERS"], "group.id": "look"})
    try:
        place = TopicPartition(topics["ARGUS_TOPIC_PREFIX"] + name, 0)
        _, end = consumer.get_watermark_offsets(place, timeout=10)
        consumer.assign([TopicPartition(place.topic, 0, end - 1)])
        (record,) = consumer.consume(1, timeout=10)
        return json.loads(record.value()), record.key()
    finally:
        consumer.close()


def test_repairs_are_listed_with_how_they_stand_and_why(deployed):
    shown = deployed("heal", "list", "--project", "shop")
    assert shown.exit_code == 0, shown.output
    for told in ("#pay-now", "#pay", "active", "vetoed", "0.95", "2/2", "␛[31mred"):
        assert told in shown.stdout
    assert "\x1b" not in shown.stdout
    lines = deployed("heal", "list", "--project", "shop", "--json").stdout.splitlines()
    assert [json.loads(line)["fingerprint"] for line in lines] == [NAME, "v1:8"]
    assert deployed("heal", "list", "--project", "nowhere").stdout == "0 repairs\n"


def test_where_no_repair_was_tried_yet_the_list_names_what_was_decided(deployed):
    shown = deployed("heal", "list", "--project", "blog").stdout
    assert shown == "0 repairs were tried yet; what was decided: argus heal decisions --project blog\n"
    assert "1 decision, the latest first" in deployed("heal", "decisions", "--project", "blog").stdout


def test_decisions_are_listed_with_their_reason(deployed):
    shown = deployed("heal", "decisions", "--project", "shop")
    assert shown.exit_code == 0, shown.output
    for told in ("validate", "ask", "pattern: #pay in", "␛[31mred"):
        assert told in shown.stdout
    only = deployed("heal", "decisions", "--project", "shop", "--verdict", "ask", "--json").stdout.splitlines()
    assert [json.loads(line)["decision_id"] for line in only] == ["none-1"]


@pytest.mark.parametrize("action", ["pin", "veto", "release"])
@pytest.mark.parametrize("name", [NAME, "7c1e0f"])
def test_a_person_decides_about_a_repair(deployed, topics, action, name):
    result = deployed("heal", action, name, "--project", "shop", "--by", "mira", "--reason", "known")
    assert result.stdout == f"{action}: #pay-now → #pay (shop {NAME})\n", result.output
    command, key = last(topics, "healing.commands")
    assert key == b"shop"
    assert command == {"project": "shop", "action": action, "pattern": NAME, "by": "mira", "reason": "known"}


def test_a_repair_that_is_not_there_is_exit_1_and_nothing_is_published(deployed):
    result = deployed("heal", "veto", "ffff", "--project", "shop")
    assert (result.exit_code, "'ffff' is no repair of shop" in result.stderr) == (1, True)


def test_what_may_be_used_now_is_exported(deployed):
    told = json.loads(deployed("heal", "export", "--project", "shop").stdout)
    assert told["project"] == "shop"
    assert [(each["locator"], each["healed"], each["verdict"]) for each in told["repairs"]] == [
        ("#pay-now", "#pay", "apply")
    ]
    assert set(told["repairs"][0]) == {
        "locator", "scope", "failure", "healed", "verdict", "confidence", "source", "reason", "pattern", "decision_id"
    }  # fmt: skip


def test_what_a_test_runner_wrote_is_published_and_mistakes_are_named_by_line(deployed, topics, tmp_path):
    outcome = {"project": "shop", "outcome_id": "o1", "locator": "#a", "healed": "#b", "worked": True}
    lines = [
        {"failure": {"test": "cart pays", "framework": "cypress", "status": "failed", "locator": "#pay-now"}},
        {"outcome": outcome},
        {"outcome": {**outcome, "healed": " "}},
        {"outcome": {**outcome, "project": "blog"}},
        {"outcome": outcome, "failure": {}},
        {"other": 1},
        {"failure": {"test": 7}},
        {"failure": {"test": "a", "framework": "selenium", "status": "failed"}},
        {"outcome": {**outcome, "failure": "lost"}},
        {"failure": {"framework": "junit", "status": "failed"}},
    ]
    file = tmp_path / "told.ndjson"
    file.write_bytes(b"\n".join([*(json.dumps(line).encode() for line in lines), b"\xff", b" ", b""]))
    result = deployed("heal", "submit", "--project", "shop", str(file))
    assert (result.exit_code, result.stdout) == (1, "published 1 failure and 1 outcome\n"), result.output
    mistakes = result.stderr.splitlines()
    assert [line.split(":")[1].strip() for line in mistakes] == [f"line {n}" for n in range(3, 12)]
    assert "selenium' - at `$.failure.framework`; it is one of playwright, jest, pytest, " in mistakes[5]
    assert "'lost' - at `$.outcome.failure`; it is one of not_found, ambiguous, " in mistakes[6]
    assert mistakes[7] == "argus: line 10: Object missing required field `test` - at `$.failure`"
    failure, key = last(topics, "tests.failed")
    assert (failure["project"], failure["locator"], key) == ("shop", "#pay-now", b"shop")
    assert last(topics, "healing.outcomes") == (outcome, b"shop")


def test_a_report_is_the_text_of_a_pull_request_or_its_diff(deployed, tmp_path):
    told = deployed("heal", "report", "--project", "shop").stdout
    assert told.startswith("# Repair 1 broken locator\n")
    (tmp_path / "cart.spec.ts").write_text("\n" * 17 + "cy.get('#pay-now').click()\n")
    result = deployed("heal", "report", "--project", "shop", "--diff", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("\n-cy.get('#pay-now').click()\n+cy.get('#pay').click()\n")
    (tmp_path / "cart.spec.ts").write_text("\n" * 17 + "expect(cy.get('#pay-now'))\n")
    left = deployed("heal", "report", "--project", "shop", "--diff", str(tmp_path))
    assert (left.exit_code, left.stdout) == (1, "")
    assert left.stderr == (
        "argus: cart.spec.ts:18: #pay-now is left: it stands in an assertion, which no repair may change\n"
    )
