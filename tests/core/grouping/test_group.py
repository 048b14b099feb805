"""A group's state: counts each origin once, and its status does not depend on what arrived first."""

from itertools import permutations

import msgspec
import pytest
from builders import NOW, command, event, occurrence, sighting

from argus_streams.core.events import Origin
from argus_streams.core.grouping.group import apply
from argus_streams.core.grouping.group import command as decide
from argus_streams.core.grouping.state import HOUR, WINDOW, GroupState, decode, encode, snapshot, status

COMMANDS = "commands-id"


def applied(*sightings, state=None):
    for each in sightings:
        state = apply(state, each).state
    return state


def resolve(state, at, offset=0, action="resolve"):
    return decide(state, command(action), time=at, origin=Origin(COMMANDS, 0, offset))


def run(offsets, **fields):
    return sighting(*[occurrence(offset) for offset in offsets], **fields)


def test_a_first_sighting_opens_a_group_with_a_signal():
    told = apply(None, run(range(3)))
    assert told.outcomes == ("counted",) * 3
    assert (told.state.count, status(told.state), told.because) == (3, "open", "first")
    assert told.kept == event()
    assert told.changed
    (signal,) = told.signals
    assert (signal.kind, signal.subject, signal.project) == ("group_new", "v1:aa", "shop")
    assert (signal.title, signal.source) == ("ValueError: amount is negative", "sentry")
    assert (signal.origin, signal.received_at) == (Origin("topic-id", 0, 0), NOW)


def test_a_repeat_changes_nothing():
    state = applied(run(range(3)))
    again = apply(state, run(range(3)))
    assert again.state is state
    assert again.outcomes == ("repeat",) * 3
    assert (again.kept, again.signals, again.changed) == (None, (), False)


def test_a_chunk_cut_otherwise_after_a_restart_counts_only_what_is_new():
    told = apply(applied(run(range(5))), run(range(2, 8)))
    assert told.outcomes == ("repeat",) * 3 + ("counted",) * 3
    assert told.state.count == 8


def test_events_of_one_body_are_told_apart_by_their_index():
    told = apply(applied(sighting(occurrence(4, 0))), sighting(occurrence(4, 0), occurrence(4, 1)))
    assert told.outcomes == ("repeat", "counted")


def test_each_input_partition_has_its_own_mark():
    state = applied(run([5]), run([2], partition=1, event=event()), run([3], topic="other-id"))
    assert state.marks == {"topic-id": {0: (5, 0), 1: (2, 0)}, "other-id": {0: (3, 0)}}


def test_a_redelivery_at_another_offset_is_a_duplicate():
    told = apply(applied(run([1])), sighting(occurrence(9, event_id="id-1-0"), occurrence(10)))
    assert told.outcomes == ("duplicate", "counted")
    assert (told.state.count, told.state.duplicates, told.state.marks["topic-id"][0]) == (2, 1, (10, 0))


def test_a_redelivery_within_one_sighting_is_a_duplicate():
    assert apply(None, sighting(occurrence(1, event_id="e"), occurrence(2, event_id="e"))).state.duplicates == 1


def test_only_the_last_event_ids_are_remembered():
    state = applied(run(range(100)))
    assert len(state.recent) == 64
    assert apply(state, sighting(occurrence(200, event_id="id-0-0"))).outcomes == ("counted",)
    assert apply(state, sighting(occurrence(200, event_id="id-99-0"))).outcomes == ("duplicate",)


def test_a_vendors_resolution_closes_without_counting():
    told = apply(applied(run([1])), sighting(occurrence(2, received_at=NOW + 5, closes=True, event_id="id-1-0")))
    assert told.outcomes == ("closed",)
    assert (told.state.count, told.state.closed, status(told.state)) == (1, 1, "resolved")
    assert told.kept is None


def test_a_resolution_of_an_unknown_group_is_remembered_without_a_signal():
    told = apply(None, sighting(occurrence(2, closes=True)))
    assert (told.state.count, told.state.closed, told.signals) == (0, 1, ())
    later = apply(told.state, sighting(occurrence(3, received_at=NOW + 1)))
    assert [signal.kind for signal in later.signals] == ["group_new"]
    assert (later.because, status(later.state)) == ("first", "open")


def test_the_end_of_one_target_leaves_the_group_open_while_another_fires():
    api, worker = {"instance": "api"}, {"instance": "worker"}
    state = applied(sighting(occurrence(1, **api)), sighting(occurrence(2, received_at=NOW + 1, **worker)))
    state = applied(sighting(occurrence(3, received_at=NOW + 2, closes=True, **api)), state=state)
    assert status(state) == "open"
    state = applied(sighting(occurrence(4, received_at=NOW + 3, closes=True, **worker)), state=state)
    assert status(state) == "resolved"
    assert status(applied(sighting(occurrence(5, received_at=NOW + 4, **api)), state=state)) == "regressed"


def test_a_group_is_described_by_an_occurrence_not_by_an_end():
    green = event(type="success", message="CI succeeded", status="resolved")
    state = applied(sighting(occurrence(1, closes=True), event=green), run([2], event=event(type="failure")))
    assert state.about.type == "failure"


def test_an_alert_that_fires_again_regresses():
    flapping = sighting(
        occurrence(1), occurrence(2, received_at=NOW + 1, closes=True), occurrence(3, received_at=NOW + 2),
        occurrence(4, received_at=NOW + 3, closes=True),
    )  # fmt: skip
    told = apply(None, flapping)
    assert [signal.kind for signal in told.signals] == ["group_new", "group_regressed", "group_resolved"]
    assert status(told.state) == "resolved"


def test_an_end_that_is_read_after_a_later_occurrence_regresses_at_once():
    state = applied(sighting(occurrence(1), occurrence(2, received_at=NOW + 9)))
    told = apply(state, sighting(occurrence(1, received_at=NOW + 5, closes=True, event_id="end"), partition=1))
    assert status(told.state) == "regressed"
    assert [signal.kind for signal in told.signals] == ["group_regressed"]


def test_an_older_end_does_not_beat_a_later_command():
    state = resolve(applied(run([1])), NOW + 50, action="ignore").state
    assert status(applied(sighting(occurrence(2, received_at=NOW + 9, closes=True)), state=state)) == "ignored"


def test_only_an_occurrence_later_than_the_resolve_regresses():
    state = resolve(applied(run([1])), NOW + 10).state
    assert status(applied(sighting(occurrence(2, received_at=NOW + 10)), state=state)) == "resolved"
    told = apply(state, sighting(occurrence(2, received_at=NOW + 11)))
    assert status(told.state) == "regressed"
    assert [signal.kind for signal in told.signals] == ["group_regressed"]
    assert told.kept is not None


def test_a_regression_keeps_the_event_that_breaks_the_resolve():
    state = resolve(applied(run(range(5))), NOW + 10).state
    told = apply(state, sighting(occurrence(6, received_at=NOW + 11)))
    assert (told.state.count, told.because) == (6, "regression")


def test_a_regression_is_signalled_once_for_each_resolve():
    state = resolve(applied(run([1])), NOW + 10).state
    state = applied(sighting(occurrence(2, received_at=NOW + 11)), state=state)
    assert apply(state, sighting(occurrence(3, received_at=NOW + 12))).signals == ()
    again = resolve(state, NOW + 20, offset=1).state
    assert len(apply(again, sighting(occurrence(3, received_at=NOW + 21))).signals) == 1


def test_a_regressions_id_is_the_same_whichever_is_read_first():
    late = sighting(occurrence(2, received_at=NOW + 11))
    first = resolve(applied(run([1]), late), NOW + 10)
    second = apply(resolve(applied(run([1])), NOW + 10).state, late)
    assert status(first.state) == status(second.state) == "regressed"
    assert first.signals[0].signal_id == second.signals[0].signal_id


def test_an_ignored_group_stays_ignored():
    state = resolve(applied(run([1])), NOW + 10, action="ignore").state
    told = apply(state, sighting(occurrence(2, received_at=NOW + 99)))
    assert (status(told.state), told.signals) == ("ignored", ())


def test_a_reopened_group_is_open():
    state = resolve(applied(run([1])), NOW + 10).state
    assert status(resolve(state, NOW + 11, offset=1, action="reopen").state) == "open"


def test_the_last_command_wins_whatever_arrived_first():
    orders = [(NOW + 1, 0, "resolve"), (NOW + 2, 1, "ignore"), (NOW + 2, 2, "reopen")]
    for order in permutations(orders):
        state = applied(run([1]))
        for at, offset, action in order:
            state = resolve(state, at, offset, action).state
        assert status(state) == "open"


def test_a_command_told_again_changes_nothing():
    first = resolve(applied(run([1])), NOW + 10)
    again = resolve(first.state, NOW + 10)
    assert (first.reason, first.changed) == ("applied", True)
    assert (again.reason, again.changed, again.state) == ("repeat", False, first.state)
    assert resolve(first.state, NOW + 9, offset=7).reason == "superseded"


def test_a_command_may_precede_its_group():
    told = resolve(None, NOW + 10)
    assert (told.state.count, status(told.state), told.signals) == (0, "resolved", ())
    assert status(applied(sighting(occurrence(1, received_at=NOW + 5)), state=told.state)) == "resolved"


def test_exemplars_are_kept_at_each_doubling():
    state, kept = None, []
    for offset in range(40):
        told = apply(state, run([offset]))
        state = told.state
        if told.kept is not None:
            kept.append((state.count, told.because))
    assert kept == [(1, "first")] + [(count, "doubling") for count in (2, 4, 8, 16, 32)]


def test_a_sighting_past_a_doubling_gives_one_exemplar():
    told = apply(applied(run([0])), run(range(1, 30)))
    assert (told.because, told.state.next_kept) == ("doubling", 32)


def test_an_event_that_is_not_counted_is_no_exemplar():
    told = apply(applied(run(range(3))), run(range(2, 9)))
    assert told.kept is None
    assert apply(told.state, run([9])).because == "doubling"


def test_a_group_is_described_by_its_earliest_event():
    early = sighting(occurrence(1, received_at=NOW), partition=1, event=event(title="Early  one\n", type=None))
    late = sighting(occurrence(1, received_at=NOW + 5, event_id="b"), event=event(title="Late one"))
    for order in permutations([early, late]):
        assert applied(*order).about.title == "Early one"


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"title": "Disk full"}, "Disk full"),
        ({"message": "no stock"}, "ValueError: no stock"),
        ({"type": None, "message": None, "culprit": "checkout"}, "checkout"),
        ({"type": None, "message": None, "kind": "ci"}, "ci"),
        ({"title": " \n "}, "error"),
    ],
)
def test_a_title_is_one_line_of_what_the_event_says(fields, title):
    assert applied(sighting(event=event(**fields))).about.title == title


def test_releases_environments_with_severity_are_summed_up():
    state = applied(
        sighting(
            occurrence(1, received_at=NOW, release="1.0", environment="prod", severity="warning"),
            occurrence(2, received_at=NOW + 1, release="1.1", environment="test", severity="fatal"),
        ),
        sighting(occurrence(3, received_at=NOW - 9, release="0.9", severity="info"), partition=1),
    )
    told = snapshot(state, project="shop", fingerprint="v1:aa", epoch=7)
    assert (told.first_release, told.last_release, told.environments) == ("0.9", "1.1", ("prod", "test"))
    assert (told.severity, told.count) == ("fatal", 3)


def test_at_most_twenty_environments_are_kept():
    told = applied(sighting(*[occurrence(number, environment=f"env-{number:02}") for number in range(30)]))
    assert told.environments == tuple(f"env-{number:02}" for number in range(20))


def test_hours_outside_the_window_are_forgotten():
    old, new = NOW - (WINDOW + 5) * HOUR, NOW
    for order in permutations(
        [sighting(occurrence(1, received_at=old)), sighting(occurrence(1, received_at=new, event_id="b"), partition=1)]
    ):
        assert applied(*order).hours == {NOW // HOUR: 1}


def test_a_snapshot_tells_absolute_numbers():
    state = resolve(applied(run(range(3))), NOW + 10).state
    told = snapshot(state, project="shop", fingerprint="v1:aa", epoch=7)
    assert msgspec.structs.astuple(told.version) == (7, 2)
    assert (told.count, told.sources, told.hours) == (3, {"sentry": 3}, {NOW // HOUR: 3})
    assert (told.status, told.status_at, told.status_by) == ("resolved", NOW + 10, "ada")
    assert (told.first_seen, told.last_seen) == (NOW, NOW)
    broken = applied(sighting(occurrence(9, received_at=NOW + 11)), state=state)
    told = snapshot(broken, project="shop", fingerprint="v1:aa", epoch=7)
    assert (told.status, told.status_at, told.status_by) == ("regressed", NOW + 11, None)
    assert snapshot(GroupState(), project="shop", fingerprint="v1:aa", epoch=7).title == "v1:aa"


def test_a_state_is_read_back_as_it_was_written():
    state = resolve(applied(run(range(70)), run([3], topic="other-id")), NOW + 1).state
    assert decode(encode(state)) == state


@pytest.mark.parametrize("order", [("end", "ignore"), ("ignore", "end")], ids=" before ".join)
def test_a_persons_ignore_stands_through_the_end_of_an_alert_and_its_next_beginning(order):
    steps = {
        "end": lambda state: applied(sighting(occurrence(2, received_at=NOW + 2000, closes=True)), state=state),
        "ignore": lambda state: resolve(state, NOW + 1000, action="ignore").state,
    }
    state = applied(run([1]))
    for step in order:
        state = steps[step](state)
    assert status(applied(sighting(occurrence(3, received_at=NOW + 3000)), state=state)) == "ignored"
