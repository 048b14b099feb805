"""A worker that stands still is told from one that has a reason to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.streaming.position import Partition, Standing
from argus_streams.streaming.watch import Bounds, Facts, Watch

BOUNDS = Bounds()
TP, OTHER = Partition("in", 0), Partition("in", 1)
IDLE = Standing(5, 5, 5, 5)
AHEAD = Standing(next=5, done=5, committed=5, end=9)


def facts(at=0.0, **changes):
    """A worker that works, at this second."""
    usual = Facts(
        declared=None, member=True, rebalancing=False, generation=3, recovered=None, agent_ended=False, turn=None,
        turns=0, asked=at, standing={TP: IDLE},
    )  # fmt: skip
    return usual._replace(**changes)


def verdict(at, seconds, bounds=BOUNDS):
    """The first reason within so many seconds, looking once a second, and when."""
    watch = Watch(bounds)
    for second in range(int(seconds)):
        reason = watch.look(at(float(second)), float(second))
        if reason:
            return second, reason
    return None


STALLS = {
    "an agent that has ended": (lambda s: facts(s, agent_ended=True), 1, "the agent's task has ended"),
    "a turn without end": (lambda _: facts(0.0, turn=0.0), 301, "a turn does not end within 300 s"),
    "a fetch loop that asks for nothing": (lambda _: facts(0.0), 61, "the fetch loop asks for nothing any more"),
    "a fetch loop that brings nothing": (lambda s: facts(s, standing={TP: AHEAD}), 61, "in/0 stands still at offset 5"),
    "a commit that is not made": (
        lambda s: facts(s, standing={TP: Standing(9, 9, 5, 9)}), 61, "in/0 is done up to 9, but not committed from 5 on"
    ),
    "a recovery that stops": (lambda s: facts(s, recovered=7), 61, "recovery has stopped after 7 offsets"),
    "a rebalance without end": (lambda s: facts(s, rebalancing=True), 121, "a rebalance does not come to an end"),
    "a member that never is": (
        lambda s: facts(s, member=False, rebalancing=True), 121, "joining the consumer group does not come to an end"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("at", "second", "reason"), STALLS.values(), ids=STALLS)
def test_what_ends_the_worker_is(at, second, reason):
    found = verdict(at, 400)
    assert found is not None
    assert found[0] == second
    assert found[1].startswith(reason)


def saw(period):
    """Turns of that many seconds, one after the other; what moves, moves at their ends."""
    return lambda s, **more: facts(s, turn=s - s % period, turns=int(s // period), **more)


def moving(step):
    return lambda s: Standing(*[int(s // step)] * 3, end=10**6)


DECLARED = {
    "an idle topic": facts,
    "holding for an hour": lambda _: facts(0.0, declared="Postgres is down", turn=0.0, standing={TP: AHEAD}),
    "a broker that is away": lambda _: facts(0.0, declared="Kafka is away", standing={TP: Standing(9, 9, 5, 99)}),
    "a recovery that gets on": lambda s: facts(0.0, recovered=int(s // 50), standing={TP: AHEAD}),
    "rebalances one after the other": lambda s: facts(0.0, rebalancing=True, generation=int(s // 100)),
    "slow turns below their bound": lambda s: saw(290)(s, standing={TP: moving(290)(s), OTHER: moving(290)(s)}),
    "a partition that waits for a slow turn of another": lambda s: saw(290)(
        s, standing={TP: moving(290)(s), OTHER: moving(580)(s)}
    ),
    "a log that ends in a transaction's marker": lambda s: facts(
        s, standing={TP: Standing(5, 5, 5, 6, exhausted=True)}
    ),
    "bytes that are damaged, which is declared": lambda s: facts(s, standing={TP: AHEAD}, excused=frozenset({TP})),
    "commits that are late but come": lambda s: facts(s, standing={TP: Standing(10**6, 10**6, int(s // 50), 10**6)}),
}


@pytest.mark.parametrize("at", DECLARED.values(), ids=DECLARED)
def test_what_does_not_end_the_worker_is(at):
    assert verdict(at, 3600) is None


def test_a_partition_that_no_turn_gets_while_others_are_busy_ends_the_worker():
    found = verdict(lambda s: saw(1)(s, standing={TP: moving(1)(s), OTHER: AHEAD}), 200)
    assert found == (61, "in/1 stands still at offset 5, 4 before its end")


def test_a_partition_that_the_lot_passes_over_for_minutes_ends_nobody_and_one_that_is_forgotten_does():
    many = {Partition("in", number): Standing(0, 0, 0, 10**6) for number in range(63)}

    def at(second):
        return saw(1)(second, standing={**{tp: moving(1)(second) for tp in many}, Partition("in", 63): AHEAD})

    assert verdict(at, 20 * 64) is None
    assert verdict(at, 20 * 64 + 10) == (20 * 64 + 1, "in/63 stands still at offset 5, 4 before its end")


def test_time_before_a_hold_does_not_count_after_it():
    def at(second):
        return facts(second, standing={TP: AHEAD}, declared="held" if 50 <= second < 55 else None)

    assert verdict(at, 200) == (116, "in/0 stands still at offset 5, 4 before its end")


@given(st.lists(st.tuples(st.integers(1, 59), st.booleans()), min_size=1, max_size=30))
def test_what_moves_within_its_bound_never_ends_the_worker(steps):
    watch, now = Watch(BOUNDS), 0.0
    for place, (seconds, in_turn) in enumerate(steps):
        for _ in range(seconds):
            now += 1.0
            standing = {TP: Standing(place, place, place, 10**6)}
            assert watch.look(facts(now, standing=standing, turn=now if in_turn else None), now) is None
