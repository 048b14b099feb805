"""What a group's signals tell, and when each is told."""

import pytest
from builders import NOW, command, event, exception, frame, occurrence, sighting
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.events import Origin
from argus_streams.core.grouping.group import apply
from argus_streams.core.grouping.group import command as decide
from argus_streams.core.grouping.users import user_hash


def origin(offset=0):
    return Origin("commands-id", 0, offset)


def seen(*times, start=0, **fields):
    told = [occurrence(start + offset, received_at=NOW + time) for offset, time in enumerate(times)]
    return sighting(*told, **fields)


def ended(time, offset=0):
    return sighting(occurrence(offset, received_at=NOW + time, closes=True, event_id="end"), partition=1)


def told(*steps):
    """The signals of sightings and of (action, time) in this order; and the state."""
    state, signals = None, []
    for number, step in enumerate(steps):
        if isinstance(step, tuple):
            action, time = step
            done = decide(state, command(action), time=NOW + time, origin=origin(number))
        else:
            done = apply(state, step)
        state = done.state
        signals += done.signals
    return signals, state


def kinds(*steps):
    return [(each.kind, each.status) if each.status else each.kind for each in told(*steps)[0]]


def test_a_group_that_passes_ten_a_hundred_and_a_thousand_says_so_each_time():
    signals, _ = told(*(seen(*range(7), start=7 * turn) for turn in range(160)))
    grown = [(each.origin.offset, each.count) for each in signals if each.kind == "group_grown"]
    assert [offset for offset, _ in grown] == [9, 99, 999]
    assert len({each.signal_id for each in signals}) == len(signals) == 4


@given(st.lists(st.integers(1, 60), min_size=1, max_size=10))
def test_where_sightings_are_cut_changes_no_growth(sizes):
    total, at, parts = sum(sizes), 0, []
    for size in sizes:
        parts.append(seen(*[0] * size, start=at))
        at += size
    whole, _ = told(seen(*[0] * total))
    cut, _ = told(*parts)
    assert [(each.signal_id, each.origin) for each in whole] == [(each.signal_id, each.origin) for each in cut]


def test_a_group_that_a_person_resolves_or_ignores_says_so_and_that_it_is_taken_back():
    steps = [seen(0), ("resolve", 1), ("ignore", 2), ("reopen", 3)]
    assert kinds(*steps) == [
        "group_new", ("group_resolved", "resolved"), ("group_resolved", "ignored"), ("group_resolved", "open"),
    ]  # fmt: skip
    resolved = told(*steps)[0][1]
    assert (resolved.origin, resolved.received_at) == (origin(1), NOW + 1)


def test_a_group_that_its_vendor_ends_says_so():
    signals, _ = told(seen(0), ended(5, offset=8))
    assert [(each.kind, each.status) for each in signals[1:]] == [("group_resolved", "resolved")]
    assert signals[1].origin == Origin("topic-id", 1, 8, 0)


def test_resolving_what_is_resolved_says_nothing():
    assert kinds(seen(0), ("resolve", 1), ("resolve", 2)) == ["group_new", ("group_resolved", "resolved")]


def test_a_regression_is_no_end_and_opening_it_again_is_none():
    assert kinds(seen(0), ("resolve", 1), seen(2, start=1), ("reopen", 3)) == [
        "group_new", ("group_resolved", "resolved"), "group_regressed",
    ]  # fmt: skip


def test_of_what_was_resolved_before_it_happened_people_hear_when_it_happens():
    assert kinds(("ignore", 1), seen(0)) == ["group_new", ("group_resolved", "ignored")]


def test_an_end_that_is_read_before_what_it_ends_is_told_with_it():
    late, _ = told(ended(5), seen(0))
    early, _ = told(seen(0), ended(5))
    assert {each.signal_id for each in late} == {each.signal_id for each in early}


WHOLE = event(
    service="checkout",
    environment="production",
    release="1.4.2",
    commit="a" * 40,
    repository="shop/web",
    branch="main",
    trace_id="7f",
    session="s1",
    culprit="POST /checkout",
    tags={"flag.new-cart": "true", "flag.retry": "false", "flag.theme": "B", "peer.service": "payments,stock"},
    exceptions=(
        exception(
            type="KeyError",
            frames=[
                frame(file="/app/views.py"), frame(file="/usr/lib/python3.11/json/decoder.py"),
                frame(file="/app/cart.py"), frame(file="/app/cart.py"),
            ],
        ),
        exception(frames=[frame(file="/app/main.py", in_app=True), frame(file="/app/vendored.py", in_app=False)]),
    ),
)  # fmt: skip


def test_a_signal_tells_what_its_whole_event_tells():
    people = [occurrence(number, user=user_hash(name)) for number, name in enumerate(("ada", "bob", "ada"))]
    ((new,), _) = told(sighting(*people, event=WHOLE))
    assert (new.of, new.severity, new.type, new.culprit) == ("error", "error", "ValueError", "POST /checkout")
    assert (new.count, new.users) == (3, 2)
    assert (new.service, new.environment, new.release) == ("checkout", "production", "1.4.2")
    assert (new.commit, new.repository, new.branch) == ("a" * 40, "shop/web", "main")
    assert (new.trace_id, new.session) == ("7f", "s1")
    assert (new.flags, new.peers) == (("new-cart=true", "theme=B"), ("payments", "stock"))


def test_the_files_of_a_stack_are_the_senders_own_the_crashing_one_first():
    ((new,), _) = told(sighting(event=WHOLE))
    assert new.frames == ("/app/cart.py", "/app/views.py", "/app/main.py")


def test_where_a_sender_flags_every_frame_known_places_tell_its_own():
    flagged = [frame(file=f"/app/{name}", in_app=True) for name in ("main.js", "node_modules/react/index.js")]
    ((new,), _) = told(sighting(event=event(exceptions=(exception(frames=flagged),))))
    assert new.frames == ("/app/main.js",)


def test_a_signal_tells_no_more_than_twenty_files():
    frames = [frame(file=f"/app/{number}.py") for number in range(30)]
    ((new,), _) = told(sighting(event=event(exceptions=(exception(frames=frames),))))
    assert new.frames == tuple(f"/app/{number}.py" for number in range(29, 9, -1))


def test_a_commands_signal_tells_what_the_state_knows():
    (_, resolved), _ = told(sighting(event=WHOLE), ("resolve", 1))
    assert (resolved.service, resolved.type, resolved.count) == ("checkout", "ValueError", 1)
    assert (resolved.frames, resolved.trace_id) == ((), None)


@pytest.mark.parametrize("kind", ["group_new", "group_grown", "group_regressed", "group_resolved"])
def test_the_same_thing_has_the_same_id_however_often_it_is_told(kind):
    steps = [seen(0), ("resolve", 1), seen(*range(2, 12), start=1)]
    once, again = ([each.signal_id for each in told(*steps)[0] if each.kind == kind] for _ in range(2))
    assert once == again
    assert len(once) == 1
