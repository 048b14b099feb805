"""The pipeline as in production: a broker, a database, topics, tables, and supervised workers of each role."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from argus_streams import app, supervision
from argus_streams.adapters import migrations, topics
from argus_streams.agents.wire import Topics
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing

PARTITIONS = 8
READY_SECONDS = 60.0
BATCH = 2_000


class Crew(NamedTuple):
    """One worker a role, watched over."""

    supervisor: object
    ports: dict[str, int]
    logs: Path

    def check(self):
        assert self.supervisor.check() is None, f"a worker can not run:\n{self.tails()}"

    def restarts(self):
        return sum(child.restarts for child in self.supervisor.children.values())

    def process(self, role):
        return self.supervisor.children[role].process

    def cpu(self):
        """CPU seconds that each role has used since its start, where the system tells."""
        told = {}
        for role, child in self.supervisor.children.items():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
                told[role] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return told

    def health(self, role):
        """What the worker says of itself, ``None`` if nothing."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[role]}/readyz", timeout=1) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)
        except OSError:
            return None

    async def ready(self, *roles, seconds=READY_SECONDS):
        """Wait until these roles work; how long that took."""
        began = time.monotonic()
        waiting = list(roles or self.ports)
        while waiting:
            told = {role: await asyncio.to_thread(self.health, role) for role in waiting}
            waiting = [role for role, health in told.items() if not (health and health["ready"])]
            assert time.monotonic() - began < seconds, f"{told} after {seconds} s:\n{self.tails()}"
            self.check()
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    def tails(self):
        return "\n".join(f"--- {file}\n{file.read_text()[-3000:]}" for file in sorted(self.logs.glob("*.log")))


class Stage:
    """Topics and tables under a prefix of their own, and any number of crews."""

    def __init__(self, bootstrap, database, folder, prefix, broker):
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "DATABASE_URL": database,
            "ARGUS_TOPIC_PREFIX": prefix,
            "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
            "ARGUS_HEALTH_HOST": "127.0.0.1",
        }
        self.settings = with_environment(Settings(), self.environment)
        self.folder = folder
        self.broker = broker  # to crash, where it is the test's own
        self._producer = ConfirmedProducer({**self.settings.kafka(), "logger": logging.getLogger("librdkafka")})
        self._incoming = Topics.under(prefix).incoming
        self._crews = []

    def prepare(self):
        topics.apply(self.settings.kafka(), prefix=self.settings.topic_prefix, partitions=PARTITIONS)
        asyncio.run(migrations.migrate(self.settings.database()))
        asyncio.run(app.upkeep(self.settings))

    def crew(self, name, roles=tuple(app.ROLES), *, on_disk=True):
        """Start one worker a role; a crew of the same name finds its state again."""
        logs = self.folder / name
        logs.mkdir(exist_ok=True)
        ports = {role: _free_port() for role in roles}
        state = {"ARGUS_STATE_DIR": str(logs / "state")} if on_disk else {}
        overrides = {role: {**self.environment, **state, "ARGUS_HEALTH_PORT": str(ports[role])} for role in roles}
        crew = Crew(supervision.supervisor(roles, overrides, logs=logs), ports, logs)
        self._crews.append(crew)
        crew.supervisor.start()
        return crew

    async def publish(self, bodies, oracle):
        """Write bodies, and tell the oracle where they stand."""
        for first in range(0, len(bodies), BATCH):
            batch = bodies[first : first + BATCH]
            places = await self._producer.write([Outgoing(self._incoming, None, b.value, _headers(b)) for b in batch])
            for body, place in zip(batch, places, strict=True):
                oracle.published(body, place)

    def close(self):
        for crew in self._crews:
            for child in crew.supervisor.children.values():
                child.process.kill()
                child.process.wait()
                child.process.stdin.close()


@contextlib.contextmanager
def stage(bootstrap, database, folder, prefix="accept.", broker=None):
    """A prepared stage; whatever still runs of it is ended."""
    made = Stage(bootstrap, database, folder, prefix, broker)
    made.prepare()
    with contextlib.closing(made):
        yield made


def _headers(body):
    told = {**body.headers, "ce_specversion": "1.0", "ce_source": body.source, "project": body.project}
    return [(name, value.encode()) for name, value in told.items() if value]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
