"""What the audit makes of what is no fault: flight, retention, refusals, other algorithms, inputs that are gone."""

import msgspec
import pytest
from audits import audited, told
from damages import records, remove
from worlds import NOW, PARTITIONS, TOPICS, World, own, rubbish

from argus_streams.agents.wire import key_of
from argus_streams.core.messages import Group, KeptEvent, Sighting

HOUR = 3_600_000


@pytest.fixture
def world():
    world = World()
    world.publish([own({"message": "a"}), own({"message": "b"}, {"message": "c"}), rubbish(), own({"message": "a"})])
    return world


def sightings(world):
    return [msgspec.json.decode(r.value, type=Sighting) for _, _, r in records(world, TOPICS.normalized)]


def test_what_no_stage_has_begun_is_in_flight(world):
    total = audited(world).total
    assert (total.bodies, total.in_flight, total.missing) == (4, 4, 0)


def test_what_waits_for_group_is_in_flight_and_its_hours_are_not_compared(world):
    for partition in range(PARTITIONS):
        world.normalize(partition, 0, 2)
    world.group(0, world.end(TOPICS.normalized, 0))
    verdict = audited(world)
    assert (verdict.findings, verdict.total.events) == ((), 4)
    assert verdict.total.in_flight > 0
    assert verdict.total.counted + verdict.total.missing < 4


def test_the_snapshots_of_a_turn_that_is_not_committed_may_be_still_to_come(world):
    for partition in range(PARTITIONS):
        world.normalize(partition, 0, 2)
    for partition in range(PARTITIONS):
        world.group(partition, world.end(TOPICS.normalized, partition), commit=False)
    groups = world.cut().groups
    nothing_yet = groups._replace(extents={number: each._replace(end=0) for number, each in groups.extents.items()})
    verdict = audited(world, groups=nothing_yet)
    assert (verdict.findings, verdict.total.counted) == ((), 4)
    assert "events in flight" in " ".join(verdict.notes)


def test_an_event_that_was_refused_once_and_counted_later_is_counted(world):
    for partition in range(PARTITIONS):
        world.normalize(partition, 0, 2, commit=False)
    for partition, at, record in list(records(world, TOPICS.normalized)):
        world.logs[TOPICS.normalized, partition][at] = record._replace(key=b"another key")
    for partition in range(PARTITIONS):  # GROUP refused them all; NORMALIZE died, and does its turn again
        world.group(partition, world.end(TOPICS.normalized, partition))
    verdict = audited(world.drain())
    assert verdict.findings == ()
    assert (verdict.total.counted, verdict.total.refused) == (4, 0)


def test_what_waits_for_store_is_in_flight(world):
    world.drain()
    world.done.update({at: 0 for at in world.done if at[0] == "store"})
    verdict = audited(world)
    assert verdict.findings == ()
    groups, kept, letters = 3, 4, 1
    assert verdict.total.in_flight == groups + kept + letters


def test_a_body_that_is_there_and_untold_is_missing_and_a_hole_is_none(world):
    world.drain()
    for partition in range(PARTITIONS):  # two more offsets, of which NORMALIZE has committed both and told nothing
        world.publish([own({"message": "late"})] * PARTITIONS if partition == 0 else [])
    world.done["normalize", TOPICS.incoming, 0] = world.end(TOPICS.incoming, 0)
    world.done["normalize", TOPICS.incoming, 1] = world.end(TOPICS.incoming, 1)
    remove(world, TOPICS.incoming, 1, 2)
    verdict = audited(world)
    assert told(verdict) == {("normalize", "missing", 0, 2, -1)}
    assert verdict.findings[0].project == "shop"
    assert verdict.total.bodies == 5


def test_bodies_older_than_what_the_ledger_retains_are_noted_and_not_missing(world):
    world.drain()
    for partition, at, _ in list(records(world, TOPICS.ledger)):
        remove(world, TOPICS.ledger, partition, at)
    for partition, at, _ in list(records(world, TOPICS.normalized)):
        remove(world, TOPICS.normalized, partition, at)
    inputs = tuple(each._replace(known_ledger=2, known_normalized=2) for each in world.cut().inputs)
    verdict = audited(world, inputs=inputs, hours=range(NOW // HOUR + 100, 1 << 30))
    assert (verdict.findings, verdict.total.bodies) == ((), 0)
    assert ["nothing tells what became of them" in note for note in verdict.notes] == [True, True]


def test_where_sightings_are_gone_group_speaks_of_as_many_events_as_normalize(world):
    world.drain()
    for partition, at, _ in list(records(world, TOPICS.normalized)):
        remove(world, TOPICS.normalized, partition, at)
    gone = {"inputs": tuple(each._replace(known_normalized=2) for each in world.cut().inputs), "hours": range(0)}
    assert audited(world, **gone).findings == ()
    for partition, at, record in list(records(world, TOPICS.ledger)):
        if b'"group"' in record.value:
            remove(world, TOPICS.ledger, partition, at)
    verdict = audited(world, **gone)
    assert {(each.stage, each.what) for each in verdict.findings} == {("group", "missing")}
    assert verdict.total.missing == verdict.total.events == 4


def test_events_of_a_sighting_that_group_refused_are_told_as_such(world):
    for partition in range(PARTITIONS):
        world.normalize(partition, 0, 2)
    for partition, at, record in list(records(world, TOPICS.normalized)):
        world.logs[TOPICS.normalized, partition][at] = record._replace(key=b"another key")
    verdict = audited(world.drain())
    assert verdict.findings == ()
    assert (verdict.total.events, verdict.total.refused, verdict.total.counted) == (4, 4, 0)


def test_an_event_in_two_groups_by_two_algorithms_is_told_apart_and_no_failure(world):
    world.drain()
    first = sightings(world)[0]
    twin = msgspec.structs.replace(first, fingerprint="v1:" + "f" * 32, algorithm="v1+0badcafe")
    world.put(TOPICS.normalized, 0, key=key_of(twin.project, twin.fingerprint), value=msgspec.json.encode(twin))
    verdict = audited(world.drain())
    assert {each.what for each in verdict.findings} == {"double across algorithms"}
    assert verdict.total.across_algorithms == len(first.occurrences)
    assert verdict.clean


def test_an_input_that_was_deleted_is_accounted_for_by_the_ledger(world):
    before = audited(world.drain())
    anew = tuple(each._replace(id="made-anew", end=0, done=0) for each in world.cut().inputs)
    after = audited(world, inputs=anew)
    assert after.findings == ()
    assert after.total == before.total


def test_a_span_tells_of_its_own_bodies_alone(world):
    world.drain()
    one = world.cut().inputs[1]._replace(first=1, end=2)
    verdict = audited(world, inputs=(one,), limited=True, hours=None)
    assert (verdict.total.bodies, verdict.total.events, verdict.total.counted) == (1, 1, 1)
    assert verdict.findings == ()
    assert verdict.notes == ("counts by hour are compared for spans by time only",)


def test_rows_that_postgres_may_have_dropped_are_not_asked_for(world):
    world.drain()
    for key, row in tuple(world.store.rows.items()):  # what its upkeep does
        if isinstance(row, KeptEvent):
            del world.store.rows[key]
        elif isinstance(row, Group):
            world.store.rows[key] = msgspec.structs.replace(row, hours={})
    assert not audited(world).clean
    assert audited(world, stored_since=NOW + 1_000 * HOUR).clean
