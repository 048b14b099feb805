"""A region as in production: its own broker, topics and tables, one worker a role."""

import asyncio
import json
import threading
import time

import psycopg
from commands import argus
from confluent_kafka import Producer
from crew import Crew

from argus_streams import app
from argus_streams.adapters import migrations, topics
from argus_streams.agents.wire import Topics
from argus_streams.core.messages import Command
from argus_streams.publishing import Publisher
from argus_streams.settings import Settings, with_environment

ROLES = ("normalize", "correlate", "store")
PARTITIONS = 4
PREFIX = "argus."
PROBLEMS = 7


class Region:
    """One of two; ``other`` is the alias of the other one."""

    def __init__(self, alias, other, broker, database, folder):
        self.alias, self.other, self.broker, self.folder = alias, other, broker, folder
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "DATABASE_URL": database,
            "ARGUS_TOPIC_PREFIX": PREFIX,
            "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
            "ARGUS_HEALTH_HOST": "127.0.0.1",
            "ARGUS_REGIONS": other,
        }
        self.settings = with_environment(Settings(), self.environment)
        self.database = database
        self.topics = Topics.under(PREFIX)
        self.crew = None

    def prepare(self):
        """Topics and tables."""
        topics.apply(self.settings.kafka(), prefix=PREFIX, partitions=PARTITIONS, regions=[self.other])
        asyncio.run(migrations.migrate(self.database))
        asyncio.run(app.upkeep(self.settings))

    def work(self):
        """Start the workers."""
        self.folder.mkdir(exist_ok=True)
        self.crew = Crew.hired(dict.fromkeys(ROLES, self.environment), self.folder)

    def decide(self, title, action):
        """What a person says of a group."""
        with psycopg.connect(self.database) as connection:
            query = "select fingerprint from argus_live.error_groups where title = %s"
            (fingerprint,) = connection.execute(query, [title]).fetchone()
        order = Command(project="shop", fingerprint=fingerprint, action=action, by="ann")
        asyncio.run(Publisher(self.settings.kafka(), self.topics).command(order))

    def audit(self, *arguments):
        """Exit code, and what `argus audit --json` tells."""
        done = argus("audit", "--json", *arguments, **self.environment)
        assert done.stdout, done.stderr
        return done.exit_code, json.loads(done.stdout)

    def groups(self):
        """Status, since when and by whom, by title."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute("select title, status, status_at, status_by from argus_live.error_groups")
            return {title: told for title, *told in rows}

    def counts(self):
        with psycopg.connect(self.database) as connection:
            return dict(connection.execute("select title, count from argus_live.error_groups").fetchall())

    def close(self):
        if self.crew:
            self.crew.close()


class Sender:
    """A producer with its own ids; it knows which bodies a broker acknowledged."""

    def __init__(self, topic):
        self._topic = topic
        self.sent = {}  # id → when and which problem
        self.acknowledged = set()

    def publish(self, region, numbers):
        """Bodies to a region, all of which it acknowledges; the same number is the same delivery."""
        producer = self.producer(region)
        for number in numbers:
            self.send(producer, f"problem {number % PROBLEMS}", number)
        assert producer.flush(30) == 0

    def producer(self, region):
        return Producer({**region.settings.kafka(), "enable.idempotence": True, "linger.ms": 5, "log_level": 0})

    def send(self, producer, problem, number):
        told = {
            "id": f"d{number}", "type": "Error", "message": f"{problem} broke", "fingerprint": [problem],
            "title": problem,
        }  # fmt: skip
        self.sent.setdefault(number, (time.monotonic(), problem))
        producer.produce(
            self._topic,
            json.dumps(told).encode(),
            headers=[("ce_source", b"argus"), ("project", b"shop")],
            on_delivery=lambda error, _: None if error else self.acknowledged.add(number),
        )
        producer.poll(0)

    def expected(self):
        """How often each problem happened."""
        counts = {}
        for _, problem in self.sent.values():
            counts[problem] = counts.get(problem, 0) + 1
        return counts

    def differs(self, counts):
        """Where counts are not as they should be: problem → (counted, expected)."""
        expected = self.expected()
        return {name: (counts.get(name), number) for name, number in expected.items() if counts.get(name) != number}


class Watch:
    """Restarts what ends of the regions' crews, as an orchestrator does."""

    def __init__(self, *regions):
        self._regions = regions
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self._end.wait(0.2):
            for region in self._regions:
                if region.crew:
                    region.crew.watch()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
