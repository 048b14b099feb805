import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams import sources
from argus_streams.core import replay
from argus_streams.core.clip import Limits
from argus_streams.core.events import Origin
from argus_streams.core.letters import WHOLE
from argus_streams.core.normalization import Incoming, Norms, read
from argus_streams.core.replay import Place, Replay, read_again
from argus_streams.core.scrub import scrubber
from argus_streams.errors import Malformed

NORMS = Norms(sources=sources.load(), limits=Limits(), scrubber=scrubber(()))
OLD, NEW = Place("old-id", 3, 17), Origin("new-id", 1, 5)
DIED, NOW = 1_800_000_000_000, 1_800_500_000_000  # ms
ITEMS = (
    {"message": "one"},
    7,
    {"message": "two"},
    {"kind": "no such kind"},
    {"message": "three", "status": "resolved"},
)
BODY = json.dumps({"events": ITEMS}).encode()


def a_replay(*indices, **changes):
    fields = {"first": OLD, "last": OLD, "indices": indices or (WHOLE,), "received_at": DIED}
    return Replay(**fields | changes)


def replayed(told, value=BODY, source="argus"):
    name, content = replay.header(told)
    return Incoming(
        value=value, headers={name: content.decode()}, source=source, project="shop", origin=NEW, received_at=NOW
    )


def at_first(value=BODY, source="argus"):
    """The reading that the body would have had."""
    origin = Origin(*(OLD.topic, OLD.partition, OLD.offset))
    told = Incoming(value=value, headers={}, source=source, project="shop", origin=origin, received_at=DIED)
    return read(told, NORMS)


def places(reading):
    return {event.origin.index for event, _ in reading.events} | {each.index for each in reading.refusals}


@given(st.sets(st.integers(0, 6), min_size=1))
def test_only_the_items_that_are_asked_for_come_out(indices):
    reading = read_again(replayed(a_replay(*sorted(indices))), NORMS)
    assert places(reading) == indices & set(range(len(ITEMS)))


def test_the_whole_body_is_read_as_it_would_have_been_with_the_same_ids_and_times_at_its_new_place():
    was, now = at_first(), read_again(replayed(a_replay()), NORMS)
    assert [event.event_id for event, _ in now.events] == [event.event_id for event, _ in was.events]
    assert [event.received_at for event, _ in now.events] == [DIED] * 3
    assert [event.occurred_at for event, _ in now.events] == [DIED] * 3
    assert [mark for _, mark in now.events] == [mark for _, mark in was.events]
    assert [event.origin for event, _ in now.events] == [Origin("new-id", 1, 5, index) for index in (0, 2, 4)]
    assert now.refusals == was.refusals


def test_signals_and_failures_keep_their_ids_too():
    value = b'<testsuite name="unit"><testcase name="adds"><failure>no</failure></testcase></testsuite>'
    was, now = at_first(value, "testreports"), read_again(replayed(a_replay(), value, "testreports"), NORMS)
    assert ([each.signal_id for each in now.signals], len(was.signals)) == ([each.signal_id for each in was.signals], 1)
    assert [each.failure_id for each in now.failures] == [each.failure_id for each in was.failures]
    assert {each.origin.topic for each in (*now.signals, *now.failures)} == {"new-id"}


def test_a_body_claims_no_later_time_than_that_of_its_record():
    reading = read_again(replayed(a_replay(received_at=NOW + 1)), NORMS)
    assert {event.received_at for event, _ in reading.events} == {NOW}


def test_items_that_are_not_there_any_more_are_ignored_with_a_reason():
    reading = read_again(replayed(a_replay(99)), NORMS)
    assert (reading.outcome, reading.reason) == ("ignored", "no such item any more")


def test_items_that_all_die_again_are_a_dead_body():
    reading = read_again(replayed(a_replay(1)), NORMS)
    assert (reading.outcome, [each.index for each in reading.refusals]) == ("dead", [1])


def test_a_body_that_can_not_be_read_at_all_dies_whole_whichever_items_were_asked_for():
    reading = read_again(replayed(a_replay(1, 3), b"{cut"), NORMS)
    assert (reading.outcome, [each.index for each in reading.refusals]) == ("dead", [WHOLE])


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(json.dumps))
def test_whatever_a_header_says_is_a_replay_or_malformed(text):
    with pytest.raises(Malformed):
        replay.told({replay.HEADER: text})


@pytest.mark.parametrize(
    "changes",
    [
        {"first": ["t", -1, 0]}, {"last": ["t", 0, -1]}, {"first": ["", 0, 0]}, {"indices": []}, {"indices": [-2]},
        {"indices": ["0"]}, {"received_at": -2}, {"received_at": None}, {"more": 1}, {"first": ["t", 0]},
    ],
)  # fmt: skip
def test_a_header_with_a_field_out_of_bounds_is_malformed(changes):
    good = json.loads(replay.header(a_replay(1))[1])
    assert replay.told({replay.HEADER: json.dumps(good)}) == a_replay(1)
    with pytest.raises(Malformed, match="bad replay-of"):
        replay.told({replay.HEADER: json.dumps(good | changes)})


def test_a_record_that_does_not_say_what_it_repeats_is_dead_not_counted():
    bare = Incoming(value=BODY, headers={}, source="argus", project="shop", origin=NEW, received_at=NOW)
    reading = read_again(bare, NORMS)
    assert (reading.outcome, reading.reason, places(reading)) == ("dead", "no replay-of", {WHOLE})
