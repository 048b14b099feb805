"""What scaling costs under load: nothing lost, nothing counted twice, no long pause."""

import pytest
from faults_of_scaling import (
    a_role_with_state_scales_to_twenty_workers_and_back,
    each_role_scales_from_two_to_eight_workers_and_back,
    every_worker_is_replaced_one_by_one,
    one_worker_is_frozen_while_more_join_than_there_are_partitions,
)

pytestmark = [pytest.mark.chaos, pytest.mark.kafka, pytest.mark.postgres]

RATE = 2_000
PAUSE_SECONDS = 20.0


def test_every_count_is_exact_and_nothing_pauses_for_long_while_each_role_scales(theatre, owned):
    fault = each_role_scales_from_two_to_eight_workers_and_back
    assert theatre.play(fault, owned, rate=RATE, pause=PAUSE_SECONDS).exact


def test_every_count_is_exact_while_a_role_scales_to_twenty_workers(theatre, owned):
    assert theatre.play(a_role_with_state_scales_to_twenty_workers_and_back, owned._replace(partitions=24)).exact


@pytest.mark.parametrize(
    "fault", [one_worker_is_frozen_while_more_join_than_there_are_partitions, every_worker_is_replaced_one_by_one],
    ids=lambda fault: fault.__name__,
)  # fmt: skip
def test_every_count_is_exact_and_nothing_pauses_for_long_after(fault, theatre, owned):
    assert theatre.play(fault, owned, pause=PAUSE_SECONDS).exact
