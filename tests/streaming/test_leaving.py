"""A worker that ends is no member any more, in whatever it was at: else the others wait for its session to run out."""

import signal

import pytest
from confluent_kafka.admin import AdminClient
from fleet import Fleet
from processes import comes_true

pytestmark = pytest.mark.kafka


def members(fleet):
    """How many the broker takes for members of the group, and what it does with them."""
    admin = AdminClient({"bootstrap.servers": fleet.topics.bootstrap})
    told = admin.describe_consumer_groups([fleet.group])[fleet.group].result(10)
    return len(told.members), told.state.name


def test_workers_that_end_while_they_join_are_no_members_any_more(kafka, tmp_path):
    """One was a member before, one never was; both wait for a third that is slow to join again."""
    with Fleet(kafka, tmp_path) as fleet:
        slow, known = fleet.start(), fleet.start()
        assert comes_true(lambda: slow.ready and known.ready and members(fleet) == (2, "STABLE"), 60)
        joins = known.log.count("(Re-)joining")
        slow.send(signal.SIGSTOP)
        new = fleet.start()
        assert comes_true(lambda: members(fleet) == (3, "PREPARING_REBALANCING"), 9)
        assert comes_true(lambda: known.log.count("(Re-)joining") > joins, 9)
        assert [worker.terminate()[0] for worker in (known, new)] == [0, 0]
        assert members(fleet)[0] == 1
