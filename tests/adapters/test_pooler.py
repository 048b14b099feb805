"""Through PgBouncer in transaction mode: each transaction may meet another server session, as with Supavisor."""

import asyncio
import os
import shutil
import subprocess
import time
from urllib.parse import urlsplit

import parts
import psycopg
import pytest
from stored_rows import a_group, a_kept

from argus_streams.adapters.database import open_database
from argus_streams.adapters.migrations import ensure_partitions, migrate
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.adapters.reading import PostgresReader
from argus_streams.core.messages import Version
from argus_streams.embedded.process import claim_ports
from argus_streams.ports import GroupQuery

CONFIGURATION = """
[databases]
* = host={host} port={server_port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
"""


@pytest.fixture
def pooled_url(postgres_url, tmp_path):
    """The same database behind three server sessions."""
    program = shutil.which("pgbouncer")
    if program is None:
        parts.missing("pgbouncer", "no pgbouncer on PATH")
    server = urlsplit(postgres_url)
    (port,) = claim_ports(tmp_path, 1)
    # It refuses to run as root, and reads its configuration before it becomes another.
    settings = {"host": server.hostname, "server_port": server.port, "user": server.username, "port": port}
    configuration = tmp_path / "pgbouncer.ini"
    configuration.write_text(CONFIGURATION.format(**settings, password=server.password or ""))
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen([program, *account, configuration], stderr=log) as pooler,  # noqa: S603 - our own command
    ):
        url = server._replace(netloc=f"{server.username}@127.0.0.1:{port}").geturl()
        try:
            wait_for_answer(url)
            yield url
        finally:
            pooler.kill()


def wait_for_answer(url):
    deadline = time.monotonic() + 10
    while True:
        try:
            with psycopg.connect(url, connect_timeout=2):
                return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_migrations_writers_and_readers_share_few_sessions(pooled_url):
    async def main():
        done = await asyncio.gather(*(migrate(pooled_url) for _ in range(3)))
        assert sum(map(bool, done)) >= 1
        await ensure_partitions(pooled_url, "argus_live")
        async with open_database(pooled_url, connections=12) as database:
            store, reader = PostgresStore(database), PostgresReader(database)
            batches = [
                [a_group(version=Version(1, n), count=n), a_group(fingerprint=f"v1:{n}"), a_kept(f"e{n}")]
                for n in range(1, 41)
            ]
            assert await asyncio.gather(*map(store.write, batches)) == [[]] * 40
            found = await asyncio.gather(*(reader.groups(GroupQuery(fingerprint="9f2c")) for _ in range(20)))
            assert {group.count for groups in found for group in groups} == {40}
            assert len(await reader.events("shop", "v1:9f2c", 100)) == 40

    asyncio.run(main())


def test_limits_of_one_transaction_do_not_reach_the_next_client(pooled_url):
    async def main():
        await migrate(pooled_url)
        async with open_database(pooled_url) as database:
            await PostgresStore(database).write([a_group()])

    asyncio.run(main())
    with psycopg.connect(pooled_url, autocommit=True) as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("0",)
