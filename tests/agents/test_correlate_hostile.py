"""What strangers, floods and kills do to CORRELATE: no value outgrows a record, nothing is lost, nobody is stopped."""

import asyncio
import logging

import msgspec
import pytest
from records import TOPICS, Record, piece
from test_correlate_agent import MINUTE, Correlated, Correlating, breakage, records, signal

from argus_streams.agents.correlate_turn import AGENDA
from argus_streams.core.findings import IncidentCommand
from argus_streams.core.incidents.memory import VALUE_BYTES, Head
from argus_streams.streaming.agent import State


def records_of(command, correlating):
    """A command as its sender's clock has it."""
    value, key = msgspec.json.encode(command), b"shop"
    topic = TOPICS.incident_commands
    return piece(Record(topic=topic, timestamp=correlating.now, key=key, value=value), topic=topic, topic_id="commands")


def largest(correlating):
    return max(len(value or b"") for value in correlating.table.values.values())


def head(correlating):
    return msgspec.msgpack.decode(correlating.table.values[0, b"shop"], type=Head)


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("project", [":agenda", "shop:v1:aa", "shop/seen", "", "Shop", "a" * 65])
def test_a_project_that_is_no_slug_is_a_letter_and_touches_nobodys_state(project):
    correlating = Correlating()
    told = signal("group_new", "v1:1", 0, project=project)
    command = IncidentCommand(project=project, incident="i-0123456789abcdef", action="resolve")
    letters = [
        *correlating.hear(told, key=project.encode()).letters(),
        *correlating.hear(command, key=project.encode()).letters(),
    ]
    assert [letter.reason for letter, _ in letters] == ["bad project", "bad project"]
    assert correlating.table.values == {}
    assert correlating.hear(*breakage()).incidents()


# -- floods -----------------------------------------------------------------------------------------------------------

WIDE = "\u8a9e"  # three bytes


def of_services_and_flags(number, at):
    peers, flags = ([f"{number}{each}".ljust(100, WIDE) for each in range(20)] for _ in range(2))
    service = f"{number % 300}".ljust(100, WIDE)
    return signal("group_new", f"v1:{number}", at, of="error", service=service, peers=peers, flags=flags)


def of_fatal_alerts(number, at):
    return signal("group_new", f"v1:{number}", at, of="alert", severity="fatal", service=f"s{number}")


def of_long_names(number, at):
    names = {"service": f"s{number % 50}".ljust(100, WIDE), "culprit": WIDE * 100, "title": WIDE * 200}
    return signal("group_new", f"v1:{number}".ljust(300, WIDE), at, of="error", trace_id="one", **names)


def of_deploys_and_what_follows(number, at):
    if number % 3 == 0:
        wide = {"release": f"{number}".ljust(100, WIDE), "author": WIDE * 100, "link": WIDE * 400}
        return signal("deploy", "web/production", at, status="success", title=WIDE * 200, **wide)
    return signal("group_new", f"v1:{number}", at, of="error", title=WIDE * 200, culprit=f"c{number}")


@pytest.mark.parametrize("flood", [of_services_and_flags, of_long_names, of_deploys_and_what_follows])
def test_no_value_outgrows_a_record_in_a_flood_of_one_project(flood):
    correlating = Correlating()
    for first in (0, 1_000):
        answer = correlating.hear(*(flood(number, number / 1_000) for number in range(first, first + 1_000)))
        assert answer.letters() == []
    assert largest(correlating) <= VALUE_BYTES


def test_of_too_many_open_incidents_the_oldest_are_over_and_none_is_withdrawn():
    correlating, told = Correlating(), {}
    for first in (0, 1_600, 3_200):
        answer = correlating.hear(*(of_fatal_alerts(number, number / 400) for number in range(first, first + 1_600)))
        told |= {each.incident: each for each in answer.incidents()}
    assert not [each for each in told.values() if each.title == "withdrawn"]
    assert {each.reason for each in told.values() if each.status == "resolved"} >= {
        "more incidents are open than there is room for"
    }
    assert largest(correlating) <= VALUE_BYTES


def test_commands_for_which_there_is_no_room_are_letters():
    correlating = Correlating()
    (incident,) = correlating.hear(*breakage()).incidents()
    correlating.now += 5 * MINUTE  # not decided yet
    subjects = tuple(f"v1:{number}".ljust(60) for number in range(100))
    orders = [
        IncidentCommand(project="shop", incident=incident.incident, action="resolve", subjects=subjects, by=f"{number}")
        for number in range(200)
    ]
    letters = correlating.hear(*orders).letters()
    assert {letter.reason for letter, _ in letters} == {"too many commands"}
    assert 0 < len(letters) < len(orders)
    assert largest(correlating) <= VALUE_BYTES


def test_a_command_of_next_century_is_decided_within_days():
    correlating = Correlating()
    (incident,) = correlating.hear(*breakage()).incidents()
    now, correlating.now = correlating.now, correlating.now + 2**40
    order = records_of(IncidentCommand(project="shop", incident=incident.incident, action="resolve"), correlating)
    correlating.now = now
    correlating.turn(order)
    correlating.hear(*breakage(at=3 * 24 * 60))
    assert msgspec.msgpack.decode(correlating.table.values[0, b"shop/orders"]) == []


def test_incidents_that_were_withdrawn_are_not_remembered_for_ever():
    correlating = Correlating()
    for number in range(50):
        for minute in (5, 1):  # the second one gives the incident another name
            correlating.hear(of_fatal_alerts(number, number * 60 + minute))
    assert sum(each.gone for each in head(correlating).told.values()) <= 1


def test_who_resolves_and_why_is_told_as_the_store_can_take_it():
    correlating = Correlating()
    (incident,) = correlating.hear(*breakage()).incidents()
    correlating.now += 5 * MINUTE
    order = IncidentCommand(project="shop", incident=incident.incident, action="resolve", by="a\0", reason="b\0")
    (told,) = correlating.hear(order).incidents()
    assert (told.status, told.status_by, told.reason) == ("resolved", "a\ufffd", "b\ufffd")


# -- kills between the writes of a turn -------------------------------------------------------------------------------


def told_of(answers):
    """The last word on each incident."""
    found = {}
    for answer in answers:
        found |= {each.incident: each for each in answer.incidents()}
    return {each: (told.status, told.signals, told.groups) for each, told in found.items()}


def test_whatever_part_of_a_turns_state_was_written_no_signal_is_lost_or_counted_twice():
    signals = [*breakage(), *breakage(service="api"), *breakage(at=20)]
    turns = [records(*signals[first : first + 4]) for first in range(0, len(signals), 4)]
    turns = [piece(*turn, topic=TOPICS.signals, topic_id="signals-id") for turn in turns]
    whole = Correlating()
    expected = told_of([whole.turn(turn) for turn in turns])
    for killed, turn in enumerate(turns):
        before = Correlating()
        answers = [before.turn(each) for each in turns[:killed]]
        state = State(before.table)
        forwarded = Correlated(asyncio.run(before.agent.turn([turn], state)).records)
        changes = list(state.changes().items())
        for written in range(len(changes)):
            after = Correlating()
            after.table.values = before.table.values | dict(changes[:written])
            found = [*answers, forwarded, *(after.turn(each) for each in turns[killed:])]
            assert told_of(found) == expected, (killed, written)


# -- our own mistakes -------------------------------------------------------------------------------------------------


def test_a_project_whose_state_can_not_be_read_is_left_alone_for_a_while_when_it_is_due(caplog):
    caplog.set_level(logging.CRITICAL)
    correlating = Correlating()
    correlating.hear(*breakage())
    correlating.table.values[0, b"shop/pending"] = b"\xc1"
    correlating.now += 24 * 60 * MINUTE
    for _ in range(1_100):  # a thousand mistakes in a row would hold everybody
        assert correlating.turn().letters() == []
    assert msgspec.msgpack.decode(correlating.table.values[0, AGENDA])["shop"] > correlating.now
