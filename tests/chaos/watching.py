"""Looks from outside, a few times a second, at what every role has committed and what has reached Postgres."""

import asyncio
import contextlib
import time
from collections import defaultdict
from functools import partial

import psycopg
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from pauses import Line

from argus_streams import app

LOOK_SECONDS = 0.25
TIMEOUT_SECONDS = 10.0
COUNTED = "select coalesce(sum(count), 0)::bigint from argus_live.error_groups"


class Pauses:
    """What stood still and for how long: by role, by one of its partitions, and on the way into Postgres."""

    def __init__(self):
        self.roles = defaultdict(Line)
        self.partitions = defaultdict(Line)  # by role, topic, partition
        self.rows = Line()
        self.rate = 0.0  # bodies/s that were published meanwhile: a busy machine makes fewer than it was asked for

    def told(self):
        """What, and at the worst: how long all of it stood still, how long one partition, how long a record waited.

        What reaches Postgres has no partitions, and its line is that of all its records.
        """
        yield "rows in Postgres", self.rows.still, self.rows.still, self.rows.waited
        for role, line in self.roles.items():
            parts = [each for (owner, *_), each in self.partitions.items() if owner == role]
            yield role, line.still, max(each.still for each in parts), max(each.waited for each in parts)

    def beyond(self, bound):
        """What stood still for longer, in words."""
        return [f"{what} stood still for {still:.1f} s" for what, still, *_ in self.told() if still > bound]


class Watcher:
    """Asks the broker and the database; it joins no group."""

    def __init__(self, stage, oracle):
        self._stage, self._oracle = stage, oracle
        self._admin = AdminClient(stage.settings.kafka())
        self._inputs = {role: app.inputs(stage.settings, role) for role in app.ROLES}
        self._tps = self._known()
        self.pauses = Pauses()

    async def watch(self):
        async with await psycopg.AsyncConnection.connect(self._stage.settings.database(), autocommit=True) as database:
            while True:
                counted = self._oracle.totals["counted"]
                ((stored,),) = await (await database.execute(COUNTED)).fetchall()
                self.pauses.rows.look(time.monotonic(), counted, stored)
                await asyncio.to_thread(self._look)
                await asyncio.sleep(LOOK_SECONDS)

    def _look(self):
        ends = {tp: future.result().offset for tp, future in self._ends().items()}
        groups = {role: app.group_of(self._stage.settings, role) for role in app.ROLES}
        asked = {
            role: self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group]
            for role, group in groups.items()
        }
        committed = {role: _offsets(future.result().topic_partitions) for role, future in asked.items()}
        now = time.monotonic()
        for role, topics in self._inputs.items():
            goals = {(tp.topic, tp.partition): end for tp, end in ends.items() if tp.topic in topics}
            done = {place: min(committed[role].get(place, 0), end) for place, end in goals.items()}
            self.pauses.roles[role].look(now, sum(goals.values()), sum(done.values()))
            for place, end in goals.items():
                self.pauses.partitions[role, *place].look(now, end, done[place])

    def _ends(self):
        latest = OffsetSpec.latest()
        return self._admin.list_offsets({tp: latest for tp in self._tps}, request_timeout=TIMEOUT_SECONDS)  # noqa: C420

    def _known(self):
        topics = self._admin.list_topics(timeout=TIMEOUT_SECONDS).topics
        read = {topic for inputs in self._inputs.values() for topic in inputs}
        return [TopicPartition(name, number) for name in read for number in topics[name].partitions]


def _offsets(tps):
    return {(tp.topic, tp.partition): max(tp.offset, 0) for tp in tps}


@contextlib.asynccontextmanager
async def watched(play):
    """Watch while this lasts, and say what was seen."""
    watcher = await asyncio.to_thread(partial(Watcher, play.stage, play.oracle))
    watching = asyncio.create_task(watcher.watch())
    pauses, began, before = watcher.pauses, time.monotonic(), play.oracle.totals["bodies"]
    try:
        yield pauses
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        pauses.rate = (play.oracle.totals["bodies"] - before) / (time.monotonic() - began)
        play.say(f"  {pauses.rate:,.0f} bodies/s were published")
        for what, still, slowest, waited in pauses.told():
            play.say(
                f"  {what}: {still:.1f} s still, one partition {slowest:.1f} s; a record waited for {waited:.1f} s"
            )
