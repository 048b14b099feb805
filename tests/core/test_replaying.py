import json

import msgspec
import pytest
from builders import NOW, command, event, occurrence, sighting
from hypothesis import given
from hypothesis import strategies as st
from stored_rows import a_group, a_kept, a_score, an_analysis, an_incident

from argus_streams.core import replay
from argus_streams.core.events import Origin
from argus_streams.core.letterbox import Dead, Wanted, find
from argus_streams.core.letters import CLIPPED_BYTES, WHOLE, Letter, headers
from argus_streams.core.records import Raw, Spot
from argus_streams.core.replay import Place, Replay
from argus_streams.core.replaying import (
    Choice,
    Known,
    Lost,
    Order,
    Publish,
    Skip,
    Write,
    decide,
    done,
    headers_of,
    order_again,
    replay_of,
    was_replayed,
)

REPLAYED = "replayed-id"
PLACE = Place("in", 0, 7)


def found(*indices, offset=7, topic="in", kind="body", value=b"{}", more=(), key=None, at=0, **fields):
    origins = tuple(Origin(topic, 0, offset, index) for index in indices or (WHOLE,))
    told = {"stage": "normalize", "reason": "bug", "origins": origins, "project": "shop", "time": NOW} | fields
    raw = Raw(Spot("in.dlq", 0, at), NOW + at, key, value, [*headers(Letter(**told)), *more])
    return find(raw, kind, REPLAYED)


def a_replay(place=PLACE, *indices, last=None):
    return Replay(first=place, last=last or place, indices=indices or (WHOLE,), received_at=NOW)


def known(*told, firsts=None):
    return Known(done=done(told), replayed=REPLAYED, firsts={("in", 0): 0} if firsts is None else firsts)


def decided(*letters, told=(), firsts=None, **choice):
    return decide(letters, letters, known(*told, firsts=firsts), Choice(**choice))


def message(kind, value, *, key=None, **fields):
    stage = {"sighting": "group", "command": "group"}.get(kind, "store")
    return found(topic="other", kind=kind, value=msgspec.json.encode(value), key=key, stage=stage, **fields)


LETTERS = st.lists(st.sets(st.integers(WHOLE, 3), min_size=1, max_size=3), min_size=1, max_size=8)


@given(LETTERS, st.lists(st.integers(1, 8), max_size=4), st.randoms())
def test_however_a_replay_is_cut_repeated_and_ordered_no_item_is_published_twice(items, runs, shuffled):
    """Each run sees all letters, and publishes at most so many; one body, so that whatever can meet does."""
    letters = [found(*sorted(indices), at=at) for at, indices in enumerate(items)]
    published = []
    for most in [*runs, 8]:
        shuffled.shuffle(letters)
        for each in decided(*letters, told=[a_replay(PLACE, *dead.indices) for dead in published], most=most):
            if isinstance(each, Publish):
                published += each.dead
    told = [index for dead in published for index in dead.indices]
    assert len(told) == len(set(told))
    assert not (WHOLE in told and len(told) > 1)
    wanted = {index for indices in items if WHOLE not in indices for index in indices}
    assert set(told) == (wanted or {WHOLE})
    assert [each for each in decided(*letters, told=[a_replay(PLACE, *told)]) if not isinstance(each, Skip)] == []


def test_only_the_wanted_letters_are_decided_on_but_all_are_looked_at():
    whole, items = found(), found(1, 2, at=1)
    (decision,) = decide([whole, items], [whole], known(), Choice())
    assert (type(decision), "items have letters of their own" in decision.reason) == (Skip, True)


def test_a_letter_that_died_again_waits_until_it_is_asked_for():
    more = [replay.header(a_replay(PLACE, 1, 2))]
    again = found(topic=REPLAYED, offset=0, more=more)
    (decision,) = decided(again)
    assert (type(decision), "--again" in decision.reason) == (Skip, True)
    (decision,) = decided(again, again=True)
    assert decision.dead == (Dead(Place(REPLAYED, 0, 0), (WHOLE,)),)
    raw = Raw(Spot("in.dlq", 0, 0), NOW, None, b"{}", more)
    told = replay_of(decision.dead[0], raw, NOW + 5, REPLAYED)
    assert told == a_replay(PLACE, 1, 2, last=Place(REPLAYED, 0, 0)), "what was asked for, where it first stood"
    assert isinstance(decided(again, told=[told], again=True)[0], Publish | Skip)
    assert decided(again, told=[a_replay(PLACE, last=Place(REPLAYED, 0, 0))], again=True)[0].reason == (
        "it was replayed before"
    )


def test_a_record_that_says_not_what_it_repeats_can_not_be_repeated():
    (decision,) = decided(found(topic=REPLAYED), again=True)
    assert (type(decision), decision.reason) == (Lost, "it is no replay: no replay-of")


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"whole": 8_000_000}, True),
        ({"value": b"x" * CLIPPED_BYTES, "time": None}, True),
        ({"value": b"x" * CLIPPED_BYTES}, False),
        ({"value": b"x", "time": None}, False),
    ],
    ids=["it says so", "of an older version, as long as a beginning", "a body of that length", "a short one"],
)
def test_a_letter_that_has_only_the_beginning_needs_the_input(fields, lost):
    kept, gone, away = (decided(found(**fields), firsts=each)[0] for each in ({("in", 0): 7}, {("in", 0): 8}, {}))
    assert isinstance(kept, Publish)
    assert (isinstance(gone, Lost), isinstance(away, Lost)) == (lost, lost)


def test_of_a_sighting_the_bodies_are_read_again_that_the_input_still_has():
    seen = sighting(occurrence(5), occurrence(7, 1), occurrence(7, 3), topic="in")
    letter = message("sighting", seen, key=b"shop:v1:aa")
    (decision,) = decided(letter)
    assert decision.dead == (Dead(Place("in", 0, 5), (0,)), Dead(Place("in", 0, 7), (1, 3)))
    publish, lost = decided(letter, firsts={("in", 0): 6})
    assert publish.dead == (Dead(Place("in", 0, 7), (1, 3)),)
    assert "1 of its 2 bodies can not be read back" in lost.reason


@pytest.mark.parametrize(
    ("kind", "value", "key", "reason"),
    [
        ("sighting", 5, b"shop:v1:aa", "it still is no sighting"),
        ("sighting", sighting(topic="in"), b"shop:v1:bb", "its key still is another group's"),
        ("command", {"project": "shop"}, b"shop:v1:aa", "it still is no command"),
        ("command", command(), None, "its key still is another group's"),
        ("command", command(by="x" * 9_000), b"shop:v1:aa", "it still is too large for a command"),
        ("group", [], b"shop:v1:aa", "it still is no snapshot of a group"),
        ("kept", {}, b"shop:v1:aa", "it still is no kept event"),
        ("incident", {}, b"shop:i-1", "it still is no snapshot of an incident"),
        ("analysis", {}, b"shop:v1:aa", "it still is no analysis"),
        ("score", {}, b"shop", "it still is no score"),
        ("other", {}, b"shop", "it is not replayed: it has to be written anew"),
    ],
)
def test_what_would_die_for_the_same_reason_is_told_as_lost(kind, value, key, reason):
    (decision,) = decided(message(kind, value, key=key))
    assert (type(decision), decision.reason) == (Lost, reason)


def test_a_command_is_given_again_once_and_says_when_it_was_first_given():
    letter = message("command", command(), key=b"shop:v1:aa")
    (decision,) = decided(letter)
    assert isinstance(decision, Order)
    assert isinstance(decided(letter, told=[a_replay(letter.dead[0].place)])[0], Skip)
    value = msgspec.json.encode(command())
    assert json.loads(order_again(value, NOW))["at"] == NOW
    assert json.loads(order_again(order_again(value, NOW), NOW + 9))["at"] == NOW


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("group", a_group()),
        ("kept", a_kept()),
        ("incident", an_incident()),
        ("analysis", an_analysis()),
        ("score", a_score()),
    ],
)
def test_rows_are_written_as_often_as_one_likes(kind, value):
    letter = message(kind, value, key=b"shop:v1:9f2c")
    assert isinstance(decided(letter)[0], Write)
    assert was_replayed(letter, {}) is None


def test_more_than_are_asked_for_are_left_the_newest():
    letters = [found(offset=offset, at=offset) for offset in range(3)]
    decisions = decided(*reversed(letters), most=2)
    assert [(type(each), each.found.at.offset) for each in decisions] == [(Publish, 0), (Publish, 1), (Skip, 2)]


def test_what_was_replayed_before_does_not_count_towards_the_most():
    first, second = found(offset=0), found(offset=1, at=1)
    decisions = decided(first, second, told=[a_replay(first.dead[0].place)], most=1)
    assert [type(each) for each in decisions] == [Skip, Publish]


def test_a_body_keeps_its_headers_and_is_told_source_and_project_where_it_had_none():
    own = [("ce_source", b"otlp"), ("Replay-Of", b"a lie"), ("x", None)]
    raw = Raw(Spot("in.dlq", 0, 0), NOW, None, b"", [("argus-reason", b"bug"), *own])
    told = headers_of(raw, a_replay(), "argus", "shop")
    assert told == [("ce_source", b"otlp"), ("x", None), ("project", b"shop"), replay.header(a_replay())]


def test_a_group_letters_project_is_that_of_its_key():
    assert message("sighting", sighting(event=event()), key=b"shop:v1:aa", project="").project == "shop"


@pytest.mark.parametrize(
    ("wanted", "wants"),
    [
        ({}, True), ({"topic": "argus.in"}, True), ({"topic": "in"}, True), ({"topic": "other"}, False),
        ({"source": "otlp"}, False), ({"reason": "bug"}, True), ({"reason": "Bug"}, False), ({"project": "web"}, False),
        ({"stage": "store"}, False), ({"since": NOW}, True), ({"since": NOW + 1}, False), ({"until": NOW}, False),
        ({"until": NOW + 1, "project": "shop", "stage": "normalize"}, True),
    ],
)  # fmt: skip
def test_a_letter_is_wanted_when_all_that_is_said_is_so(wanted, wants):
    assert Wanted(**wanted).wants(found(), "argus.in", "argus.") == wants


@pytest.mark.parametrize(
    "headers_",
    [[], [("argus-origins", b"[]")], [("argus-origins", b"[[")], [("argus-origins", None), ("argus-reason", b"x")]],
)
def test_a_record_that_is_no_letter_is_none(headers_):
    assert find(Raw(Spot("in.dlq", 0, 0), NOW, None, b"", headers_), "body", REPLAYED) is None
