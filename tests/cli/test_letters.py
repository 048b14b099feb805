"""Dead letters in a real Kafka: listed, and replayed once."""

import asyncio
import json
import os
import pty
import re
import uuid
from typing import NamedTuple

import msgspec
import pytest
import stored_rows as rows
from builders import command, occurrence, sighting
from commands import argus, process
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from processes import comes_true

from argus_streams.agents.wire import Topics, letter_of
from argus_streams.core import replay
from argus_streams.core.events import Origin
from argus_streams.core.letters import WHOLE, WHOLE_BYTES, Letter
from argus_streams.core.replay import Place, Replay
from argus_streams.dlq import looking, replaying
from argus_streams.errors import Unavailable
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import Outgoing, PlacingProducer
from argus_streams.streaming.records import Records

GOOD = json.dumps({"message": "stock of 7 is negative", "type": "StockError"}).encode()


class Died(NamedTuple):
    """A record as an agent sees it."""

    value: bytes
    headers: tuple
    timestamp: int = 1_800_000_000_000
    key: bytes | None = None


class Deployment(NamedTuple):
    """Topics of a prefix of their own, and a person at the command line."""

    environment: dict
    settings: Settings
    topics: Topics
    producer: PlacingProducer
    records: Records

    def argus(self, *arguments, **options):
        return argus("dlq", *arguments, **self.environment, **options)

    def json(self, *arguments):
        told = self.argus("list", "--json", *arguments)
        assert told.exit_code == 0, told.output
        return [json.loads(line) for line in told.stdout.splitlines()]

    def id_of(self, topic):
        return self.records.topics()[topic][0]

    def write(self, topic, value, headers=(), key=None):
        """Write a record; its offset."""
        ((_, offset),) = asyncio.run(self.producer.write([Outgoing(topic, key, value, headers, 0)]))
        return offset

    def all_of(self, topic):
        spans = self.records.bounds(Partition(topic, n) for n in range(self.records.topics()[topic][1]))
        return list(self.records.scan(spans))

    def replayed(self, project):
        """What `events.replayed` has of a project: (value, what it repeats, headers)."""
        assert comes_true(lambda: not self._is_open(self.topics.replayed), 10)
        found = [each for each in self.all_of(self.topics.replayed) if each.texts().get("project") == project]
        return [(each.value, replay.told(each.texts()), each.texts()) for each in found]

    def _is_open(self, topic):
        """Whether a transaction is: Kafka says that one is committed before readers can see it."""
        committed = self.records.bounds(Partition(topic, n) for n in range(self.records.topics()[topic][1]))
        looking_on = Consumer({**self.settings.kafka(), "group.id": "look", "isolation.level": "read_uncommitted"})
        try:
            ends = {tp: looking_on.get_watermark_offsets(TopicPartition(*tp), timeout=10)[1] for tp in committed}
        finally:
            looking_on.close()
        return any(ends[tp] > end for tp, (_, end) in committed.items())


@pytest.fixture(scope="module")
def deployed(kafka):
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.",
        "ARGUS_TOPIC_PARTITIONS": "1",
    }
    assert argus("topics", "apply", **environment).exit_code == 0
    settings = with_environment(Settings(), environment)
    records = Records(settings.kafka(), "test")
    topics = Topics.under(settings.topic_prefix)
    yield Deployment(environment, settings, topics, PlacingProducer(settings.kafka()), records)
    records.close()


@pytest.fixture
def project():
    """A name that no other test's letters have."""
    return f"p-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def dead(deployed, project):
    """dead(body): publishes it, and the letter that NORMALIZE would write; its place."""

    def write(body=GOOD, *indices, reason="unknown source", source="argus", topic=None, headers=None):
        topic = topic or deployed.topics.incoming
        told = (("ce_source", source.encode()), ("project", project.encode())) if headers is None else headers
        offset = deployed.write(topic, body, told)
        origins = tuple(Origin(deployed.id_of(topic), 0, offset, index) for index in indices or (WHOLE,))
        letter = Letter(stage="normalize", reason=reason, detail="why", origins=origins, project=project, source=source)
        lie(deployed, letter_of(deployed.topics.dead(deployed.topics.incoming), letter, Died(body, told)))
        return Place(*msgspec.structs.astuple(origins[0])[:3])

    return write


def lie(deployed, outgoing):
    asyncio.run(deployed.producer.write([outgoing]))


def test_letters_are_listed_with_the_names_of_their_topics(deployed, dead, project):
    place = dead(b"{cut", reason="truncated")
    dead(GOOD, 1, 3, reason="breaks our schema", source="otlp")
    newer, older = deployed.json("--project", project)
    assert older == {
        "reason": "truncated", "detail": "why", "stage": "normalize", "topic": deployed.topics.incoming,
        "origins": [[place.topic, 0, place.offset, WHOLE]], "project": project, "source": "argus", "size": 4,
        "time": older["time"], "letter": {**older["letter"], "topic": f"{deployed.topics.incoming}.dlq"},
        "replayed": False,
    }  # fmt: skip
    assert [origin[3] for origin in newer["origins"]] == [1, 3]
    shown = deployed.argus("list", "--project", project).stdout
    for told in ("2 letters", "events.incoming", "truncated: why", "otlp"):
        assert told in shown


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--source", "otlp"), 1), (("--reason", "truncated"), 1), (("--stage", "normalize"), 2),
        (("--stage", "store"), 0), (("--topic", "events.incoming"), 2), (("--topic", "signals"), 0),
        (("--from", "1h"), 2), (("--to", "1h"), 0), (("--from", "2099-01-01"), 0), (("--to", "2099-01-01T00:00Z"), 2),
        (("--limit", "1"), 1),
    ],
)  # fmt: skip
def test_a_filter_leaves_what_it_says(deployed, dead, project, options, count):
    dead(reason="truncated")
    dead(source="otlp")
    assert len(deployed.json("--project", project, *options)) == count


def test_letters_are_counted_by_reason(deployed, dead, project):
    for reason in ("truncated", "bug", "truncated"):
        dead(reason=reason)
    told = deployed.json("--project", project, "--count")
    assert told == [
        {"reason": "truncated", "letters": 2, "replayed": 0},
        {"reason": "bug", "letters": 1, "replayed": 0},
    ]
    assert "3 letters, by reason" in deployed.argus("list", "--project", project, "--count").stdout


def test_a_time_that_is_none_is_wrong_usage(deployed):
    result = deployed.argus("list", "--from", "yesterday")
    assert (result.exit_code, "'yesterday' is neither like 2h" in result.stderr) == (2, True)


def test_a_letter_is_replayed_once_with_its_headers_and_says_what_it_repeats(deployed, dead, project):
    place = dead()
    first = deployed.argus("replay", "--project", project)
    assert (first.exit_code, "replayed 1 letter" in first.stdout) == (0, True), first.output
    ((value, told, headers),) = deployed.replayed(project)
    assert value == GOOD
    assert told == Replay(first=place, last=place, indices=(WHOLE,), received_at=1_800_000_000_000)
    assert {name for name in headers if name.startswith("argus-")} == set()
    again = deployed.argus("replay", "--project", project)
    assert (again.exit_code, again.stdout) == (0, "skip 1: it was replayed before\nnothing to replay\n")
    assert [each["replayed"] for each in deployed.json("--project", project)] == [True]
    assert len(deployed.replayed(project)) == 1


def test_a_dry_run_tells_what_would_be_done_and_writes_nothing(deployed, dead, project):
    place = dead(GOOD, 2)
    (letter,) = deployed.json("--project", project)
    told = deployed.argus("replay", "--project", project, "--dry-run")
    at = "/".join(map(str, letter["letter"].values()))
    assert told.stdout == (
        f"replay  {at}  of {deployed.topics.incoming}/0/{place.offset} items 2  "
        "unknown source: its items are read again\n"
    )
    assert deployed.replayed(project) == []


def test_at_most_so_many_are_replayed_the_oldest_first(deployed, dead, project):
    places = [dead() for _ in range(3)]
    assert deployed.argus("replay", "--project", project, "--max", "2").exit_code == 0
    assert {told.first for _, told, _ in deployed.replayed(project)} == set(places[:2])


def test_a_dry_run_tells_how_many_letters_are_more_than_was_asked_for_and_not_each(deployed, dead, project):
    for _ in range(3):
        dead()
    told = deployed.argus("replay", "--project", project, "--max", "1", "--dry-run").stdout.splitlines()
    assert [line.split()[0] for line in told] == ["replay", "skip"]
    assert told[1] == "skip 2: more than are asked for"


def test_a_letter_that_died_again_is_replayed_again_only_when_that_is_asked_for(deployed, dead, project):
    place = dead()
    deployed.argus("replay", "--project", project)
    ((value, _, _),) = deployed.replayed(project)
    (record,) = [each for each in deployed.all_of(deployed.topics.replayed) if each.texts().get("project") == project]
    origin = Origin(deployed.id_of(deployed.topics.replayed), record.at.partition, record.at.offset, WHOLE)
    letter = Letter(stage="normalize", reason="bug", origins=(origin,), project=project, source="argus")
    lie(deployed, letter_of(deployed.topics.dead(deployed.topics.incoming), letter, Died(value, tuple(record.headers))))
    assert "--again" in deployed.argus("replay", "--project", project).stdout
    assert deployed.argus("replay", "--project", project, "--again").exit_code == 0
    assert deployed.argus("replay", "--project", project, "--again").stdout.endswith("nothing to replay\n")
    (_, told) = sorted((told for _, told, _ in deployed.replayed(project)), key=lambda each: each.last == each.first)[
        ::-1
    ]
    assert (told.first, told.last.topic, told.received_at) == (place, origin.topic, 1_800_000_000_000)


def test_a_body_that_is_cut_in_its_letter_is_read_back_from_the_input_or_told_as_lost(deployed, dead, project):
    body = json.dumps({"message": "x" * WHOLE_BYTES}).encode()
    expired = dead(body)
    admin, end = AdminClient(deployed.settings.kafka()), TopicPartition(deployed.topics.incoming, 0, expired.offset + 1)
    admin.delete_records([end])[end].result()
    kept = dead(body)
    assert [each["size"] for each in deployed.json("--project", project)] == [len(body)] * 2
    result = deployed.argus("replay", "--project", project)
    assert result.exit_code == 1
    assert "lost 1: the body, cut in the letter, can not be read back" in result.stdout
    ((value, told, _),) = deployed.replayed(project)
    assert (value, told.first) == (body, kept)


def test_a_body_of_a_mapped_topic_is_replayed_with_the_mapping_of_now(deployed, dead, project):
    topic = f"{deployed.settings.topic_prefix}own"
    admin = AdminClient(deployed.settings.kafka())
    admin.create_topics([NewTopic(topic, 1)])[topic].result()
    dead(GOOD, source="sentry", topic=topic, headers=())
    environment = deployed.environment | {"ARGUS_INPUTS": f"{topic}=argus:{project}"}
    assert argus("dlq", "replay", "--topic", topic, **environment).exit_code == 0
    ((_, _, headers),) = deployed.replayed(project)
    assert headers["ce_source"] == "argus"
    assert [each["topic"] for each in deployed.json("--topic", "own")] == [topic]


def test_the_id_of_a_topic_that_was_deleted_is_shown_as_it_is(deployed, project):
    letter = Letter(stage="normalize", reason="bug", origins=(Origin("gone-id", 0, 1, WHOLE),), project=project)
    lie(deployed, letter_of(deployed.topics.dead(deployed.topics.incoming), letter, Died(GOOD, ())))
    (told,) = deployed.json("--topic", "gone-id")
    assert (told["topic"], told["project"]) == ("gone-id", project)


def test_of_two_replays_at_once_the_later_goes_on_and_the_other_ends_with_a_sentence(deployed, dead, project):
    dead()
    wanted, choice = looking.Wanted(project=project), replaying.Choice()
    with looking.reading(deployed.settings) as records:
        writer = replaying.writer(deployed.settings)
        box = looking.look(deployed.settings, records, None)
        plan = replaying.plan(deployed.settings, records, box, wanted, choice)
        assert len(plan) == 1
        assert deployed.argus("replay", "--project", project).exit_code == 0
        with pytest.raises(Unavailable, match="another `argus dlq replay` began after this one"):
            replaying.Replayer(deployed.settings, records, box).publish(plan, writer, lambda _: None)
    assert len(deployed.replayed(project)) == 1


def test_a_replay_that_is_killed_leaves_whole_batches_and_the_next_one_does_the_rest(deployed, project):
    topic_id, count = f"{project}-id", 3 * replaying.BATCH_BODIES + 7
    told = (("ce_source", b"argus"), ("project", project.encode()))
    fields = {"stage": "normalize", "reason": "bug", "project": project, "source": "argus"}
    letters = [Letter(origins=(Origin(topic_id, 0, offset, WHOLE),), **fields) for offset in range(count)]
    lying = [letter_of(deployed.topics.dead(deployed.topics.incoming), each, Died(GOOD, told)) for each in letters]
    asyncio.run(deployed.producer.write(lying))
    with process("dlq", "replay", "--project", project, "--yes", **deployed.environment) as running:
        assert running.stderr.readline() == f"letters replayed: {replaying.BATCH_BODIES} of {count:,}\n"
        running.kill()
    rest = deployed.argus("replay", "--project", project)
    assert rest.exit_code == 0, rest.output
    left = int(re.search(r"replayed ([\d,]+) letters", rest.stdout)[1].replace(",", ""))
    assert (count - left) % replaying.BATCH_BODIES in {0, count % replaying.BATCH_BODIES}, "no half of a batch"
    assert sorted(told.first.offset for _, told, _ in deployed.replayed(project)) == list(range(count))


def test_of_a_sighting_that_group_gave_up_the_bodies_are_read_again(deployed, dead, project):
    first, second = (dead(json.dumps({"events": [{"message": "a"}, 7]}).encode(), 1, reason=project) for _ in range(2))
    seen = sighting(
        occurrence(first.offset, 0), occurrence(second.offset, 0), topic=first.topic, project=project
    )  # the other item of each has a letter of its own
    key = f"{project}:v1:aa".encode()
    origins = (Origin(deployed.id_of(deployed.topics.normalized), 0, 3, WHOLE),)
    letter = Letter(stage="group", reason="bug", origins=origins)
    record = Died(msgspec.json.encode(seen), (), key=key)
    lie(deployed, letter_of(deployed.topics.dead(deployed.topics.normalized), letter, record))
    result = deployed.argus("replay", "--project", project)
    assert (result.exit_code, "replayed 3 letters" in result.stdout) == (0, True), result.output
    told = [(each.first, each.indices) for _, each, _ in deployed.replayed(project)]
    assert sorted(told) == [(first, (0,)), (first, (1,)), (second, (0,)), (second, (1,))]
    assert [each["replayed"] for each in deployed.json("--project", project)] == [True] * 3


def test_a_command_that_group_gave_up_goes_back_to_its_topic_once_as_old_as_it_is(deployed, project):
    value, key = msgspec.json.encode(command(project=project)), f"{project}:v1:aa".encode()
    origins = (Origin(deployed.id_of(deployed.topics.commands), 0, 3, WHOLE),)
    died = Died(value, (("x-by", b"a program"),), key=key)
    lie(
        deployed,
        letter_of(
            deployed.topics.dead(deployed.topics.commands), Letter(stage="group", reason="bug", origins=origins), died
        ),
    )
    assert deployed.argus("replay", "--topic", "groups.commands").exit_code == 0
    assert deployed.argus("replay", "--topic", "groups.commands").stdout.endswith("nothing to replay\n")
    (record,) = [each for each in deployed.all_of(deployed.topics.commands) if each.key == key]
    assert json.loads(record.value) == json.loads(value) | {"at": died.timestamp}
    assert record.texts()["x-by"] == "a program"
    assert [each["replayed"] for each in deployed.json("--project", project)] == [True]


def test_rows_that_postgres_refused_are_written_once_it_takes_them(deployed, postgres_url, project):
    environment = deployed.environment | {"DATABASE_URL": postgres_url}
    assert argus("migrate", **environment).exit_code == 0
    for topic, row in (
        (deployed.topics.groups, rows.a_group(project=project)),
        (deployed.topics.kept, rows.a_kept(project=project)),
        (deployed.topics.correlated, rows.an_incident(project=project)),
        (deployed.topics.analyses, rows.an_analysis(project=project)),
        (deployed.topics.scores, rows.a_score(project=project)),
    ):
        letter = Letter(stage="store", reason="unknown project", origins=(Origin(deployed.id_of(topic), 0, 1, WHOLE),))
        lie(
            deployed,
            letter_of(
                deployed.topics.dead(topic),
                letter,
                Died(msgspec.json.encode(row), (), key=f"{project}:v1:9f2c".encode()),
            ),
        )
    refusing = argus("dlq", "replay", "--project", project, **environment, ARGUS_UNKNOWN_PROJECTS="refuse")
    assert (refusing.exit_code, refusing.stdout.count("refused again: unknown project")) == (1, 5), refusing.output
    taking = argus("dlq", "replay", "--stage", "store", "--project", project, **environment)
    assert (taking.exit_code, "replayed 5 letters" in taking.stdout) == (0, True), taking.output
    shown = argus("group", "9f2c", "--project", project, **environment)
    assert "The latest whole event" in shown.stdout
    for asked in (("incidents",), ("analysis", "9f2c"), ("scores",)):
        assert argus(*asked, "--project", project, "--json", **environment).stdout.startswith('{"'), asked


def test_records_that_are_no_letters_are_told_and_stop_nothing(deployed, dead, project):
    deployed.write(f"{deployed.topics.incoming}.dlq", b"what is this")
    dead()
    result = deployed.argus("replay", "--project", project)
    assert (result.exit_code, "records of the dead-letter topics are no letters" in result.stderr) == (0, True)


@pytest.mark.parametrize(("answer", "told", "count"), [("n", "", 0), ("y", "replayed 1 letter\n", 1)])
def test_on_a_terminal_it_asks_before_it_writes(deployed, dead, project, answer, told, count):
    dead()
    person, terminal = pty.openpty()
    try:
        os.write(person, f"{answer}\n".encode())
        with process("dlq", "replay", "--project", project, **deployed.environment, stdin=terminal) as running:
            said, _ = running.communicate(timeout=60)
    finally:
        os.close(person)
        os.close(terminal)
    assert said.endswith(f"replay 1 letter? [y/N]: {told}")
    assert len(deployed.replayed(project)) == count


def test_on_a_broker_without_our_topics_it_says_what_to_run(kafka):
    result = argus("dlq", "list", KAFKA_BOOTSTRAP_SERVERS=kafka, ARGUS_TOPIC_PREFIX="nowhere.")
    assert (result.exit_code, "argus topics apply" in result.stderr) == (78, True)
