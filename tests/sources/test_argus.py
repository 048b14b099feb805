"""Our own schema: what it carries, and how it tells a producer of a slip."""

import json

import pytest

from argus_streams.core.events import Event, Frame, Rejected, Signal
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.argus import SOURCE

DEPLOY = {"kind": "deploy", "service": "cart", "environment": "production"}


def read(told):
    return list(SOURCE.read(Body(json.dumps(told).encode(), {}, 0)))


def one(**told):
    (item,) = read(told)
    return item


def test_every_public_field_of_an_event_arrives():
    told = {
        "kind": "alert",
        "severity": "warning",
        "status": "resolved",
        "culprit": "/cart",
        "logger": "shop",
        "platform": "python",
        "host": "h1",
        "url": "https://x",
        "link": "https://y",
        "user": "u",
        "session": "s",
        "trace_id": "t",
        "span_id": "p",
        "repository": "a/b",
        "branch": "main",
        "commit": "c",
        "template": "%s",
        "title": "T",
        "release": "1",
        "environment": "e",
        "service": "v",
        "type": "Y",
        "message": "m",
        "tags": {"k": "v"},
    }
    item = one(**told, fingerprint=["a"], identity=["b"])
    assert {name: getattr(item, name) for name in told} == told
    assert (item.fingerprint, item.identity) == (("a",), ("b",))


def test_exceptions_arrive_with_their_frames():
    item = one(exceptions=[{"type": "KeyError", "value": "x", "module": "m", "frames": [{"function": "f", "line": 3}]}])
    assert (item.type, item.message, item.exceptions[0].module) == ("KeyError", "x", "m")
    assert item.exceptions[0].frames == (Frame("f", line=3),)


def test_a_trace_may_come_as_text_with_its_type_and_message_beside_it():
    stack = "a.b.Gone: x\n\tat a.B.c(B.java:1)"
    assert [one(stack=stack).type, one(stack=stack).message] == ["Gone", "x"]
    assert one(stack=stack, message="told").exceptions[0].value == "told"


def test_a_message_alone_is_no_exception():
    assert one(message="disk full").exceptions == ()


@pytest.mark.parametrize(("given", "kept"), [("a-1", "a-1"), (7, "7"), (None, None)])
def test_the_producers_id_is_kept(given, kept):
    assert one(message="m", id=given).vendor_id == kept
    assert one(**DEPLOY, id=given).vendor_id == kept


@pytest.mark.parametrize("moment", ["2026-11-20T09:14:31Z", 1795166071000, 1795166071, 1795166071.0])
def test_a_time_is_iso_text_or_a_number(moment):
    assert one(message="m", occurred_at=moment).occurred_at == 1795166071000


def test_a_deploy_is_a_signal():
    item = one(**DEPLOY, release="2.1", status="failure", commit="c")
    assert isinstance(item, Signal)
    assert (item.kind, item.subject, item.status, item.release) == ("deploy", "cart/production", "failure", "2.1")
    assert item.title == "deploy of 2.1 to production: failure"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"message": "m", "kind": "rumour"}, "$.kind"),
        ({"message": 7}, "$.message"),
        ({"message": "m", "severity": "loud"}, "$.severity"),
        ({"message": "m", "tags": {"a": 1}}, "$.tags"),
        ({"exceptions": [{"frames": [{"line": "x"}]}]}, "$.exceptions[0].frames[0].line"),
        ({"exceptions": [{"frames": [{"line": 2**70}]}]}, "line"),
        ({"exceptions": [{"frames": [{"column": -1}]}]}, "column"),
        ({"message": "m", "occurred_at": "soon"}, "$.occurred_at"),
        ({"kind": "deploy", "service": "cart"}, "environment"),
        ({**DEPLOY, "occurred_at": "soon"}, "$.occurred_at"),
        ({}, "message"),
        ("text", "object"),
    ],
)
def test_a_slip_is_rejected_with_its_place_and_without_its_neighbours(told, field):
    before, item, after = read({"events": [{"message": "a"}, told, {"message": "b"}]})
    assert isinstance(item, Rejected)
    assert field in item.detail
    assert isinstance(before, Event)
    assert isinstance(after, Event)


def test_a_field_of_a_newer_producer_is_passed_over():
    assert one(message="m", mood="good").message == "m"


@pytest.mark.parametrize("told", [{"events": {}}, {"events": []}])
def test_a_list_of_events_that_is_none_is_malformed(told):
    with pytest.raises(Malformed):
        read(told)
