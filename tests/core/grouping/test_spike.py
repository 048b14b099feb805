"""When a group occurs far more often than it does as a rule."""

from itertools import pairwise

from builders import NOW, occurrence, sighting
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.grouping.group import apply, burst
from argus_streams.core.grouping.spike import BUCKET, KEPT, Limits, Project, counted, spikes
from argus_streams.core.grouping.state import decode, encode

START = NOW // BUCKET * BUCKET
FIRST = START // BUCKET
LIMITS = Limits(threshold=10, multiplier=5, cooldown=3_600_000)


def occurred(*numbers, start=0):
    """Occurrences by their numbers in five minutes, from the first bucket on."""
    times = [START + bucket * BUCKET + n for bucket, number in enumerate(numbers) for n in range(number)]
    return [occurrence(start + offset, received_at=at) for offset, at in enumerate(times)]


def played(*sightings, limits=LIMITS, project=None, state=None):
    """The signals of bursts, and the state."""
    project, told = project or Project(), []
    for each in sightings:
        applied = burst(apply(state, each), each, project, limits)
        project.add(applied.buckets, state.buckets if state else ())
        state = applied.state
        told += [signal for signal in applied.signals if signal.kind == "group_spiking"]
    return told, state


def test_a_burst_is_told_with_its_number_and_what_is_usual():
    (told,), state = played(sighting(*occurred(2, 4)), sighting(*occurred(2, 4, 16)))
    assert (told.count, told.baseline, told.subject, told.project) == (16, 3.0, "v1:aa", "shop")
    assert told.received_at // BUCKET == FIRST + 2
    assert decode(encode(state)) == state


def test_five_times_as_many_as_usual_is_no_burst_and_more_is():
    assert played(sighting(*occurred(3, 15)))[0] == []
    assert len(played(sighting(*occurred(3, 16)))[0]) == 1


def test_fewer_than_the_threshold_are_no_burst_whatever_is_usual():
    assert played(sighting(*occurred(1, 9)))[0] == []
    assert len(played(sighting(*occurred(1, 10)))[0]) == 1


def test_buckets_in_which_nothing_occurred_do_not_count_as_usual():
    assert played(sighting(*occurred(4, 0, 0, 0, 0, 20)))[0] == []


def test_what_was_an_hour_ago_is_not_usual_any_more():
    quiet = [0] * (KEPT - 1)
    assert len(played(sighting(*occurred(4, *quiet, 20)))[0]) == 1


def test_a_group_without_a_past_is_compared_with_the_others_of_its_project():
    project = Project()
    project.add({FIRST - 1: 4})
    project.add({FIRST - 1: 8})
    assert played(sighting(*occurred(30)), project=project)[0] == []
    assert [each.baseline for each in played(sighting(*occurred(31)), project=project)[0]] == [6.0]


def test_where_nothing_is_known_nothing_is_usual():
    assert [each.baseline for each in played(sighting(*occurred(10)))[0]] == [0.0]


def test_a_burst_that_goes_on_is_told_once():
    pieces = occurred(1, 30, 400)
    told, _ = played(*(sighting(*pieces[at : at + 10]) for at in range(0, len(pieces), 10)))
    assert len(told) == 1


def test_after_the_cooldown_the_next_burst_is_told():
    short = Limits(threshold=10, multiplier=5, cooldown=2 * BUCKET)
    first = [1, 10, 0, 0]
    assert len(played(sighting(*occurred(*first, 60)), limits=short)[0]) == 2
    assert len(played(sighting(*occurred(1, 10, 60)), limits=short)[0]) == 1


def test_a_project_is_the_sum_of_its_groups():
    project = Project()
    project.add({FIRST: 3})
    project.add({FIRST: 2}, known={FIRST})
    project.add({FIRST: 1, FIRST + 1: 5})
    again = Project.decode(project.encode())
    assert again.mean(FIRST + 1) == project.mean(FIRST + 1) == 3.0
    assert again.mean(FIRST) == 0.0


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.data())
def test_where_sightings_are_cut_changes_no_burst(numbers, data):
    pieces = occurred(*numbers)
    if not pieces:
        return
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(pieces) - 1)), max_size=6)) | {0, len(pieces)})
    whole, _ = played(sighting(*pieces))
    parts, _ = played(*(sighting(*pieces[a:b]) for a, b in pairwise(cuts)))
    assert [each.signal_id for each in whole] == [each.signal_id for each in parts]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.data())
def test_a_crash_and_its_repeats_tell_no_other_burst(numbers, data):
    pieces = [sighting(each) for each in occurred(*numbers)]
    once, _ = played(*pieces)
    start = data.draw(st.integers(0, len(pieces)))
    _, state = played(*pieces[:start])
    project = Project()
    project.add(state.buckets if state else {})
    after, _ = played(*pieces[: start // 2], *pieces[start:], state=state, project=project)
    before, _ = played(*pieces[:start])
    assert [each.signal_id for each in before + after] == [each.signal_id for each in once]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60)), max_size=12), st.permutations(range(12)))
def test_buckets_do_not_depend_on_the_order_in_which_they_are_counted(told, order):
    def summed(parts):
        buckets = {}
        for bucket, number in parts:
            buckets = counted(buckets, {bucket: number})
        return buckets

    assert summed(told) == summed([told[at] for at in order if at < len(told)])


@given(st.dictionaries(st.integers(0, KEPT - 1), st.integers(1, 200), max_size=KEPT))
def test_no_two_bursts_of_a_group_are_nearer_than_the_cooldown(buckets):
    limits = Limits(threshold=10, multiplier=2, cooldown=3 * BUCKET)
    found = spikes(buckets, buckets, Project(), limits=limits, last=None)
    assert all(later.bucket - earlier.bucket >= 3 for earlier, later in pairwise(found))
