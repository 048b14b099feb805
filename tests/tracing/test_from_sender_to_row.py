"""Workers as processes: a trace leads from its sender to the row, whatever becomes of workers and collector."""

import asyncio
import json
import logging
import uuid

import psycopg
import pytest
from confluent_kafka.admin import AdminClient
from otlp_receiver import receiver
from processes import comes_true

from argus_streams import app, supervision
from argus_streams.adapters import topics
from argus_streams.core.tracing import HEADER, Context, format_
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.producer import Outgoing, PlacingProducer

ROLES = ("normalize", "correlate", "store")
SENDERS = [Context(f"{number:032x}", f"{number:016x}") for number in (1, 2, 3)]
PATIENCE = 60  # s


class Deployment:
    """One on the session's broker, with a partition a topic."""

    def __init__(self, bootstrap, database, collector, folder):
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "DATABASE_URL": database,
            "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.",
            "ARGUS_HEALTH_HOST": "127.0.0.1",
            "ARGUS_HEALTH_PORT": "0",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
        }
        self.settings = with_environment(Settings(), self.environment)
        self._folder = folder
        topics.apply(self.settings.kafka(), prefix=self.settings.topic_prefix, partitions=1)
        asyncio.run(app.upkeep(self.settings))
        self._producer = PlacingProducer({**self.settings.kafka(), "logger": logging.getLogger("librdkafka")})

    def crew(self):
        crew = supervision.supervisor(ROLES, dict.fromkeys(ROLES, self.environment), logs=self._folder)
        crew.start()
        return crew

    def publish(self, *senders):
        """Publish a body of one problem for each; ``None`` sends no trace."""
        incoming, value = app.topics_of(self.settings).incoming, json.dumps({"type": "StockError", "message": "none"})
        headers = [("ce_source", b"argus"), ("project", b"shop")]
        records = [
            Outgoing(incoming, None, value.encode(), [*headers, *([(HEADER, format_(of).encode())] if of else [])], 0)
            for of in senders
        ]
        asyncio.run(self._producer.write(records))

    def forget_positions(self):
        """As after a crash before any commit: all is read again from the beginning."""
        admin = AdminClient(self.settings.kafka())
        groups = [app.group_of(self.settings, role) for role in ROLES]
        for done in admin.delete_consumer_groups(groups).values():
            done.result(20)

    def counts(self):
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return [count for (count,) in connection.execute("select count from argus_live.error_groups")]

    def logs(self):
        return "\n".join(f"--- {file.name}\n{file.read_text()[-3000:]}" for file in sorted(self._folder.glob("*.log")))

    def becomes(self, condition):
        assert comes_true(condition, PATIENCE), self.logs()


@pytest.fixture
def collector():
    with receiver() as up:
        yield up


@pytest.fixture
def deployed(kafka, migrated_url, collector, tmp_path):
    return Deployment(kafka, migrated_url, collector.endpoint, tmp_path)


def stored(collector, table):
    return [span for span in collector.named("store") if span.attributes["db.collection.name"] == table]


def all_has_come(collector):
    """Each worker tells by itself, seconds after its turn, and none waits for another."""
    told = {span.name for span in collector.spans}
    rows = stored(collector, "error_groups") and stored(collector, "production_events")
    return rows and {"normalize", "sighting", "group", "correlate"} <= told


def assert_the_way_is_whole(collector):
    normalized = {span.trace_id: span for span in collector.named("normalize")}
    assert {trace: span.parent_id for trace, span in normalized.items()} == {
        sender.trace_id: sender.span_id for sender in SENDERS
    }
    first, *others = (normalized[sender.trace_id] for sender in SENDERS)
    (sighting,) = collector.named("sighting")
    assert (sighting.trace_id, sighting.parent_id) == (first.trace_id, first.span_id)
    assert sighting.links == tuple((other.trace_id, other.span_id) for other in others)
    (group,) = collector.named("group", outcome="counted")
    assert (group.trace_id, group.parent_id) == (first.trace_id, sighting.span_id)
    assert (group.attributes["argus.count"], group.attributes["argus.counted"]) == (4, 4)
    for table in ("error_groups", "production_events"):
        (row,) = stored(collector, table)
        assert (row.trace_id, row.parent_id, row.error) == (first.trace_id, group.span_id, "")
    assert {span.resource["argus.role"] for span in collector.spans} == set(ROLES)
    assert {span.resource["service.name"] for span in collector.spans} == {"argus"}


def ids(spans):
    return {(span.name, span.trace_id, span.span_id) for span in spans}


def test_three_senders_of_one_problem_find_its_row_also_after_a_replay_and_nobody_waits_for_the_collector(
    deployed, collector
):
    deployed.publish(SENDERS[0], None, SENDERS[1], SENDERS[2])
    crew = deployed.crew()
    try:
        deployed.becomes(lambda: all_has_come(collector))
        assert_the_way_is_whole(collector)
        told = ids(collector.spans)
        assert deployed.counts() == [4]

        crew.stop()
        collector.spans.clear()
        deployed.forget_positions()
        crew = deployed.crew()
        deployed.becomes(lambda: told <= ids(collector.spans))
        again = ids(collector.spans) - told  # the second telling of the sighting is another record
        assert {name for name, _, _ in again} <= {"group", "store"}

        collector.close()
        deployed.publish(SENDERS[0])
        deployed.becomes(lambda: deployed.counts() == [5])
        assert [child.restarts for child in crew.children.values()] == [0, 0, 0]
    finally:
        crew.stop()
