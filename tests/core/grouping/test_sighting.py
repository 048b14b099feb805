"""Coalescing a chunk's events."""

import msgspec
import pytest
from builders import NOW, event, fingerprinted
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.events import Origin
from argus_streams.core.grouping.sighting import LIMIT, Coalesced, Single
from argus_streams.core.grouping.users import user_hash
from argus_streams.core.messages import Sighting

CHUNK = {"algorithm": "v1:0", "topic": "topic-id", "partition": 3}


def told_by(how, events, **options):
    folding = how(**CHUNK, **options)
    for each in events:
        folding.add(*each)
    return folding.sightings()


def origins(sightings):
    return [(each.offset, each.index) for sighting in sightings for each in sighting.occurrences]


def test_events_of_one_fingerprint_become_one_sighting_with_the_first_event_whole():
    events = [fingerprinted("v1:aa", offset=1), fingerprinted("v1:bb", offset=2), fingerprinted("v1:aa", offset=3)]
    told = told_by(Coalesced, events)
    assert [(each.fingerprint, len(each.occurrences)) for each in told] == [("v1:aa", 2), ("v1:bb", 1)]
    assert told[0].event == events[0][0]
    assert (told[0].topic, told[0].partition, told[0].algorithm) == ("topic-id", 3, "v1:0")


def test_an_occurrence_keeps_what_counting_needs():
    told = told_by(
        Coalesced,
        [
            fingerprinted(
                origin=Origin("topic-id", 3, 7, 2),
                event_id="e",
                status="resolved",
                severity="fatal",
                instance="pod-1",
                user="ada",
                release="1.2",
                environment="prod",
                occurred_at=None,
            )
        ],
    )
    assert msgspec.structs.astuple(told[0].occurrences[0]) == (
        7, 2, NOW, NOW, "e", "sentry", True, "1.2", "prod", "fatal", "pod-1", user_hash("ada"),
    )  # fmt: skip


def test_the_same_fingerprint_in_two_projects_is_two_sightings():
    assert len(told_by(Coalesced, [fingerprinted(project="shop"), fingerprinted(project="bank")])) == 2


def test_no_events_are_no_sighting():
    assert told_by(Coalesced, []) == ()


@given(st.lists(st.sampled_from(["v1:aa", "v1:bb", "v1:cc"]), max_size=60), st.integers(600, 3000))
def test_a_split_loses_nothing_and_keeps_order_within_the_limit(values, limit):
    events = [fingerprinted(value, offset=offset) for offset, value in enumerate(values)]
    told = told_by(Coalesced, events, limit=limit)
    assert sorted(origins(told)) == [(offset, 0) for offset in range(len(values))]
    for sighting in told:
        own = [(each.offset, each.index) for each in sighting.occurrences]
        assert own == sorted(own)
        assert sighting.event.origin.offset == own[0][0]
        assert len(own) == 1 or len(msgspec.json.encode(sighting)) <= limit
    for value in set(values):
        own = [pair for sighting in told if sighting.fingerprint == value for pair in origins([sighting])]
        assert own == sorted(own)


def test_a_storm_of_one_fingerprint_is_split_at_the_limit():
    events = [fingerprinted(offset=offset, event_id="x" * 200) for offset in range(3000)]
    told = told_by(Coalesced, events)
    assert len(told) > 1
    assert max(len(msgspec.json.encode(each)) for each in told) <= LIMIT
    assert len(origins(told)) == 3000


def test_an_event_larger_than_the_limit_stands_alone():
    events = [fingerprinted(message="x" * 2000, offset=offset) for offset in range(3)]
    assert [len(each.occurrences) for each in told_by(Coalesced, events, limit=1000)] == [1, 1, 1]


@pytest.mark.parametrize("number", [0, 1, 5])
def test_each_event_can_be_told_whole(number):
    events = [fingerprinted(offset=offset) for offset in range(number)]
    told = told_by(Single, events)
    assert [each.event for each in told] == [event(offset=offset) for offset in range(number)]
    assert origins(told) == [(offset, 0) for offset in range(number)]


def test_a_sighting_is_read_back_as_it_was_written():
    told = told_by(Coalesced, [fingerprinted()])[0]
    assert msgspec.json.decode(msgspec.json.encode(told), type=Sighting) == told


def test_ends_and_beginnings_are_sightings_of_their_own_in_their_order():
    statuses = ("resolved", "firing", "firing", "resolved")
    told = told_by(
        Coalesced,
        [fingerprinted(status=status, origin=Origin("topic-id", 3, at)) for at, status in enumerate(statuses)],
    )
    assert [(each.event.status, len(each.occurrences)) for each in told] == [
        ("resolved", 1),
        ("firing", 2),
        ("resolved", 1),
    ]
