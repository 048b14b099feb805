"""Faults of all kinds at random, two at a time: what happens to workers beside what happens to what they need."""

import asyncio

from faults_of_the_broker import (
    the_broker_is_killed_and_restarted,
    the_dead_letter_topic_refuses_writes,
    the_topics_that_a_stage_writes_refuse_records,
)
from faults_of_the_database import (
    all_connections_to_postgres_are_cut,
    postgres_is_stopped_for_thirty_seconds,
    the_disk_of_postgres_is_full,
)
from faults_of_the_disk import the_state_folder_is_deleted_between_restarts
from faults_of_workers import (
    a_worker_with_state_is_frozen_beyond_its_session_and_wakes_with_writes_in_its_queue,
    all_roles_are_killed_at_once,
    every_role_is_killed_over_and_over,
    workers_grow_from_one_to_three_and_back,
)

OF_WORKERS = (
    a_worker_with_state_is_frozen_beyond_its_session_and_wakes_with_writes_in_its_queue,
    all_roles_are_killed_at_once,
    every_role_is_killed_over_and_over,
    the_state_folder_is_deleted_between_restarts,
    workers_grow_from_one_to_three_and_back,
)
OF_THEIR_SURROUNDINGS = (
    all_connections_to_postgres_are_cut,
    postgres_is_stopped_for_thirty_seconds,
    the_broker_is_killed_and_restarted,
    the_dead_letter_topic_refuses_writes,
    the_disk_of_postgres_is_full,
    the_topics_that_a_stage_writes_refuse_records,
)
EACH = 4


async def faults_of_all_kinds_come_at_random_two_at_a_time(play):
    """What needs an empty pipeline, or other workers than the regulars, is played alone."""
    with play.apart("workers") as workers, play.apart("surroundings") as surroundings:
        await asyncio.gather(_some(workers, OF_WORKERS), _some(surroundings, OF_THEIR_SURROUNDINGS))


async def _some(play, faults):
    for fault in play.random.sample(faults, EACH):
        await asyncio.sleep(play.random.uniform(0, 3))
        play.say(f"  {fault.__name__.replace('_', ' ')}")
        await fault(play)
