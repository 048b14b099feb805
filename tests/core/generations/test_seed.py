"""A seed is the state that counting up to the starts, and no further, would have left: whatever turns GROUP took."""

import msgspec
import pytest
from builders import NOW, event, occurrence, sighting
from builders import command as an_order
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.agents.correlate_turn import AGENDA
from argus_streams.core.events import Origin
from argus_streams.core.generations.seed import Seeds, before, precedes
from argus_streams.core.grouping.group import apply
from argus_streams.core.grouping.group import command as decide
from argus_streams.core.grouping.state import GroupState, encode, status

KEY = b"shop:v1:aa"
INPUTS = [("topic-id", 0), ("topic-id", 1), ("gone-id", 0)]  # the last is read by nobody any more
UNDECIDED = {"decided": None, "writes": 0, "next_kept": 1}  # what commands, which are read again, have a say in


def told(topic, partition, offset, size, ids):
    """A sighting of some bodies in a row; event ids repeat, so that some are redelivered."""
    seen = [
        occurrence(
            offset + n,
            received_at=NOW + 1000 * (offset + n) + partition,
            event_id=f"id-{(offset + n) % ids}",
            source=("sentry", "rollbar")[(offset + n) % 2],
            closes=(offset + n) % 5 == 4,
            release=f"r{(offset + n) // 3}",
            environment=("production", "staging")[(offset + n) // 4 % 2],
        )
        for n in range(size)
    ]
    return sighting(*seen, topic=topic, partition=partition, event=event(offset=offset, message=f"m{offset}"))


@st.composite
def histories(draw):
    """Turns of sightings, each input's bodies in order, now and then told again as after a crash of NORMALIZE."""
    next_offset, ids = dict.fromkeys(INPUTS, 0), draw(st.integers(2, 40))
    turns = []
    for _ in range(draw(st.integers(1, 6))):
        turn = []
        for _ in range(draw(st.integers(1, 4))):
            origin = draw(st.sampled_from(INPUTS))
            back = draw(st.integers(0, min(2, next_offset[origin])))
            size = back + draw(st.integers(1, 4))
            turn.append(told(*origin, next_offset[origin] - back, size, ids))
            next_offset[origin] += size - back
        turns.append(turn)
    starts = {origin: draw(st.integers(0, next_offset[origin] + 1)) for origin in INPUTS[:2]}
    return turns, starts


def counted(sightings, state=None):
    for each in sightings:
        state = apply(state, each).state
    return state


def logged(turns, orders=()):
    """The states as the changelog holds them, one a turn; orders are (turn, action)."""
    state, states = None, []
    for number, turn in enumerate(turns):
        state = counted(turn, state)
        for offset, (_, action) in enumerate(order for order in orders if order[0] == number):
            origin = Origin("commands-id", 0, 10 * number + offset)
            state = decide(state, an_order(action), time=NOW + 3000 * number + offset, origin=origin).state
        states.append(encode(state))
    return states


def seeded(turns, starts, states, *, kept):
    """The seed where the changelog still holds the states from ``kept`` on, and of the others the last."""
    seeds = Seeds(starts)
    for state in states[max(kept - 1, 0) :]:
        seeds.logged(KEY, 1, state)
    for each in (each for turn in turns for each in turn):
        seeds.seen(KEY, each)
    return dict(seeds.states()).get(KEY)


def expected(turns, starts):
    cut = [before(each, starts) for turn in turns for each in turn]
    return counted([each for each in cut if each is not None])


@given(histories())
def test_a_seed_is_what_counting_up_to_the_starts_leaves(history):
    turns, starts = history
    assert seeded(turns, starts, logged(turns), kept=0) == expected(turns, starts)


@given(histories(), st.data())
def test_compaction_of_what_was_before_changes_no_seed(history, data):
    turns, starts = history
    states = logged(turns)
    first_after = next(
        (n for n, state in enumerate(states) if not precedes(msgspec.msgpack.decode(state, type=GroupState), starts)),
        len(states),
    )
    kept = data.draw(st.integers(0, first_after))
    assert seeded(turns, starts, states, kept=kept) == expected(turns, starts)


@given(
    histories(), st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["resolve", "ignore", "reopen"])), max_size=4)
)
def test_commands_that_are_read_again_lead_to_the_same_status(history, orders):
    turns, starts = history
    orders = [order for order in orders if order[0] < len(turns)]
    seed = seeded(turns, starts, logged(turns, orders), kept=0)
    plain = expected(turns, starts)
    commands = [
        (an_order(action), NOW + 3000 * number + offset, Origin("commands-id", 0, 10 * number + offset))
        for number in range(len(turns))
        for offset, (_, action) in enumerate(order for order in orders if order[0] == number)
    ]
    for order, time, origin in commands:
        seed = decide(seed, order, time=time, origin=origin).state
        plain = decide(plain, order, time=time, origin=origin).state
    if seed is None or plain is None:
        assert seed is plain
        return
    assert status(seed) == status(plain)
    assert msgspec.structs.replace(seed, **UNDECIDED) == msgspec.structs.replace(plain, **UNDECIDED)


@pytest.mark.parametrize("key", [b"shop", b"shop:", b"shop/seen/v1:aa", AGENDA])
def test_states_of_whole_projects_are_no_groups(key):
    seeds = Seeds({})
    seeds.logged(key, 1, b"no group's state")
    assert list(seeds.states()) == []


def test_a_late_write_of_an_older_owner_is_no_base():
    turns = [[told("topic-id", 0, 0, 2, 9)], [told("topic-id", 0, 2, 2, 9)]]
    old, new = logged(turns)
    seeds = Seeds({("topic-id", 0): 10})
    seeds.logged(KEY, 5, new)
    seeds.logged(KEY, 4, old)
    assert dict(seeds.states())[KEY].count == 4


@pytest.mark.parametrize(("start", "offsets"), [(0, None), (1, [0]), (3, [0, 1, 2]), (9, [0, 1, 2])])
def test_a_sighting_is_cut_where_reading_begins_again(start, offsets):
    cut = before(told("topic-id", 0, 0, 3, 9), {("topic-id", 0): start})
    assert (cut and [each.offset for each in cut.occurrences]) == offsets


def test_what_can_not_be_read_again_stays_whole():
    whole = told("gone-id", 0, 0, 3, 9)
    assert before(whole, {("topic-id", 0): 0}) is whole
