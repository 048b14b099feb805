"""Bodies that come a second time, by `events.replayed`: through NORMALIZE, GROUP and the ledger."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import NOW, SHOP, TOPICS, Grouping, Record, bodies, normalizer, piece, turn

from argus_streams.core import replay
from argus_streams.core.letters import WHOLE
from argus_streams.core.replay import Place, Replay

DIED = NOW - 86_400_000  # ms


def body(number):
    return json.dumps({"message": f"stock of {number} is negative", "type": "StockError"}).encode()


def replay_of(offset, *indices):
    place = Place("topic-id", 0, offset)
    return replay.header(Replay(first=place, last=place, indices=indices or (WHOLE,), received_at=DIED))


def replayed(*told):
    """A piece of `events.replayed`; each told as (value, replay-of)."""
    records = [Record(value=value, offset=offset, headers=(*SHOP, of)) for offset, (value, of) in enumerate(told)]
    return piece(*records, topic=TOPICS.replayed, topic_id="replayed-id")


def forwarded(answer):
    """What GROUP is given of what NORMALIZE made."""
    records = answer.of(TOPICS.normalized)
    return piece(
        *(Record(value=each.value, key=each.key, offset=offset) for offset, each in enumerate(records)),
        topic=TOPICS.normalized,
        topic_id="normalized-id",
    )


def test_a_replayed_body_is_counted_at_its_new_place_under_its_old_id():
    (was,) = turn(normalizer(), piece(Record(value=body(1), offset=17, timestamp=DIED))).sightings()
    answer = turn(normalizer(), replayed((body(1), replay_of(17))))
    (now,) = answer.sightings()
    assert (now.topic, now.occurrences[0].offset) == ("replayed-id", 0)
    assert now.occurrences[0].event_id == was.occurrences[0].event_id
    assert now.occurrences[0].received_at == DIED
    assert now.fingerprint == was.fingerprint
    totals = answer.totals(1, topic="replayed-id")
    assert (totals.bodies, totals.normalised, totals.events) == (1, 1, 1)


def test_a_letter_below_its_groups_watermark_counts_when_it_is_replayed():
    grouping = Grouping()
    grouping.turn(forwarded(turn(normalizer(), piece(Record(value=body(9), offset=100)))))
    below = turn(normalizer(), piece(Record(value=body(5), offset=5, timestamp=DIED)))
    assert grouping.turn(forwarded(below)).groups() == [], "its old place is below the mark"
    (group,) = grouping.turn(forwarded(turn(normalizer(), replayed((body(5), replay_of(5)))))).groups()
    assert group.count == 2


def test_an_old_failure_does_not_bring_back_what_was_resolved_since():
    grouping = Grouping()
    first = turn(normalizer(), piece(Record(value=body(1), timestamp=DIED - 1)))
    (group,) = grouping.turn(forwarded(first)).groups()
    key = f"shop:{group.fingerprint}".encode()
    order = json.dumps({"project": "shop", "fingerprint": group.fingerprint, "action": "resolve"}).encode()
    grouping.turn(piece(Record(value=order, key=key, timestamp=DIED + 1), topic=TOPICS.commands, topic_id="c"))
    (group,) = grouping.turn(forwarded(turn(normalizer(), replayed((body(2), replay_of(2)))))).groups()
    assert (group.count, group.status) == (2, "resolved")


@pytest.mark.parametrize(
    ("at", "status"), [(NOW - 30, "open"), (NOW - 10, "regressed"), (NOW + 99, "resolved"), (None, "resolved")]
)
def test_a_command_that_is_given_again_is_as_old_as_it_says_but_no_younger_than_its_record(at, status):
    grouping = Grouping()
    (group,) = grouping.turn(forwarded(turn(normalizer(), piece(Record(value=body(1), timestamp=NOW - 40))))).groups()

    def order(action, time, **fields):
        told = {"project": "shop", "fingerprint": group.fingerprint, "action": action} | fields
        record = Record(value=json.dumps(told).encode(), key=f"shop:{group.fingerprint}".encode(), timestamp=time)
        return grouping.turn(piece(record._replace(offset=time), topic=TOPICS.commands, topic_id="c")).groups()

    order("reopen", NOW - 20)
    order("resolve", NOW, **({} if at is None else {"at": at}))
    later = piece(Record(value=body(2), offset=2, timestamp=NOW - 5))
    (after,) = grouping.turn(forwarded(turn(normalizer(), later))).groups()
    assert after.status == status


def test_what_says_that_it_is_a_replay_elsewhere_is_a_body_like_others():
    liar = Record(value=body(1), offset=3, headers=(*SHOP, replay_of(99, 5)))
    (seen,) = turn(normalizer(), piece(liar)).sightings()
    assert (seen.topic, seen.occurrences[0].offset, seen.occurrences[0].received_at) == ("topic-id", 3, NOW)
    assert seen.event.event_id == turn(normalizer(), bodies(b"", b"", b"", body(1))).sightings()[0].event.event_id


def test_a_replay_that_does_not_say_of_what_is_a_letter_and_its_neighbours_go_on():
    bad = ("replay-of", b"[1, 2"), ("x-other", b""), ("replay-of", b"\xff")
    answer = turn(normalizer(), replayed(*((body(1), each) for each in bad), (body(2), replay_of(2))))
    assert [letter.reason for letter, _ in answer.letters()] == ["bad replay-of", "no replay-of", "bad replay-of"]
    assert len(answer.sightings()) == 1
    assert (answer.totals(4, topic="replayed-id").dead, answer.totals(4, topic="replayed-id").normalised) == (3, 1)


def test_a_body_that_dies_again_is_a_letter_that_still_tells_where_it_first_stood():
    answer = turn(normalizer(), replayed((b"{cut", replay_of(17))))
    ((letter, value),) = answer.letters()
    (record,) = answer.of(TOPICS.incoming + ".dlq")
    assert (value, letter.origins[0].topic, letter.origins[0].index) == (b"{cut", "replayed-id", WHOLE)
    assert replay_of(17) in record.headers


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 2), min_size=1)), max_size=12), st.integers(1, 4))
def test_any_items_replayed_however_often_and_in_any_order_count_as_if_each_once(replays, cut):
    """Bodies of three items of one problem each; what is replayed twice has the same event id."""
    value = json.dumps(
        {"events": [{"message": f"shelf {n} is empty", "type": "StockError"} for n in range(3)]}
    ).encode()
    told = [(value, replay_of(offset, *sorted(indices))) for offset, indices in replays]
    whole, grouping, count = replayed(*told), Grouping(), 0
    for first in range(0, len(told), cut):  # in fetches of any length
        part = whole._replace(records=whole.records[first : first + cut])
        for group in grouping.turn(forwarded(turn(normalizer(), part))).groups():
            count = group.count
    assert count == len({(offset, index) for offset, indices in replays for index in indices})
