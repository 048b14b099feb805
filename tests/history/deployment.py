"""A deployment of a test's own: topics, tables, workers of any generation, and what its database says."""

import asyncio
import json
import logging
import time
import uuid
from contextlib import contextmanager

import psycopg
from commands import argus
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from databases import database_on
from processes import comes_true

from argus_streams import app, supervision
from argus_streams.adapters import migrations, topics
from argus_streams.agents.wire import key_of, outgoing
from argus_streams.core.messages import Command
from argus_streams.core.repairs import Outcome
from argus_streams.history.site import site
from argus_streams.history.stages import lagging
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.producer import Outgoing, PlacingProducer

PARTITIONS = 2
GROUPS = """
select g.title, g.fingerprint, g.count, g.duplicates, g.status, g.sources from {}.error_groups g order by 1
"""


class Deployment:
    """One on the session's broker; every crew is ended with it."""

    def __init__(self, bootstrap, database, folder):
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "DATABASE_URL": database,
            "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.",
            "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
            "ARGUS_HEALTH_HOST": "127.0.0.1",
            "ARGUS_HEALTH_PORT": "0",
        }
        self.settings = with_environment(Settings(), self.environment)
        self.site = site(self.settings)
        self._folder = folder
        self._producer = PlacingProducer({**self.settings.kafka(), "logger": logging.getLogger("librdkafka")})
        self._crews = []

    @classmethod
    @contextmanager
    def beside(cls, bootstrap, server, folder):
        """One with a database of its own on this server."""
        with database_on(server) as url:
            made = cls(bootstrap, url, folder)
            try:
                made.prepare()
                yield made
            finally:
                made.close()

    def prepare(self):
        topics.apply(self.settings.kafka(), prefix=self.settings.topic_prefix, partitions=PARTITIONS)
        asyncio.run(migrations.migrate(self.settings.database()))
        asyncio.run(app.upkeep(self.settings))

    def argus(self, *arguments, **environment):
        return argus(*arguments, **self.environment, **environment)

    def crew(self, generation="first", **environment):
        """Start one worker a role of those that make a generation; how to end them."""
        logs = self._folder / generation
        logs.mkdir(exist_ok=True)
        told = {**self.environment, "ARGUS_GENERATION": generation, **environment}
        crew = supervision.supervisor(app.MAKING, dict.fromkeys(app.MAKING, told), logs=logs)
        self._crews.append(crew)
        crew.start()
        return crew.stop

    def drained(self, generation="first", seconds=180):
        """Wait until a generation has stored what was published."""
        made, deadline = self.site.of(generation), time.monotonic() + seconds
        while (stage := asyncio.run(lagging(self.site, made, seconds))) and time.monotonic() < deadline:
            pass  # workers that have yet to start make no headway
        logs = "\n".join(file.read_text()[-2000:] for file in sorted((self._folder / generation).glob("*.log")))
        assert stage is None, f"{stage}:\n{logs}"

    def publish(self, *bodies):
        """Publish bodies of the sender `argus`."""
        incoming = app.topics_of(self.settings).incoming
        headers = [("ce_source", b"argus"), ("project", b"shop")]
        records = [Outgoing(incoming, None, json.dumps(body).encode(), headers, n % 2) for n, body in enumerate(bodies)]
        return asyncio.run(self._producer.write(records))

    def forget(self, before):
        """Delete the records of the first partition before an offset, as retention would."""
        place = TopicPartition(app.topics_of(self.settings).incoming, 0, before)
        admin = AdminClient(self.settings.kafka())
        admin.delete_records([place])[place].result(10)

    def decide(self, fingerprint, action):
        order = Command(project="shop", fingerprint=fingerprint, action=action, by="ada")
        names = app.topics_of(self.settings)
        asyncio.run(self._producer.write([outgoing(names.commands, key_of("shop", fingerprint), order)]))

    def teach(self, *numbers):
        """Tell that a repair held so often."""
        topic = app.topics_of(self.settings).outcomes
        told = [
            Outcome(project="shop", outcome_id=f"o{number}", locator="#pay-now", healed="#pay", worked=True)
            for number in numbers
        ]
        asyncio.run(self._producer.write([outgoing(topic, b"shop", each) for each in told]))

    def repairs(self, schema="argus_live"):
        """What is known of repairs."""
        columns = "fingerprint, original_selector, healed_selector, success_count, bound, created_at, last_used_at"
        return self.query(f"select {columns} from {schema}.healing_patterns order by 1")  # noqa: S608 - our own names

    def groups(self, schema="argus_live"):
        """Title → (fingerprint, count, duplicates, status, sources)."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return {title: tuple(rest) for title, *rest in connection.execute(GROUPS.format(schema))}

    def query(self, text, *parameters):
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(text, parameters).fetchall()

    def becomes(self, look, wanted, seconds=30):
        assert comes_true(lambda: look() == wanted, seconds), look()

    def close(self):
        for crew in self._crews:
            crew.stop()


def error(kind, message="stock is negative", **fields):
    return {"type": kind, "message": message, **fields}
