"""A handful of faults with a small load, for every run of the tests; `make chaos` plays all of them."""

import charts
import pytest
from faults_of_scaling import normalize_and_correlate_grow_from_one_to_three_and_shrink_back
from faults_of_the_database import all_connections_to_postgres_are_cut, the_disk_of_postgres_is_full
from faults_of_workers import all_roles_are_killed_at_once

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


async def workers_come_and_go_die_and_lose_their_database(play):
    """Together, for a start costs more than a fault."""
    await normalize_and_correlate_grow_from_one_to_three_and_shrink_back(play)
    await all_connections_to_postgres_are_cut(play)
    await the_disk_of_postgres_is_full(play)
    await all_roles_are_killed_at_once(play)


@pytest.fixture
def deployed(rented, say):
    """A house where workers are started as the chart says: the command and the environment of each container.

    Other than in a pod are the paths, the health port, of which a host has one each, and a pipe by which our end is
    theirs. Without Helm they are started by hand, for the faults count as well then.
    """
    binary = charts.tool("helm")
    say("workers are started by hand: no helm" if binary is None else "workers are started as the chart says")
    return rented._replace(helm=binary and charts.Helm(binary))


def test_workers_that_come_and_go_die_and_lose_their_database_change_no_count(theatre, deployed):
    assert theatre.play(workers_come_and_go_die_and_lose_their_database, deployed, rate=100, broken=0.05).exact
