import asyncio
import os
import time
import uuid
from pathlib import Path
from typing import NamedTuple

import bodies
import pytest
import report
import verdict
from play import Play
from proxy import with_side_door
from stage import House, stage

HERE = Path(__file__).resolve().parent
ROWS = pytest.StashKey[list]()
SEED = pytest.StashKey[str]()


def pytest_configure(config):
    config.stash[ROWS] = []
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


@pytest.fixture(scope="session")
def all_bases(tmp_path_factory, say):
    found, told = bodies.bases(bodies.mappings(tmp_path_factory.mktemp("bodies")))
    say(f"bodies are made from {len(found)} of {told}")
    return found


class Theatre(NamedTuple):
    """Where faults are played."""

    config: pytest.Config
    all_bases: list
    folder: Path
    say: object

    def play(self, fault, house, *, restored=False, **options):
        """Let a fault happen, or several, and hold what comes out against what must."""
        seed, name = self.config.stash[SEED], fault.__name__
        self.say(f"{name.replace('_', ' ')}: ARGUS_CHAOS_SEED={seed}")
        with stage(house, self.folder, prefix=f"chaos.{uuid.uuid4().hex[:6]}.") as scene:
            play = Play(scene, self.all_bases, f"{seed} {name}", self.say, **options)
            seen, audit = asyncio.run(play.run(fault, restored=restored))
        score = verdict.score(play.oracle, seen)
        self.config.stash[ROWS].append(report.Row(name, score, play.recovery))
        said = verdict.complaints(play.oracle, seen) + audit
        assert not said, "\n".join([f"ARGUS_CHAOS_SEED={seed}", *said, f"the workers' logs: {self.folder}"])
        return score


@pytest.fixture
def theatre(request, all_bases, tmp_path, say):
    return Theatre(request.config, all_bases, tmp_path, say)


@pytest.fixture
def rented(kafka, postgres_url):
    """A house whose broker and database are others' too: only workers may be broken."""
    return House(kafka, postgres_url)


@pytest.fixture
def owned(new_broker, new_postgres, tmp_path):
    """A house of the test's own, all of which may be broken."""
    folder = tmp_path / "kafka"
    broker, postgres = new_broker(folder), new_postgres()
    return House(broker.bootstrap, postgres.url, broker, postgres, with_side_door(broker, folder))
