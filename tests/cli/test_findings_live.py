"""Incidents, analyses and scores on the command line, against a real broker and a real Postgres."""

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
    """A command in a deployment with three incidents, two analyses and two scores."""
    environment = {**topics, "DATABASE_URL": migrated_url}
    found = [
        rows.an_incident(),
        rows.an_incident(
            incident="i-00000000000000b2", title=OBEYED, last_at=rows.NOON - 1, causes=(), groups=("v1:77aa",)
        ),
        rows.an_incident(incident="i-00000000000000b3", status="resolved", last_at=rows.NOON - 2),
        rows.an_analysis(subject="i-00000000000000a1", kind="incident", title="Old carts"),
        rows.an_analysis(),
        rows.a_score(),
        rows.a_score(score_type="risk", value=31.0),
    ]

    async def fill():
        async with open_database(migrated_url) as database:
            assert await PostgresStore(database).write(found) == []

    asyncio.run(fill())
    return lambda *arguments: argus(*arguments, **environment)


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


def test_incidents_are_listed_the_latest_first(deployed):
    shown = deployed("incidents")
    assert shown.exit_code == 0, shown.output
    assert "3 incidents, the latest first" in shown.stdout
    assert shown.stdout.index("TypeError in web") < shown.stdout.index("␛[31mred")
    assert "\x1b" not in shown.stdout
    only = deployed("incidents", "--status", "resolved", "--json")
    assert [json.loads(line)["incident"] for line in only.stdout.splitlines()] == ["i-00000000000000b3"]
    assert deployed("incidents", "--project", "nowhere").stdout == "0 incidents\n"


@pytest.mark.parametrize("name", ["i-00000000000000a1", "00000000000000a"])
def test_an_incident_is_shown_with_causes_links_and_analysis(deployed, name):
    shown = deployed("incident", name)
    assert shown.exit_code == 0, shown.output
    for told in (
        "90% deploy: web 1.1",
        "a minute after web 1.1",
        "c0ffee",
        "after a deploy",
        "service web",
        "Old carts",
    ):
        assert told in shown.stdout


def test_an_incident_without_a_cause_or_an_analysis_says_so_and_obeys_no_sender(deployed):
    shown = deployed("incident", "i-00000000000000b2")
    assert "nothing points to one" in shown.stdout
    assert "␛[31mred␛]0;title␇ [bold]" in shown.stdout
    assert "What was found out" not in shown.stdout


@pytest.mark.parametrize(("name", "told"), [("f", "there is no incident"), ("0000", "is several incidents")])
def test_an_incident_that_is_none_or_several_is_exit_1(deployed, name, told):
    result = deployed("incident", name)
    assert (result.exit_code, told in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("resolve", "--by", "mira", "--reason", "rolled back"), {"by": "mira", "reason": "rolled back"}),
        (("reopen",), {"by": "command line"}),
        (("merge", "b2"), {"into": "i-00000000000000b2", "by": "command line"}),
        (("split", "9f2c", "web/"), {"subjects": ["v1:9f2c", "web/production"], "by": "command line"}),
    ],
)
def test_a_decision_about_an_incident_is_published_under_its_project(deployed, topics, arguments, told):
    result = deployed(
        "incident", "00000000000000a1", *[{"b2": "00000000000000b2"}.get(each, each) for each in arguments]
    )
    assert result.stdout.startswith(f"asked to {arguments[0]}: TypeError in web"), result.output
    order, key = last(topics, "incidents.commands")
    assert key == b"shop"
    assert order == {"project": "shop", "incident": "i-00000000000000a1", "action": arguments[0], **told}


@pytest.mark.parametrize(
    "arguments",
    [("merge",), ("merge", "a", "b"), ("split",), ("resolve", "it"), ("reopen", "it"), ("ponder",)],
)
def test_a_decision_that_is_not_whole_is_a_usage_error(arguments):
    assert argus("incident", "i-1", *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("merge", "00000000000000a1"), "can not be merged into itself"),
        (("merge", "i-none"), "there is no incident"),
        (("split", "v1:none"), "is no subject of it"),
    ],
)
def test_a_decision_about_what_is_not_there_is_not_published(deployed, arguments, told):
    result = deployed("incident", "00000000000000a1", *arguments)
    assert (result.exit_code, told in result.stderr) == (1, True)


@pytest.mark.parametrize("subject", ["v1:9f2c", "9f2c"])
def test_an_analysis_is_shown_with_its_cost(deployed, subject):
    shown = deployed("analysis", subject)
    assert shown.exit_code == 0, shown.output
    for told in ("Carts without a price", "It fails in cart.add.", "USD 0.0045", "a-model", "answered"):
        assert told in shown.stdout
    assert json.loads(deployed("analysis", subject, "--json").stdout)["cost"] == 4_500_000


@pytest.mark.parametrize(("verdict", "told"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_verdict_about_an_analysis_names_the_one_that_was_shown(deployed, topics, verdict, told):
    result = deployed("analysis", "9f2c", verdict, "--by", "mira", "--reason", "known")
    assert result.stdout.startswith(f"{told}: Carts without a price"), result.output
    feedback, key = last(topics, "analysis.feedback")
    assert key == b"shop"
    assert feedback == {
        "project": "shop", "subject": "v1:9f2c", "verdict": told, "at": rows.NOON, "by": "mira", "reason": "known",
    }  # fmt: skip


def test_an_analysis_that_is_not_there_is_exit_1(deployed):
    result = deployed("analysis", "v1:none")
    assert (result.exit_code, "nothing was analysed" in result.stderr) == (1, True)


def test_of_a_group_that_an_incident_holds_it_is_told_where_it_is_explained(deployed):
    assert "`argus analysis i-00000000000000b2` tells" in deployed("analysis", "77aa").stderr


def test_an_incident_for_programs_has_all_its_links(deployed):
    told = json.loads(deployed("incident", "00000000000000a1", "--json").stdout)
    assert (told["incident"], len(told["links"])) == ("i-00000000000000a1", len(rows.an_incident().links))


def test_scores_are_shown_with_their_breakdown(deployed):
    shown = deployed("scores", "--project", "shop")
    assert shown.exit_code == 0, shown.output
    for told in ("quality 82.5 of 100", "risk 31.0 of 100", "3 open errors.", "-17.5", "+17.5"):
        assert told in shown.stdout
    lines = deployed("scores", "--project", "shop", "--json").stdout.splitlines()
    kinds = [json.loads(line)["score_type"] for line in lines]
    assert kinds == ["quality", "risk"]
    assert deployed("scores", "--project", "nowhere").exit_code == 1
