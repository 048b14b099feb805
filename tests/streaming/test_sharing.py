"""Which worker gets which partitions, as workers come and go."""

from itertools import pairwise

from aiokafka.coordinator.protocol import ConsumerProtocolMemberMetadata
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.streaming.application import application
from argus_streams.streaming.sharing import shares

NAMES = [f"worker-{number}" for number in range(24)]
MEMBERS = st.sets(st.sampled_from(NAMES), min_size=1)
SIZES = st.integers(1, 80)


def after(*memberships, partitions):
    """What is shared out at last, as these come and go."""
    shared = {}
    for members in memberships:
        shared = shares({member: shared.get(member, ()) for member in members}, partitions, {})
    return shared


@given(st.lists(MEMBERS, min_size=1, max_size=5), SIZES)
def test_every_partition_has_one_owner_and_nobody_has_two_more_than_another(memberships, partitions):
    shared = after(*memberships, partitions=partitions)
    assert sorted(number for numbers in shared.values() for number in numbers) == list(range(partitions))
    sizes = sorted(map(len, shared.values()))
    assert sizes[-1] - sizes[0] <= 1
    assert shared.keys() == memberships[-1]


@given(st.lists(MEMBERS, min_size=2, max_size=5), SIZES)
def test_no_more_partitions_move_than_have_to(memberships, partitions):
    before, now = after(*memberships[:-1], partitions=partitions), after(*memberships, partitions=partitions)
    held = {member: len(before.get(member, ())) for member in now}
    stayed = {member: len(set(before.get(member, ())) & set(numbers)) for member, numbers in now.items()}
    few, over = divmod(partitions, len(now))
    largest = sorted(held.values(), reverse=True)
    assert sum(stayed.values()) == sum(min(size, few + (place < over)) for place, size in enumerate(largest))


@given(MEMBERS, SIZES)
def test_nothing_moves_where_nobody_came_or_left(members, partitions):
    once = after(members, partitions=partitions)
    assert shares(once, partitions, {}) == once


@given(st.dictionaries(st.sampled_from(NAMES), st.sets(st.integers(0, 79)), min_size=1), SIZES)
def test_what_two_workers_say_they_hold_has_one_owner_all_the_same(claimed, partitions):
    """One of them was put out of the group, and has not heard of it."""
    shared = shares(claimed, partitions, {})
    assert sorted(number for numbers in shared.values() for number in numbers) == list(range(partitions))


def test_the_last_four_of_twenty_workers_relieve_the_others():
    sixteen, twenty = NAMES[:16], NAMES[:20]
    sizes = [len(numbers) for numbers in after(sixteen, twenty, partitions=64).values()]
    assert sorted(sizes) == [3] * 16 + [4] * 4


def test_where_there_are_more_workers_than_partitions_some_have_none():
    assert sorted(map(len, after(NAMES[:10], partitions=8).values())) == [0, 0] + [1] * 8


class Cluster:
    """Which topics there are, and how many partitions they have."""

    def __init__(self, **counts):
        self._counts = counts

    def partitions_for_topic(self, topic):
        return set(range(self._counts[topic])) if topic in self._counts else None


class Group:
    """Workers of one consumer group, of which any may be asked to share out."""

    def __init__(self, **counts):
        self._cluster = Cluster(**counts)
        self._assignors = {}

    def rebalanced(self, members, topics):
        """What each member gets, and has taken note of."""
        for member in members:
            self._assignors.setdefault(member, application(member, ["127.0.0.1:1"], None).assignor)
        asked = {
            member: ConsumerProtocolMemberMetadata.decode(self._assignors[member].metadata(topics).encode())
            for member in members
        }
        told = self._assignors[members[-1]].assign(self._cluster, asked)
        for member, assignment in told.items():
            self._assignors[member].on_assignment(assignment)
        return {member: dict(assignment.assignment) for member, assignment in told.items()}


def test_topics_of_as_many_partitions_are_handed_out_alike():
    group = Group(normalized=12, signals=12, letters=3)
    for members in (NAMES[:2], NAMES[:5], NAMES[1:4]):
        for topics in group.rebalanced(members, {"normalized", "signals", "letters"}).values():
            assert topics.get("normalized") == topics.get("signals")


def test_partitions_stay_with_the_workers_that_have_their_state():
    group = Group(normalized=12)
    steps = [group.rebalanced(members, {"normalized"}) for members in (NAMES[:3], NAMES[:4], NAMES[:3])]
    for before, now in pairwise(steps):
        for member in before.keys() & now.keys():
            kept, had = set(now[member]["normalized"]), set(before[member]["normalized"])
            assert kept <= had or had <= kept


def test_the_partition_that_is_over_is_not_always_the_same_workers():
    """Topics of odd sizes would all burden the first."""
    told = Group(a=3, b=5, c=7).rebalanced(NAMES[:2], {"a", "b", "c"})
    assert sorted(sum(map(len, topics.values())) for topics in told.values()) == [7, 8]


def test_a_topic_that_is_not_there_is_left_out():
    assert Group(a=2).rebalanced(NAMES[:1], {"a", "gone"}) == {NAMES[0]: {"a": [0, 1]}}
