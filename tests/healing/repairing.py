"""A deployment of HEAL and STORE: topics, tables, and workers that are killed or let end."""

import asyncio
import subprocess
import sys
import uuid
from contextlib import contextmanager

import psycopg
from commands import argus, bare
from processes import comes_true

from argus_streams import app
from argus_streams.history.site import site
from argus_streams.settings import Settings, with_environment

# All that a row tells but the version, which counts how often it was told.
TOLD = (
    "fingerprint, original_selector, healed_selector, error_type, success_count, failure_count, last_used_at,"
    " confidence, created_at, scope, source, standing, reason, bound, rule, tests, first_release, last_release, origin"
)


class Deployment:
    """Topics, tables and workers of any generation."""

    def __init__(self, kafka, database, log):
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": database, "ARGUS_HEALTH_PORT": "0",
            "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.", "ARGUS_TOPIC_PARTITIONS": "2",
        }  # fmt: skip
        self.log = log
        self.site = site(with_environment(Settings(), self.environment))
        for arguments in (("topics", "apply"), ("migrate",)):
            assert argus(*arguments, **self.environment).exit_code == 0

    @contextmanager
    def worker(self, role, generation="first"):
        """A worker, killed at the end."""
        command = [sys.executable, "-m", "argus_streams", "worker", role, "--generation", generation]
        environment = bare() | self.environment
        with self.log.open("ab") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as running:  # noqa: S603 - our own command line
            try:
                yield running
            finally:
                running.kill()

    def lag(self, role, generation="first"):
        """How many records a role has not committed."""
        made = self.site.of(generation)

        async def look():
            tps = list(await self.site.offsets.partitions(app.inputs(made, role)))
            ends = await self.site.offsets.ends(tps)
            done = await self.site.offsets.committed(app.group_of(made, role), tps)
            return sum(end - max(done[tp], first) for tp, (first, end) in ends.items())

        return asyncio.run(look())

    def written(self):
        """How many records of patterns there are."""
        topic = app.topics_of(self.site.given).patterns

        async def look():
            ends = await self.site.offsets.ends(await self.site.offsets.partitions([topic]))
            return sum(end for _, end in ends.values())

        return asyncio.run(look())

    def caught_up(self, role, generation="first"):
        """Let a worker do all that there is to do, and end."""
        with self.worker(role, generation) as running:
            assert comes_true(lambda: self.lag(role, generation) == 0, 60), self.log.read_text()[-3000:]
            running.terminate()
            running.wait(30)

    def forget(self, role):
        """Let a role begin at the beginning."""
        group = app.group_of(self.site.given, role)
        assert asyncio.run(self.site.offsets.delete([group])) == [group]

    def patterns(self, schema):
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(f"select {TOLD} from {schema}.healing_patterns order by 1").fetchall()  # noqa: S608
