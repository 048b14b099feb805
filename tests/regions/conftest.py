"""Two regions with a broker and a database each, and MirrorMaker between them."""

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).resolve().parents[1] / each) for each in ("chaos", "history")]  # crews, deployments

from databases import database_on
from mirror import MirrorMaker
from region import Region


def pytest_collection_modifyitems(config, items):
    """What takes minutes runs where its marker is named (`make chaos`)."""
    if "chaos" not in (config.option.markexpr or ""):
        here = Path(__file__).parent
        long = [item for item in items if item.get_closest_marker("chaos") and item.path.parent == here]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture
def regions(new_broker, postgres_server, tmp_path):
    """eu and us."""
    with ExitStack() as held:
        brokers = {alias: new_broker() for alias in ("eu", "us")}
        made = []
        for alias, other in (("eu", "us"), ("us", "eu")):
            url = held.enter_context(database_on(postgres_server))
            region = Region(alias, other, brokers[alias], url, tmp_path / alias)
            held.callback(region.close)
            region.prepare()
            made.append(region)
        yield made


@pytest.fixture
def mirrors(regions, say):
    """Starts MirrorMaker into a region."""
    servers = {region.alias: region.broker.bootstrap for region in regions}
    with ExitStack() as held:
        yield lambda into: held.enter_context(MirrorMaker(into.alias, servers, "argus.", say))
