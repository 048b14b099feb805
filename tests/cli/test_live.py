"""Commands against a real broker and a real Postgres."""

import asyncio
import json
import uuid
from typing import NamedTuple

import pytest
import stored_rows as rows
from commands import argus
from confluent_kafka import Consumer, TopicPartition

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import open_database
from argus_streams.adapters.postgres import PostgresStore


class Deployment(NamedTuple):
    """What a person has in the environment."""

    environment: dict

    def argus(self, *arguments, **options):
        return argus(*arguments, **self.environment, **options)

    def records(self, topic):
        """All records of a topic."""
        consumer = Consumer({"bootstrap.servers": self.environment["KAFKA_BOOTSTRAP_SERVERS"], "group.id": "look"})
        try:
            name, found = self.environment["ARGUS_TOPIC_PREFIX"] + topic, []
            for number in consumer.list_topics(name, timeout=10).topics[name].partitions:
                start, end = consumer.get_watermark_offsets(TopicPartition(name, number), timeout=10)
                consumer.assign([TopicPartition(name, number, start)])
                while len(found) < end - start:
                    found += consumer.consume(100, timeout=1)
                if end > start:
                    return found
            return found
        finally:
            consumer.close()


@pytest.fixture(scope="module")
def deployed(kafka):
    prefix = f"t{uuid.uuid4().hex[:8]}."
    return Deployment({"KAFKA_BOOTSTRAP_SERVERS": kafka, "ARGUS_TOPIC_PREFIX": prefix, "ARGUS_TOPIC_PARTITIONS": "1"})


@pytest.fixture(scope="module")
def topics(deployed):
    assert deployed.argus("topics", "apply").exit_code == 0
    return deployed


@pytest.fixture
def database(postgres_url):
    return Deployment({"DATABASE_URL": postgres_url})


@pytest.fixture
def stored(migrated_url, topics):
    """A migrated database with two groups, and two that are linked."""
    whole = Deployment({**topics.environment, "DATABASE_URL": migrated_url})
    groups = [rows.a_group(), rows.a_group(fingerprint="v1:9fff", title="[red]KeyError: 'ean'", status="resolved")]
    groups.append(rows.a_group(fingerprint="v1:7a", title="the canonical one", count=4))
    groups.append(
        rows.a_group(fingerprint="v1:7b", title="linked into it", count=3, linked="v1:7a", apart=("v1:9fff",))
    )
    asyncio.run(_store(migrated_url, [*groups, rows.a_kept()]))
    return whole


async def _store(url, batch):
    async with open_database(url) as opened:
        assert await PostgresStore(opened, "create").write(batch) == []


def test_topics_are_checked_applied_and_then_found_as_declared(kafka):
    fresh = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}."}
    here = Deployment({**fresh, "ARGUS_TOPIC_PARTITIONS": "1"})
    before = here.argus("topics", "check")
    assert before.exit_code == 1
    assert "events.incoming" in before.stdout
    assert here.argus("topics", "apply").exit_code == 0
    assert here.argus("topics", "check").exit_code == 0
    other = Deployment({**fresh, "ARGUS_TOPIC_PARTITIONS": "2"}).argus("topics", "apply")
    assert other.exit_code == 1, "a keyed topic can not grow"


def test_migrating_twice_is_migrating_once(database):
    first, second = database.argus("migrate"), database.argus("migrate")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "applied" in first.stdout
    assert "applied" not in second.stdout
    assert "up to date" in second.stdout


def test_a_database_without_our_tables_says_what_to_run(database):
    result = database.argus("groups")
    assert result.exit_code == 78
    assert "argus migrate" in result.stderr


def test_files_are_published_with_their_captured_headers(topics, tmp_path):
    file = tmp_path / "capture.json"
    file.write_text(json.dumps({"headers": {"X-GitHub-Event": "push"}, "body": {"ref": "refs/heads/main"}}))
    result = topics.argus(
        "publish", "--source", "github", "--project", "shop", file, data_folder("samples") / "otlp.json"
    )
    assert result.exit_code == 0, result.output
    records = topics.records("events.incoming")
    assert f"published {len(records)} bodies" in result.stdout
    headers = dict(records[0].headers())
    assert (headers["ce_source"], headers["project"], headers["x-github-event"]) == (b"github", b"shop", b"push")
    assert json.loads(records[0].value()) == {"ref": "refs/heads/main"}


def test_a_header_can_be_named_by_hand(topics, tmp_path):
    file = tmp_path / "report.xml"
    file.write_text('<testsuite><testcase name="adds"/></testsuite>')
    result = topics.argus(
        "publish", "--source", "testreports", "--project", "shop", "-H", "Branch: main", "-H", "commit:", file
    )
    assert "published 1 body to " in result.stdout, result.output
    told = {name: value for name, value in topics.records("events.incoming")[-1].headers() if name != "ce_specversion"}
    assert told == {"branch": b"main", "ce_source": b"testreports", "project": b"shop"}


def test_a_topic_that_is_not_there_is_told_before_anything_is_written(kafka):
    arguments = ("publish", "--source", "otlp", "--project", "shop", data_folder("samples") / "otlp.json")
    result = argus(*arguments, KAFKA_BOOTSTRAP_SERVERS=kafka, ARGUS_TOPIC_PREFIX="elsewhere.")
    assert result.exit_code == 78
    assert "no topic elsewhere.events.incoming: run `argus topics apply`" in result.stderr


def test_groups_are_listed(stored):
    shown = stored.argus("groups")
    assert shown.exit_code == 0, shown.output
    assert "TypeError: x is undefined" in shown.stdout
    assert "[red]KeyError" in shown.stdout
    only = stored.argus("groups", "--status", "resolved", "--json")
    assert [json.loads(line)["fingerprint"] for line in only.stdout.splitlines()] == ["v1:9fff"]
    assert stored.argus("groups", "--project", "nowhere").stdout == "0 groups\n"


@pytest.mark.parametrize("name", ["9f2c", "v1:9f2c"])
def test_one_group_is_shown_with_its_why(stored, name):
    shown = stored.argus("group", name)
    assert shown.exit_code == 0, shown.output
    for told in ("Why this is one group", "cart.add", "sentry 2", "rollbar 1", "The latest whole event", "first"):
        assert told in shown.stdout


@pytest.mark.parametrize(("name", "told"), [("abcdef", "there is no group"), ("9f", "is several groups")])
def test_a_group_that_is_none_or_several_is_exit_1(stored, name, told):
    result = stored.argus("group", name)
    assert result.exit_code == 1
    assert told in result.stderr


def test_a_decision_is_published_under_the_groups_key(stored):
    result = stored.argus("group", "9f2c", "resolve", "--by", "mira")
    assert result.stdout == "asked to resolve: TypeError: x is undefined (shop v1:9f2c)\n", result.output
    record = stored.records("groups.commands")[-1]
    assert record.key() == b"shop:v1:9f2c"
    assert json.loads(record.value()) == {
        "project": "shop", "fingerprint": "v1:9f2c", "action": "resolve", "by": "mira",
    }  # fmt: skip


def published(stored, *arguments):
    result = stored.argus("group", *arguments)
    assert result.exit_code == 0, result.output
    record = stored.records("groups.commands")[-1]
    return result.stdout, record.key(), json.loads(record.value())


def test_a_link_is_published_under_the_key_of_the_group_that_is_linked(stored):
    said, key, order = published(stored, "9f2c", "link", "9fff", "--by", "mira")
    assert said.startswith("asked to link: TypeError: x is undefined (shop v1:9f2c) with ")
    assert key == b"shop:v1:9f2c"
    assert (order["action"], order["other"], order["by"]) == ("link", "v1:9fff", "mira")


def test_a_link_is_taken_back_where_it_was_made_whichever_of_the_two_is_named(stored):
    for name, other in (("7a", "7b"), ("7b", "7a")):
        _, key, order = published(stored, name, "unlink", other)
        assert (key, order["action"], order["other"]) == (b"shop:v1:7b", "unlink", "v1:7a")


@pytest.mark.parametrize("arguments", [("9f2c", "link"), ("9f2c", "resolve", "9fff"), ("9f2c", "link", "9f2c")])
def test_a_link_needs_another_group_and_nothing_else_takes_one(stored, arguments):
    result = stored.argus("group", *arguments)
    assert result.exit_code in {1, 2}
    assert "nother" in result.stderr


def test_groups_that_are_linked_are_listed_as_one(stored):
    listed = stored.argus("groups", "--project", "shop")
    assert "7 " in next(line for line in listed.stdout.splitlines() if "the canonical one" in line)
    assert "linked into it" not in listed.stdout
    shown = " ".join(stored.argus("group", "7b").stdout.split())
    assert "counts as v1:7a, 7 in all linked v1:7a 4 the canonical one never with v1:9fff" in shown
    as_json = [json.loads(line) for line in stored.argus("groups", "--json").stdout.splitlines()]
    assert {each["fingerprint"]: each["count"] for each in as_json if "7" in each["fingerprint"]} == {
        "v1:7a": 4,
        "v1:7b": 3,
    }
