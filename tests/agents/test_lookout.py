"""A vendor's new field is counted and told while its bodies are read, seldom; no sender can flood log or labels."""

import json

import pytest
from records import Record, bodies, normalizer, norms, piece, turn

from argus_streams.adapters.memory import MemoryFields
from argus_streams.agents.lookout import DISTINCT, LARGEST, OTHER, SILENCE_SECONDS, Lookout
from argus_streams.core import drift
from argus_streams.core.events import Origin
from argus_streams.core.normalization import Incoming, Reading

KNOWN = {"argus": drift.known(["message", "tags.*", "events[].message"])}


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def looking(known=None, **more):
    counter = MemoryFields()
    return counter, normalizer(lookout=Lookout(KNOWN if known is None else known, counter, str, **more))


def body(**more):
    return json.dumps({"message": "it failed", **more}).encode()


def test_an_invented_field_is_counted_and_told_with_its_sender_and_path(caplog):
    counter, agent = looking()
    turn(agent, bodies(body(mood="bad", tags={"any": "thing"})))
    assert (counter.bodies, counter.fields) == ({"argus": 1}, {("argus", "mood"): 1})
    (said,) = caplog.messages
    assert said.startswith("argus sends `mood`, which no version of this program has seen: 1 of 1 bodies looked at")


def test_the_lines_of_an_envelope_are_looked_at_where_it_holds_an_event():
    counter, agent = looking({"sentry": drift.known(["type", "event_id", "message", "level"])})
    headers = (("ce_source", b"sentry"), ("project", b"shop"))

    def envelope(kind):
        return b'{"event_id":"1f"}\n{"type":"%s"}\n{"message":"it failed","mood":"bad"}\n' % kind

    turn(agent, piece(Record(value=envelope(b"client_report"), headers=headers)))
    assert counter.fields == {}
    turn(agent, piece(Record(value=envelope(b"event"), headers=headers)))
    assert counter.fields == {("sentry", "mood"): 1}


def test_known_fields_are_no_news(caplog):
    counter, agent = looking()
    turn(agent, bodies(body(), json.dumps({"events": [{"message": "a"}]}).encode()))
    assert (counter.fields, caplog.messages) == ({}, [])


def test_one_in_64_bodies_is_looked_at_and_the_first_of_each_turn():
    counter, agent = looking()
    turn(agent, piece(*(Record(value=body(), offset=offset) for offset in range(1, 6401))))
    assert 90 <= counter.bodies["argus"] <= 110
    before = counter.bodies["argus"]
    turn(agent, piece(Record(value=body(), offset=2)))
    assert counter.bodies["argus"] == before + 1


def test_each_sender_is_looked_at_in_a_turn_however_seldom_it_sends():
    counter, agent = looking(KNOWN | {"otlp": drift.known(["resourceMetrics"])})
    rare = Record(value=b'{"resourceMetrics": []}', headers=(("ce_source", b"otlp"), ("project", b"shop")))
    turn(agent, piece(*(Record(value=body(), offset=offset) for offset in range(1, 30)), rare._replace(offset=31)))
    assert counter.bodies["otlp"] == 1


@pytest.mark.parametrize(
    "value", [b"<xml/>", b'{"event_id": "a"}\n{"type": "x"}', b"", b"a=b", b"7", b'{"message": 7}']
)
def test_letters_and_what_is_no_json_are_not_looked_at(value):
    counter, agent = looking()
    turn(agent, bodies(value))
    assert counter.bodies == {}


@pytest.mark.parametrize("known", [{}, {"argus": drift.known(["*"])}])
def test_a_sender_without_a_shape_of_its_own_tells_nothing_new(known):
    counter, agent = looking(known)
    turn(agent, bodies(body(mood="bad")))
    assert counter.fields == {}


def test_a_field_is_told_once_an_hour_with_how_many_bodies_had_it(caplog):
    clock = Clock()
    counter, agent = looking(clock=clock)
    for _ in range(10):
        turn(agent, bodies(body(mood="bad")))
        turn(agent, bodies(body()))
    assert len(caplog.messages) == 1
    clock.now += SILENCE_SECONDS
    turn(agent, bodies(body(mood="bad")))
    assert counter.fields["argus", "mood"] == 11
    assert len(caplog.messages) == 2
    assert "11 of 21 bodies" in caplog.messages[1]


def test_a_hostile_sender_fills_neither_log_nor_labels(caplog):
    counter, agent = looking()
    for turned in range(20):
        turn(agent, bodies(body(**{f"key{turned}.{number}": 1 for number in range(100_000 // 20)})))
    assert len(counter.fields) == DISTINCT + 1
    assert counter.fields["argus", OTHER] > 0
    assert len(caplog.messages) == DISTINCT + 1


def test_a_secret_in_a_key_is_told_nowhere(caplog):
    counter = MemoryFields()
    agent = normalizer(lookout=Lookout(KNOWN, counter, norms().scrubber.text))
    turn(agent, bodies(body(**{"ghp_" + "a1B2c3D4e5" * 4: 1})))
    assert len(caplog.messages) == 1
    assert "a1B2c3" not in caplog.text + str(counter.fields)


def test_a_report_too_large_to_be_taken_apart_at_once_is_not_looked_at():
    counter = MemoryFields()
    lookout, reading = Lookout(KNOWN, counter, str), Reading("normalised")
    for size, looked in ((LARGEST + 1, {}), (1_000, {"argus": 1})):
        value = body(mood="x" * (size - len(body(mood=""))))
        lookout.look(
            Incoming(value=value, headers={}, source="argus", project="shop", origin=Origin("t", 0, 0), received_at=0),
            reading,
        )
        assert counter.bodies == looked
