"""Nothing lost, nothing counted twice, whatever happens: against an oracle that only knows what was published."""

import asyncio

import pytest
from faults_combined import faults_of_all_kinds_come_at_random_two_at_a_time
from faults_of_the_broker import (
    acknowledgements_are_slow_connections_are_cut_and_the_network_swallows,
    the_broker_is_killed_and_restarted,
    the_dead_letter_topic_refuses_writes,
    the_topics_that_a_stage_writes_refuse_records,
)
from faults_of_the_database import (
    all_connections_to_postgres_are_cut,
    postgres_is_stopped_for_thirty_seconds,
    the_disk_of_postgres_is_full,
)
from faults_of_the_disk import (
    the_database_of_the_state_is_damaged_between_restarts,
    the_state_folder_is_deleted_between_restarts,
)
from faults_of_time import the_clock_steps_back_an_hour
from faults_of_topics import (
    the_changelog_is_deleted_and_made_again,
    the_dead_letter_topic_is_gone_for_a_while,
    the_inputs_are_deleted_and_made_again,
)
from faults_of_workers import (
    a_worker_joins_and_leaves_forty_times,
    a_worker_with_state_is_frozen_beyond_its_session_and_wakes_with_writes_in_its_queue,
    all_roles_are_killed_at_once,
    every_role_is_killed_over_and_over,
    workers_grow_from_one_to_three_and_back,
)

pytestmark = [pytest.mark.chaos, pytest.mark.kafka, pytest.mark.postgres]


async def nothing_happens(_):
    """What the numbers of the table are to be held against."""
    await asyncio.sleep(10)


FAULTS = (
    nothing_happens,
    all_roles_are_killed_at_once,
    workers_grow_from_one_to_three_and_back,
    acknowledgements_are_slow_connections_are_cut_and_the_network_swallows,
    the_topics_that_a_stage_writes_refuse_records,
    the_dead_letter_topic_refuses_writes,
    postgres_is_stopped_for_thirty_seconds,
    all_connections_to_postgres_are_cut,
    the_disk_of_postgres_is_full,
    the_clock_steps_back_an_hour,
    the_state_folder_is_deleted_between_restarts,
    the_database_of_the_state_is_damaged_between_restarts,
    the_inputs_are_deleted_and_made_again,
    the_changelog_is_deleted_and_made_again,
    the_dead_letter_topic_is_gone_for_a_while,
)
RESTORED = (
    every_role_is_killed_over_and_over,
    a_worker_with_state_is_frozen_beyond_its_session_and_wakes_with_writes_in_its_queue,
    the_broker_is_killed_and_restarted,
    faults_of_all_kinds_come_at_random_two_at_a_time,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_count_is_exact_after(fault, theatre, owned):
    assert theatre.play(fault, owned).exact


@pytest.mark.parametrize("fault", RESTORED, ids=lambda fault: fault.__name__)
def test_every_count_is_exact_and_the_changelog_gives_it_to_a_fresh_worker_after(fault, theatre, owned):
    assert theatre.play(fault, owned, restored=True).exact


def test_a_worker_that_joins_and_leaves_in_good_order_makes_no_work_be_done_twice(theatre, owned):
    score = theatre.play(a_worker_joins_and_leaves_forty_times, owned)
    assert (score.exact, score.repeated) == (True, 0)


async def five_percent_of_the_bodies_are_broken(play):
    """And a kill of every role besides."""
    await all_roles_are_killed_at_once(play)


def test_every_count_is_exact_and_every_broken_body_has_a_letter(theatre, owned):
    assert theatre.play(five_percent_of_the_bodies_are_broken, owned, broken=0.05).exact
