"""The pipeline as in production: a broker, a database, topics, tables, and supervised workers of each role."""

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
from typing import NamedTuple

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from crew import Crew
from launching import PARTITIONS, STATE, ByChart, ByHand

from argus_streams import app
from argus_streams.adapters import migrations, topics
from argus_streams.agents.wire import Topics
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import Outgoing, PlacingProducer
from argus_streams.streaming.reader import Reader

BATCH = 2_000


class House(NamedTuple):
    """What a stage stands in, and what may be broken of it."""

    bootstrap: str
    database: str  # an empty one of the stage's own
    broker: object = None  # where they are the test's own
    postgres: object = None
    side_door: object = None  # the broker behind a proxy
    helm: object = None  # where workers are started as the chart says
    partitions: int = PARTITIONS  # of each topic


class Stage:
    """Topics and tables under a prefix of their own, and any number of crews."""

    def __init__(self, house, folder, prefix):
        self.house = house
        self.folder = folder
        self.deployment = (ByChart if house.helm else ByHand).of(house, folder, prefix)
        self.environment = self.deployment.environment("store")  # the database's address among them
        self.settings = with_environment(Settings(), self.environment)
        self.topics = Topics.under(prefix)
        self.crews = []
        self.spans = {}  # (topic id, partition) → (first, end) of inputs that were deleted since
        self._reader = Reader(self.settings.kafka(), f"{prefix}stage")
        self._producer = None
        self._topic_id = ""

    def prepare(self):
        asyncio.run(migrations.migrate(self.settings.database()))
        asyncio.run(app.provide(self.settings))
        asyncio.run(app.upkeep(self.settings))
        self.build()

    def build(self):
        """Make the topics that are missing; what is published from now on goes into them."""
        topics.apply(self.settings.kafka(), prefix=self.settings.topic_prefix, partitions=self.house.partitions)
        self._producer = PlacingProducer({**self.settings.kafka(), "logger": logging.getLogger("librdkafka")})
        ((self._topic_id, _),) = asyncio.run(self._reader.topics([self.topics.incoming])).values()

    def crew(self, name, roles=tuple(app.ROLES), *, on_disk=True, **changed):
        """Start one worker a role; a crew of the same name finds its state again."""
        folder = self.folder / name
        crew = Crew.hired({role: {**self._variables(role, folder, on_disk), **changed} for role in roles}, folder)
        self.crews.append(crew)
        return crew

    def _variables(self, role, folder, on_disk):
        """Those of a worker, its state in the crew's folder where it keeps any on disk."""
        told = self.deployment.environment(role)
        if not on_disk:
            return {name: value for name, value in told.items() if name != "ARGUS_STATE_DIR"}
        return {**told, "ARGUS_STATE_DIR": str(folder / STATE)} if "ARGUS_STATE_DIR" in told else told

    def beside(self, name, roles):
        """A crew whose way to the broker leads through the proxy."""
        return self.crew(name, roles, KAFKA_BOOTSTRAP_SERVERS=self.house.side_door.bootstrap)

    async def dismiss(self, crew):
        """End a crew in good order; its exit codes."""
        self.crews.remove(crew)
        return await crew.dismissed()

    @contextlib.asynccontextmanager
    async def unattended(self, crew):
        """Nobody starts again what ends of this crew meanwhile."""
        self.crews.remove(crew)
        try:
            yield
        finally:
            self.crews.append(crew)

    async def started_again(self, crew):
        """End a crew and start it, as an operator would who has mended what could not run."""
        async with self.unattended(crew):
            await crew.dismissed()
            crew.supervisor.start()

    async def publish(self, made, oracle):
        """Write bodies, and tell the oracle where they stand."""
        for first in range(0, len(made), BATCH):
            batch = made[first : first + BATCH]
            records = [Outgoing(self.topics.incoming, None, body.value, _headers(body)) for body in batch]
            places = await self._producer.write(records)
            for body, place in zip(batch, places, strict=True):
                oracle.published(body, (self._topic_id, *place))

    async def audit(self):
        """What `argus audit` complains of, as an operator sees it."""
        command = (sys.executable, "-m", "argus_streams", "audit", "--json")
        running = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **self.environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, errors = await running.communicate()
        if running.returncode == 0:
            return []
        told = json.loads(out) if out else {"findings": errors.decode()}
        return [f"argus audit: {told.get('missing')} missing, {told.get('double')} double: {told['findings'][:5]}"]

    async def ends(self):
        """(first, end) by topic id and partition of all that was ever published into."""
        numbers = range(self.house.partitions)
        bounds = await self._reader.bounds([Partition(self.topics.incoming, number) for number in numbers])
        return {**self.spans, **{(self._topic_id, tp.partition): span for tp, span in bounds.items()}}

    async def remember_ends(self):
        """Before the input is deleted."""
        self.spans = await self.ends()

    def close(self):
        """End what still runs, and leave no topics behind."""
        for crew in self.crews:
            crew.close()
        admin, prefix = AdminClient(self.settings.kafka()), self.settings.topic_prefix
        with contextlib.suppress(KafkaException):  # a failed test may have left the broker down
            names = [name for name in admin.list_topics(timeout=10).topics if name.startswith(prefix)]
            for deleted in admin.delete_topics(names, operation_timeout=10).values():
                deleted.result()


@contextlib.contextmanager
def stage(house, folder, prefix):
    """A prepared stage; whatever still runs of it is ended."""
    made = Stage(house, folder, prefix)
    made.prepare()
    with contextlib.closing(made):
        yield made


def _headers(body):
    told = {**body.headers, "ce_specversion": "1.0", "ce_source": body.source, "project": body.project}
    return [(name, value.encode()) for name, value in told.items() if value]
