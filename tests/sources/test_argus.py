"""Our own schema: what it carries, and how it tells a producer of a slip."""

import json

import pytest

from argus_streams.core.events import Event, Frame, Rejected, Signal, TestFailure
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


TEST = {"kind": "test", "test": "checkout pays", "framework": "cypress"}
MISSING = "Timed out retrying after 4000ms: Expected to find element: `#pay`, but never found it."


def test_a_test_is_told_with_its_page():
    button = {
        "tag": "button",
        "id": "pay",
        "classList": ["b"],
        "visibleText": ["Pay"],
        "attributes": {"type": "submit"},
    }
    told = {
        **TEST,
        "id": "run-1:pays",
        "status": "timed_out",
        "failure": "not_found",
        "locator": "cy.get('#pay')",
        "scope": "/checkout",
        "url": "https://shop.example/checkout",
        "dom": "<button id=pay-now>Pay</button>",
        "candidates": [button],
        "element": button,
        "line": 18,
        "occurred_at": "2026-11-20T09:24:40Z",
    }
    failure = one(**told)
    assert isinstance(failure, TestFailure)
    assert (failure.vendor_id, failure.status, failure.line) == ("run-1:pays", "timed_out", 18)
    assert (failure.failure, failure.locator, failure.scope) == ("not_found", "cy.get('#pay')", "/checkout")
    assert failure.dom == told["dom"]
    assert failure.candidates == (failure.element,)
    assert failure.element.class_list == ("b",)


def test_whose_failure_it_is_is_read_from_the_message_where_the_producer_does_not_say():
    failure = one(**TEST, type="AssertionError", message=MISSING, suite="checkout")
    assert (failure.failure, failure.locator, failure.scope) == ("not_found", "cy.get('#pay')", "checkout")


def test_what_a_producer_says_of_a_locator_goes_before_what_is_read():
    failure = one(**TEST, message=MISSING, locator="cy.get(pay)", scope="")
    assert (failure.locator, failure.scope) == ("cy.get(pay)", "")


@pytest.mark.parametrize("wrong", [{"framework": "karma"}, {"line": -1}, {"candidates": [{"tag": 1}]}, {"dom": 3}])
def test_a_test_that_breaks_the_schema_is_rejected_alone(wrong):
    first, second = read({"events": [{**TEST, **wrong}, TEST]})
    assert isinstance(first, Rejected)
    assert isinstance(second, TestFailure)


def test_a_page_is_read_that_is_larger_than_other_bodies():
    page = "<p>text</p>" * 300_000
    assert one(**TEST, dom=page).dom == page
    assert len(page) < SOURCE.room


def test_a_body_of_too_many_parts_is_refused():
    with pytest.raises(Malformed, match="too many parts"):
        SOURCE.read(Body(b'{"a":[' + b"[]," * 600_000 + b"1]}", {}, 0))


def test_only_a_test_with_its_page_may_be_larger_than_others():
    assert SOURCE.roomy(json.dumps({**TEST, "dom": "<p>"}).encode())
    assert not SOURCE.roomy(json.dumps({"events": [{**TEST, "dom": "<p>"}]}).encode())
    assert not SOURCE.roomy(b'{"message": "x"}')
    assert not SOURCE.roomy(b"{")


def test_nothing_is_made_of_a_test_without_words():
    assert one(**TEST, locator="#pay").failure is None
