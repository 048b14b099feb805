"""Laws of a group's state.

Each partition's events come in order, and Kafka's time does not go back within it; what is free is how the partitions
and the commands interleave, and where the chunks are cut.
"""

from itertools import pairwise

import msgspec
from builders import NOW, command, occurrence, sighting
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.events import Origin
from argus_streams.core.grouping.group import apply
from argus_streams.core.grouping.group import command as decide
from argus_streams.core.grouping.state import decode, encode, snapshot

steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.booleans(), st.sampled_from("abc")), min_size=1, max_size=25
)
orders = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["resolve", "ignore", "reopen"])), max_size=4)


def resolve(state, at, offset, action):
    return decide(state, command(action), time=at, origin=Origin("commands-id", 0, offset)).state


def lanes(told):
    """One list of occurrences a partition."""
    partitions = {}
    for number, (partition, wait, closes, source) in enumerate(told):
        lane = partitions.setdefault(partition, [])
        at = (lane[-1].received_at if lane else NOW) + wait
        lane.append(
            occurrence(len(lane), received_at=at, closes=closes, event_id=f"e{number}", source=source, release=source)
        )
    return partitions


def pieces(data, partitions, decided):
    """The lanes cut and shuffled, each lane in its order; commands anywhere."""
    queues = []
    for partition, lane in partitions.items():
        cuts = data.draw(st.sets(st.integers(1, max(1, len(lane) - 1)), max_size=4))
        cuts |= {at for at in range(1, len(lane)) if lane[at].closes != lane[at - 1].closes}  # as `fold` cuts
        edges = [0, *sorted(cut for cut in cuts if cut < len(lane)), len(lane)]
        queues.append([sighting(*lane[a:b], partition=partition) for a, b in pairwise(edges)])
    queues += [[(NOW + at, offset, action)] for offset, (at, action) in enumerate(decided)]
    told = []
    while queues:
        queue = data.draw(st.sampled_from(queues))
        told.append(queue.pop(0))
        queues = [each for each in queues if each]
    return told


def played(told, state=None):
    for each in told:
        state = resolve(state, *each) if isinstance(each, tuple) else apply(state, each).state
    return state


def summed(state):
    """All but what tells of the way: the number of writes, exemplars, and the order of the last ids."""
    told = snapshot(state, project="shop", fingerprint="v1:aa", epoch=0)
    return msgspec.structs.replace(told, version=None), state.marks, state.last_received, sorted(state.recent)


@given(st.data(), steps, orders)
def test_any_interleaving_gives_the_same_group(data, told, decided):
    partitions = lanes(told)
    once = played(pieces(data, partitions, decided))
    again = played(pieces(data, partitions, decided))
    assert summed(once) == summed(again)


@given(st.data(), steps, orders)
def test_replaying_any_suffix_changes_nothing(data, told, decided):
    order = pieces(data, lanes(told), decided)
    state = played(order)
    start = data.draw(st.integers(0, len(order)))
    assert played(order[start:] * 2, state) == state


@given(st.data(), steps, orders)
def test_the_ledger_of_a_group_closes(data, told, decided):
    state = played(pieces(data, lanes(told), decided))
    assert state.count + state.closed + state.duplicates == len(told)
    assert sum(state.sources.values()) == sum(state.hours.values()) == state.count
    assert decode(encode(state)) == state


@given(st.data(), steps)
def test_a_regression_has_one_signal_for_each_moment_of_a_resolve_that_broke(data, told):
    seen, closed, state = [], [], None
    for each in pieces(data, lanes(told), []):
        step = apply(state, each)
        state, seen = step.state, [*seen, *[signal.signal_id for signal in step.signals]]
        closed += [occurrence.received_at for occurrence in each.occurrences if occurrence.closes]
    assert len(seen) - len(set(seen)) <= len(closed) - len(set(closed)), "ends of one millisecond are named alike"
