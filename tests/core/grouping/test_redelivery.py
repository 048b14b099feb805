from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.grouping.redelivery import CHUNK, MOST, REACH, SPAN, Ids, Of, salt_of

HOUR = 3_600_000
T = 500_000 * HOUR


class Stored(dict):
    """The table's part that holds them."""

    def keep(self, ids):
        for name, value in ids.changes():
            if value is None:
                self.pop(name, None)
            else:
                self[name] = value
        return ids

    def ids(self):
        return Ids(self.get)


def took(ids, numbers, at, topic="here", partition=0):
    ids.took(topic, partition, dict.fromkeys(numbers, at))
    return ids


inputs = st.tuples(st.sampled_from(["here", "eu"]), st.integers(0, 2))
turns = st.lists(st.tuples(inputs, st.integers(0, 40), st.integers(1, 2_000)), max_size=15)


@given(turns, st.booleans())
def test_what_is_near_the_clock_of_an_input_is_known_and_what_is_far_from_all_is_not(told, anew):
    stored, clocks, near, far = Stored(), {}, {}, {}
    ids = stored.ids()
    for number, (place, minutes, count) in enumerate(told):
        at = T + minutes * 60_000
        clocks[place] = max(clocks.get(place, 0), at)
        ids = stored.keep(
            took(stored.ids() if anew else ids, range(number * 10_000, number * 10_000 + count), at, *place)
        )
        near[number * 10_000 + count // 2] = far[number * 10_000 + count // 2] = at
        near = {
            each: at for each, at in near.items() if any(abs(clock - at) <= REACH - SPAN for clock in clocks.values())
        }
    for each, at in far.items():
        if each in near:
            assert each in ids
        if all(abs(clock - at) > REACH + SPAN for clock in clocks.values()):
            assert each not in ids


def test_a_region_that_comes_back_after_hours_finds_what_was_sent_again_when_it_was_lost():
    stored = Stored()
    ids = stored.keep(took(stored.ids(), range(1_000), T, "eu"))
    for minutes in range(0, 300, 4):  # eu is away, and its last bodies were sent again here
        ids = stored.keep(took(ids, range(minutes * 10_000, minutes * 10_000 + 900), T + minutes * 60_000))
    assert all(number in ids for number in range(900))
    assert 200 * 10_000 not in ids


def test_when_it_has_caught_up_all_that_was_kept_for_it_is_forgotten():
    stored = Stored()
    stored.keep(took(stored.ids(), range(5_000), T, "eu"))
    stored.keep(took(stored.ids(), range(9_000, 9_100), T + 5 * HOUR))
    assert len(stored) > 5_000 // CHUNK
    ids = stored.keep(took(stored.ids(), [1_000_000], T + 5 * HOUR, "eu"))
    assert 4_000 not in ids
    assert len(stored) == 2  # what is told of them, and the chunk of now


def test_an_input_that_is_no_more_holds_nothing_for_ever():
    stored = Stored()
    stored.keep(took(stored.ids(), range(100), T, "gone"))
    ids = stored.keep(took(stored.ids(), range(200, 300), T + 9 * 24 * HOUR))
    assert 5 not in ids
    assert 205 in ids


def test_what_was_not_kept_is_not_known_to_who_reads_it_anew():
    stored = Stored()
    stored.keep(took(stored.ids(), [1], T))
    took(stored.ids(), [2], T)
    assert (1 in stored.ids(), 2 in stored.ids()) == (True, False)


def test_an_id_takes_eight_bytes_and_a_turn_writes_no_more_than_what_is_new():
    stored = Stored()
    ids = stored.keep(took(stored.ids(), range(100_000), T))
    assert sum(map(len, stored.values())) < 8 * 100_000 + 200
    written = dict(took(ids, range(200_000, 200_010), T).changes())
    assert sum(len(value) for value in written.values()) < 8 * (CHUNK + 10) + 200


def test_there_is_a_bound_to_what_a_span_holds():
    ids = took(Stored().ids(), range(MOST + 10), T)
    assert (MOST - 1 in ids, MOST + 5 in ids) == (True, False)


def test_one_delivery_that_two_groups_tell_of_counts_in_both():
    ids = Stored().ids()
    one, other = (Of(ids, salt_of("shop", fingerprint)) for fingerprint in ("v1:aa", "v1:bb"))
    one.took("here", 0, {7: T})
    assert (7 in one, 7 in other) == (True, False)
