from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgers import NAME, added_up
from msgspec import json

from argus_streams.core.audit.verdict import LIMIT as TOLD
from argus_streams.core.ledger import LIMIT, Entry, decode, encode
from argus_streams.core.messages import LedgerRecord

TOPIC = "4eVAuEAuQneD"
PLACE = (TOPIC, 3)
CONTRACT = ["bodies", "normalised", "ignored", "dead", "events", "counted", "closed", "duplicate", "missing"]


def tell(stage, entries, partition=3):
    return encode(entries, stage=stage, topic=TOPIC, partition=partition, algorithm="v1")


def body(offset, outcome="normalised", events=1, reason="", project="shop"):
    return Entry(project, outcome, reason, offset, None, events if outcome == "normalised" else 0)


def event(offset, index=0, outcome="counted", project="shop"):
    return Entry(project, outcome, "", offset, index)


def told(records):
    return sorted((entry for record in records for entry in decode(record)), key=repr)


def totals(*records, end=10, first=0):
    return added_up(records, PLACE, end, first).total


def places(*records, end):
    """Stage, offset and index of all that is missing."""
    return [(each.stage, each.offset, each.index) for each in added_up(records, PLACE, end).findings]


PROJECTS = st.sampled_from(["shop", "blog"])
OFFSETS = st.integers(0, 40) | st.integers(0, 10**12)
ENTRIES = st.lists(
    st.builds(
        Entry,
        PROJECTS,
        st.sampled_from(["normalised", "ignored", "dead", "expired"]),
        st.sampled_from(["", "empty body"]),
        OFFSETS,
        st.none(),
        st.integers(0, 3),
    )
    | st.builds(
        Entry,
        PROJECTS,
        st.sampled_from(["counted", "closed", "duplicate", "rejected"]),
        st.just(""),
        OFFSETS,
        st.integers(0, 5),
    )
)


@given(ENTRIES)
def test_what_is_encoded_is_decoded(entries):
    records = tell("normalize", entries)
    assert told(records) == sorted(set(entries), key=repr)
    for record in records:
        assert json.decode(json.encode(record), type=LedgerRecord) == record
        offsets = [entry.offset for entry in decode(record)]
        assert (record.start, record.end) == (min(offsets), max(offsets) + 1)


def test_bodies_and_events_in_a_row_are_told_in_a_few_numbers():
    (record,) = tell("normalize", [body(100 + each) for each in range(5000)] + [body(5101), body(5200, "dead")])
    assert [run.at for run in record.runs] == [(0, 5000, 1, 1), (5100, 1)]
    (record,) = tell("group", [event(100 + each, index) for each in range(5000) for index in (2, 3, 4)])
    assert [run.at for run in record.runs] == [(0, 5000, 2, 3)]
    assert json.encode(record).count(b"\n") == 0


def test_a_turn_of_mixed_outcomes_stays_small():
    entries = [event(each, 0, ("counted", "duplicate")[each % 2], f"p{each % 7}") for each in range(16_000)]
    assert sum(len(json.encode(record)) for record in tell("group", entries)) < 12 * 16_000


def test_a_record_above_the_limit_is_split_between_bodies():
    entries = [body(each, events=3) for each in range(0, 60_000, 2)]
    entries += [event(each, index, "rejected") for each in range(0, 60_000, 2) for index in (0, 2)]
    records = tell("normalize", entries)
    assert len(records) > 1
    assert all(len(json.encode(record)) <= LIMIT for record in records)
    assert told(records) == sorted(entries, key=repr)
    assert all(before.end <= after.start for before, after in pairwise(records))


def test_one_body_of_many_events_is_split_too():
    entries = [event(7, index * 2) for index in range(60_000)]
    records = tell("group", entries)
    assert all(len(json.encode(record)) <= LIMIT for record in records)
    assert told(records) == sorted(entries, key=repr)


def test_nothing_to_tell_is_no_record():
    assert tell("normalize", []) == []


def test_a_letters_project_may_be_any_text_and_is_told_in_part():
    (record,) = tell("normalize", [body(1, "dead", reason="bad project", project="x" * 1_000_000)])
    assert record.runs[0].project == "x" * 64


def test_the_sums_are_those_of_the_contract():
    bodies = [body(0), body(1, events=3), body(2, events=0), body(3, "ignored"), body(4, "dead")]
    items = [event(1, 2, "rejected"), event(4, 0, "rejected")]
    events = [event(0), event(1, 0, "closed"), event(1, 1, "duplicate"), event(1, 3)]
    result = totals(*tell("normalize", bodies + items), *tell("group", events), end=5)
    assert result.ledger() == dict(zip(CONTRACT, (5, 3, 1, 1, 4, 2, 1, 1, 0), strict=True))
    assert (result.rejected, result.double, result.in_flight) == (2, 0, 0)


def test_a_body_that_nobody_tells_of_is_missing_with_its_place():
    records = [*tell("normalize", [body(0), body(2)]), *tell("group", [event(0)])]
    assert totals(*records, end=4).missing == 3
    assert sorted(places(*records, end=4)) == [("group", 2, 0), ("normalize", 1, -1), ("normalize", 3, -1)]


def test_of_very_much_that_is_missing_the_first_places_are_told():
    result = added_up((), PLACE, 10 * TOLD)
    assert (result.total.missing, len(result.findings)) == (10 * TOLD, TOLD)
    assert {(each.topic, each.partition) for each in result.findings} == {(NAME, 3)}


def test_what_retention_took_is_neither_a_body_nor_missing():
    result = totals(*tell("normalize", [body(0, "expired"), body(1, "dead")]), end=2)
    assert (result.bodies, result.dead, result.expired, result.missing) == (1, 1, 1, 0)


def test_other_spans_topics_and_stages_are_of_no_matter():
    elsewhere = encode([body(1)], stage="normalize", topic="other", partition=3, algorithm="v1")
    stored = tell("store", [event(1, 0, "stored")])
    result = totals(
        *tell("normalize", [body(0), body(9, "dead")]), *elsewhere, *stored, *tell("normalize", [body(1)], 4), first=1
    )
    assert result.ledger() == dict(zip(CONTRACT, (9, 0, 0, 1, 0, 0, 0, 0, 8), strict=True))


@pytest.mark.parametrize(
    ("first", "second"),
    [("counted", "duplicate"), ("counted", "closed"), ("closed", "duplicate"), ("counted", "counted")],
)
def test_of_two_outcomes_of_an_event_the_stronger_counts_whichever_comes_first(first, second):
    bodies = tell("normalize", [body(0)])
    one, other = tell("group", [event(0, 0, first)]), tell("group", [event(0, 0, second)])
    results = [totals(*bodies, *one, *other, end=1), totals(*other, *bodies, *one, end=1)]
    assert results[0] == results[1]
    assert getattr(results[0], first) == results[0].events == 1
    assert results[0].counted + results[0].closed + results[0].duplicate == 1


def test_of_two_outcomes_of_a_body_the_one_that_handed_it_on_counts():
    one, other = tell("normalize", [body(0, "dead")]), tell("normalize", [body(0, events=2)])
    events = tell("group", [event(0), event(0, 1)])
    assert totals(*one, *other, *events, end=1) == totals(*other, *one, *events, end=1)
    assert totals(*one, *other, *events, end=1).ledger() == dict(
        zip(CONTRACT, (1, 1, 0, 0, 2, 2, 0, 0, 0), strict=True)
    )


BODIES = st.lists(st.sampled_from([0, 1, 2, 3, "ignored", "dead"]), min_size=1, max_size=20)


def whole(bodies, outcome=lambda _: "counted"):
    """The entries of both stages for bodies of so many events, or of another outcome."""
    first = [
        body(offset, events=each) if isinstance(each, int) else body(offset, each) for offset, each in enumerate(bodies)
    ]
    events = [event(entry.offset, index * 2, outcome(index)) for entry in first for index in range(entry.events)]
    return first, events


def split(stage, entries, cuts):
    """Records of each part between the cuts; a body and its items stay together."""
    marks = sorted({cut % 20 for cut in cuts})
    parts = {}
    for entry in entries:
        parts.setdefault(sum(mark <= entry.offset for mark in marks), []).append(entry)
    return [record for part in parts.values() for record in tell(stage, part)]


@given(BODIES, st.lists(st.integers(0, 19)), st.randoms(use_true_random=False))
def test_however_records_are_cut_repeated_and_mixed_the_sums_are_the_same_and_close(bodies, cuts, random):
    first, events = whole(bodies, lambda index: ("counted", "closed", "duplicate")[index % 3])
    expected = totals(*tell("normalize", first), *tell("group", events), end=len(bodies))
    records = split("normalize", first, cuts) + split("group", events, cuts[::-1])
    records += random.choices(records, k=3)
    random.shuffle(records)
    result = totals(*records, end=len(bodies))
    assert result == expected
    assert result.missing == 0
    assert result.bodies == result.normalised + result.ignored + result.dead == len(bodies)
    assert result.events == result.counted + result.closed + result.duplicate == len(events)


@given(BODIES, st.lists(st.integers(0, 19)), st.data())
def test_a_record_that_is_lost_shows(bodies, cuts, data):
    first, events = whole(bodies)
    records = split("normalize", first, cuts) + split("group", events, cuts)
    lost = data.draw(st.sampled_from(records))
    assert totals(*(record for record in records if record is not lost), end=len(bodies)).missing > 0
