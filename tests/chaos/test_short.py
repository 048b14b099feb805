"""A handful of faults with a small load, for every run of the tests; `make chaos` plays all of them."""

import pytest
from faults_of_the_database import all_connections_to_postgres_are_cut, the_disk_of_postgres_is_full
from faults_of_workers import all_roles_are_killed_at_once

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


async def workers_die_and_lose_their_database(play):
    """Together, for a start costs more than a fault."""
    await all_connections_to_postgres_are_cut(play)
    await the_disk_of_postgres_is_full(play)
    await all_roles_are_killed_at_once(play)


def test_workers_that_die_and_lose_their_database_change_no_count(theatre, rented):
    assert theatre.play(workers_die_and_lose_their_database, rented, rate=100, broken=0.05).exact
