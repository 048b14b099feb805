import asyncio
import os
from contextlib import ExitStack

import charts
import order
import parts
import psycopg
import pytest
from databases import database_on
from hypothesis import settings
from one_for_all import OneForAll
from redis_part import RedisServer
from room import in_memory

from argus_streams.adapters.migrations import migrate
from argus_streams.embedded.choice import kafka_for, postgres_for
from argus_streams.embedded.kafka import start_kafka
from argus_streams.embedded.postgres import start_postgres

# a busy machine is slow, not wrong, so nothing has a deadline
settings.register_profile("short", max_examples=25, deadline=None)
settings.register_profile("long", max_examples=200, deadline=None)  # for `make long`
settings.load_profile("short")

settings.register_profile("fuzz", max_examples=1_000, deadline=None, print_blob=True)  # for `make fuzz`


def pytest_configure():
    parts.required(os.environ.get("ARGUS_REQUIRE", ""))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """A test that uses a part's fixture carries its marker, so that `-m "not kafka"` is exact.

    What takes minutes runs where its marker is named (`make long`), not in `make test`.
    The files begin in such an order that no processor has to wait for the last of them.
    """
    if "long" not in (config.option.markexpr or ""):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    for item in items:
        for marker in {parts.MARKER_OF[name] for name in parts.MARKER_OF.keys() & set(item.fixturenames)}:
            item.add_marker(marker)
    items.sort(key=order.place)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if item.get_closest_marker("shared") and not parts.SHARED.is_dir():
        parts.missing("shared", "there is no folder `shared` beside the checkout")


def pytest_terminal_summary(terminalreporter):
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    count = sum(parts.MISSING in reason for reason in reasons)
    if count:
        terminalreporter.section(f"{count} TESTS DID NOT RUN: a part is missing (see above)", yellow=True, bold=True)


@pytest.fixture(scope="session")
def say(request):
    """Shows progress, as fetching Kafka for the first time takes a while, past pytest's capture."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    terminal = request.config.pluginmanager.getplugin("terminalreporter")

    def show(line):
        if terminal is None:  # one of several processes (-n), which have no terminal of their own
            return
        with capture.global_and_fixture_disabled():
            terminal.ensure_newline()
            terminal.write_line(line)

    return show


@pytest.fixture(scope="session")
def kafka(say, tmp_path_factory):
    """The bootstrap address of one Kafka for the whole session, all its processes; every test makes its own topics."""
    bootstrap, folder = os.environ.get("KAFKA_BOOTSTRAP_SERVERS"), tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def start():
        with in_memory():
            return kafka_for(bootstrap, None, say)

    with parts.obtained("kafka", lambda: OneForAll(folder / "kafka", start)) as part:
        yield part.bootstrap


@pytest.fixture
def new_broker(say):
    """Starts brokers of the test's own: new_broker(directory=None)."""

    def start(directory=None):
        with in_memory():
            return start_kafka(directory, say=say)

    with ExitStack() as started:
        yield lambda directory=None: started.enter_context(parts.obtained("kafka", lambda: start(directory)))


@pytest.fixture
def broker(new_broker):
    """A broker of the test's own, to kill and restart."""
    return new_broker()


@pytest.fixture(scope="session")
def postgres_server(say):
    """The address of one Postgres for the whole session."""
    url = os.environ.get("DATABASE_URL")
    with parts.obtained("postgres", lambda: postgres_for(url, None, say)) as part:
        if not url:
            forget_at_power_loss(part.url)
        yield part.url


def forget_at_power_loss(url):
    """Nobody reads a session's databases after the machine has lost its power; each new one is many files to sync."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("alter system set fsync = off")
        connection.execute("select pg_reload_conf()")


@pytest.fixture
def postgres_url(postgres_server):
    """The address of an empty database of the test's own."""
    with database_on(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def migrated(postgres_server):
    """The address of a database with our tables and no rows, to be copied: a copy costs a third of a migration."""
    with database_on(postgres_server) as url:
        asyncio.run(migrate(url))
        yield url


@pytest.fixture
def migrated_url(postgres_server, migrated):
    """The address of a database of the test's own, with our tables and no rows."""
    with database_on(postgres_server, migrated) as url:
        yield url


@pytest.fixture
def new_postgres(say):
    """Starts servers of the test's own, to kill and restart: new_postgres(directory=None)."""
    with ExitStack() as started:
        yield lambda directory=None: started.enter_context(
            parts.obtained("postgres", lambda: start_postgres(directory, say=say))
        )


@pytest.fixture
def redis_server(tmp_path):
    """A Redis of the test's own, to stop and start."""
    with parts.obtained("redis", lambda: RedisServer(tmp_path)) as part:
        yield part


@pytest.fixture(scope="session")
def helm():
    """Helm itself, to render the chart with."""
    return charts.installed()


@pytest.fixture(scope="session")
def shared_dir():
    """The real payloads and benchmarks beside the checkout."""
    return parts.SHARED
