"""A deployment to fall ill: its topics on a broker, its tables in a database, no workers; and the doctor's findings."""

import asyncio
import uuid
from functools import cached_property

import psycopg
from commands import argus, unset
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic
from processes import comes_true

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.core.topology import targets
from argus_streams.diagnosis.run import Pace, diagnose
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.offsets import Offsets
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Committed, Reader

PARTITIONS = 2
NOWHERE = "127.0.0.1:1"
LOOKS = 3
PATIENT = Pace(first=30, then=30, pause=0.1, near=30)  # a busy machine is slow, not ill


class Site:
    """One, of which every fault is planted with a method."""

    def __init__(self, environment):
        self.environment = environment
        self.settings = with_environment(Settings(), environment)
        self.topics = app.topics_of(self.settings)

    @cached_property
    def admin(self):
        return AdminClient(self.settings.kafka() | {"log_level": 0})

    @classmethod
    def made(cls, bootstrap, database):
        """One with all its topics."""
        site = cls(
            {
                "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
                "DATABASE_URL": database,
                "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.",
                "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
            }
        )
        topics.apply(site.settings.kafka(), prefix=site.settings.topic_prefix, partitions=PARTITIONS)
        return site

    def beside(self, **environment):
        """The same with some variables replaced."""
        return Site(self.environment | environment)

    def ailments(self, **how):
        """What is not fine: (check, verdict) → findings; Kafka's clock is not known where nothing comes in."""
        found = {}
        with unset():
            diagnosed = diagnose(self.settings, pace=PATIENT, **how)
        for each in diagnosed:
            if each.verdict != "fine" and (each.check, each.verdict) != ("clock", "unknown"):
                found.setdefault((each.check, each.verdict), []).append(each)
        return found

    def argus(self, *arguments, **environment):
        return argus(*arguments, **(self.environment | environment))

    def id_of(self, name):
        found = asyncio.run(Reader(self.settings.kafka(), "ids").topics([name]))
        return found[name][0] if found else None

    def make(self, name, partitions=PARTITIONS):
        """Make a topic anew, as it is declared but for the number of its partitions."""
        self.drop(name)
        prefix = self.settings.topic_prefix
        declared = targets(topics.load(), prefix=prefix, partitions=partitions, replication=1)
        config = next(each.config for each in declared if each.name == name)
        self.admin.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result()
        assert comes_true(lambda: self.id_of(name), 10)

    def drop(self, name):
        if self.id_of(name):
            self.admin.delete_topics([name])[name].result()
            assert comes_true(lambda: self.id_of(name) is None, 10)

    def set(self, name, setting, value):
        entry = ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=[entry])
        self.admin.incremental_alter_configs([resource])[resource].result()

    def publish(self, topic, count, partition=0):
        producer = Producer(self.settings.kafka())
        for _ in range(count):
            producer.produce(topic, b"{}", None, partition)
        assert producer.flush(20) == 0

    def commit(self, role, topic, offset, *, state="", topic_id=None):
        """Let a role have read a topic's first partition so far."""
        place = Committed(offset, topic_id or self.id_of(topic), state)
        offsets = Offsets(self.settings.kafka())
        asyncio.run(offsets.commit(app.group_of(self.settings, role), {Partition(topic, 0): place}))

    def forget(self, topic, before):
        place = TopicPartition(topic, 0, before)
        self.admin.delete_records([place])[place].result()

    def sql(self, text):
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(text)


class Patient:
    """What was found of a site before anything was planted: nothing wrong."""

    def __init__(self, site):
        self.site = site
        for _ in range(LOOKS):
            self.before = site.ailments()
            if not [key for key in self.before if key[1] == "unknown"]:
                break
        assert not [key for key in self.before if key[1] == "wrong"], self.before

    def has(self, *expected, of=None, **how):
        """Exactly these (check, verdict) are there now that were not before; the first of their findings by check.

        A busy machine may leave a question unanswered: it is asked again.
        """
        for _ in range(LOOKS):
            after = (of or self.site).ailments(**how)
            new = {key: [each for each in told if each not in self.before.get(key, [])] for key, told in after.items()}
            new = {key: told for key, told in new.items() if told}
            if new.keys() == set(expected):
                break
        assert new.keys() == set(expected), new
        return {check: told[0] for (check, _), told in new.items()}

    def recovers(self, **how):
        """Nothing is there now that was not before."""
        self.has(**how)


def wrong(*checks):
    return tuple((check, "wrong") for check in checks)


def unknown(*checks):
    return tuple((check, "unknown") for check in checks)
