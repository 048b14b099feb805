"""Laws of the audit over worlds in memory: what the real agents made is clean, and whatever is damaged is found."""

from random import Random

import pytest
from audits import audited, told
from damages import DAMAGES
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from worlds import PARTITIONS, TOPICS, World, own, rubbish, sample_bodies

every_damage = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)


@pytest.fixture(scope="module")
def samples():
    world = World()
    world.publish([*sample_bodies(), rubbish(), own({"message": "a"}, 7, {"message": "b"})])
    return world.drain()


def test_what_nobody_damaged_is_clean(samples):
    verdict = audited(samples)
    assert verdict.findings == ()
    assert verdict.clean
    assert verdict.notes == ()
    total = verdict.total
    assert total.bodies == total.normalised + total.ignored + total.dead == len(sample_bodies()) + 2
    assert total.events == total.counted + total.closed + total.duplicate
    assert total.rejected == 1
    assert total.in_flight == 0
    assert sum(verdict.reasons.values()) == total.ignored


EVENTS = st.lists(st.sampled_from([{"message": "a"}, {"message": "b"}, {"message": "c", "id": "same"}, 7]), max_size=3)
BODIES = st.lists(st.tuples(EVENTS, st.sampled_from(["shop", "blog"])), max_size=16)
ALWAYS = [own({"message": "a", "id": "one"}), own({"message": "a"}), own({"message": "b"}, 7), rubbish()]


PLANS = st.tuples(BODIES, st.integers(0, 2**32))


def lived(plan):
    """A world whose agents took the bodies in chunks, some twice: they died before their commit, or their state."""
    bodies, seed = plan
    world = World()
    world.publish(
        ALWAYS + [own(*events, project=project) if events else rubbish(project) for events, project in bodies]
    )
    chance = Random(seed)  # noqa: S311 - a plot that can be repeated
    for partition in range(PARTITIONS):
        at, end = 0, world.end(TOPICS.incoming, partition)
        while at < end:
            to = chance.randint(at + 1, end)
            commits = chance.random() < 0.6
            world.normalize(partition, at, to, commit=commits)
            at = to if commits else chance.randint(world.done["normalize", TOPICS.incoming, partition], to - 1)
            if chance.random() < 0.5:
                _group(chance, world)
                world.stored(topics=chance.choice([(TOPICS.groups,), (TOPICS.kept,), ()]))
    for _ in range(chance.randint(0, 3)):
        _group(chance, world)
    return world


def _group(chance, world):
    for partition in range(PARTITIONS):
        first, end = world.done["group", TOPICS.normalized, partition], world.end(TOPICS.normalized, partition)
        if first < end:
            keep, commit = chance.random() < 0.7, chance.random() < 0.7
            world.group(partition, chance.randint(first + 1, end), keep=keep, commit=commit)


@settings(max_examples=40, deadline=None)
@given(PLANS)
def test_whoever_dies_and_whatever_is_in_flight_nothing_is_missing_or_double(plan):
    world = lived(plan)
    verdict = audited(world)
    assert verdict.findings == ()
    verdict = audited(world.drain())
    assert verdict.findings == ()
    assert verdict.notes == ()
    total = verdict.total
    assert (total.in_flight, total.missing, total.double) == (0, 0, 0)
    assert total.bodies == total.normalised + total.ignored + total.dead
    assert total.events == total.counted + total.closed + total.duplicate


@every_damage
@settings(max_examples=12, deadline=None)
@given(PLANS, st.integers(0, 1_000))
def test_one_thing_that_is_damaged_at_one_stage_is_found_there(damage, plan, seed):
    chance = Random(seed)  # noqa: S311 - a choice that can be repeated
    world = lived(plan).drain()
    expected = damage(world, chance.choice)
    assume(expected)
    verdict = audited(world)
    assert told(verdict) == expected
    assert not verdict.clean
