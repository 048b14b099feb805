import asyncio
import math
import os
import time
import uuid
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import parts
import psycopg
import pytest
import report
import variants
import verdict
from play import Play
from processes import is_alive
from proxy import with_side_door
from psycopg import sql
from stage import House, stage

from argus_streams.embedded.kafka import start_kafka
from argus_streams.embedded.postgres import start_postgres

HERE = Path(__file__).resolve().parent
ROWS = pytest.StashKey[list]()
PAUSES = pytest.StashKey[list]()
SEED = pytest.StashKey[str]()


def pytest_configure(config):
    config.stash[ROWS], config.stash[PAUSES] = [], []
    config.stash[SEED] = os.environ.get("ARGUS_CHAOS_SEED") or str(int(time.time()) % 1_000_000)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """What takes minutes runs where this folder or its marker is named (`make chaos`), not in `make test`."""
    if "chaos" in (config.option.markexpr or "") or any(_is_here(config, argument) for argument in config.args):
        return
    long = [item for item in items if item.get_closest_marker("chaos")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


def _is_here(config, argument):
    path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
    return path == HERE or HERE in path.parents


def pytest_terminal_summary(terminalreporter, config):
    if config.stash[ROWS]:
        terminalreporter.section("chaos")
        for line in report.lines(config.stash[ROWS], config.stash[SEED]):
            terminalreporter.write_line(line)
        for line in report.paused(config.stash[PAUSES]):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def all_bases(tmp_path_factory, say):
    found, told = variants.bases(variants.mappings(tmp_path_factory.mktemp("bodies")))
    say(f"bodies are made from {len(found)} of {told}")
    return found


class Theatre(NamedTuple):
    """Where faults are played."""

    config: pytest.Config
    all_bases: list
    folder: Path
    say: object

    def play(self, fault, house, *, restored=False, pause=math.inf, **options):
        """Let a fault happen, or several, and hold what comes out against what must; ``pause`` s are borne."""
        seed, name = self.config.stash[SEED], fault.__name__
        self.say(f"{name.replace('_', ' ')}: ARGUS_CHAOS_SEED={seed}")
        with stage(house, self.folder, prefix=f"chaos.{uuid.uuid4().hex[:6]}.") as scene:
            play = Play(scene, self.all_bases, f"{seed} {name}", self.say, **options)
            seen, audit = asyncio.run(play.run(fault, restored=restored))
        score = verdict.score(play.oracle, seen)
        self.config.stash[ROWS].append(report.Row(name, score, play.recovery))
        said = verdict.complaints(play.oracle, seen) + audit
        if play.pauses is not None:
            self.config.stash[PAUSES].append((name, play.pauses))
            said += play.pauses.beyond(pause)
        assert not said, "\n".join([f"ARGUS_CHAOS_SEED={seed}", *said, f"the workers' logs: {self.folder}"])
        return score


@pytest.fixture
def theatre(request, all_bases, tmp_path, say):
    return Theatre(request.config, all_bases, tmp_path, say)


@pytest.fixture
def rented(kafka, postgres_url):
    """A house whose broker and database are others' too: only workers may be broken."""
    return House(kafka, postgres_url)


@pytest.fixture(scope="session")
def street(tmp_path_factory, say):
    """A broker with a side door, and a Postgres, that chaos alone uses; started once, which costs more than a fault."""
    folder = tmp_path_factory.mktemp("kafka")
    with (
        parts.obtained("kafka", lambda: start_kafka(folder, say=say)) as broker,
        parts.obtained("postgres", lambda: start_postgres(None, say=say)) as postgres,
    ):
        yield broker, postgres, with_side_door(broker, folder)


@pytest.fixture
def owned(street):
    """A house all of which may be broken; what a failed test left broken is mended."""
    broker, postgres, side_door = street
    for server in (broker, postgres):
        if not is_alive(server.pid):
            server.restart()
    name = f"chaos_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return House(
        broker.bootstrap, urlsplit(postgres.url)._replace(path=f"/{name}").geturl(), broker, postgres, side_door
    )
