"""OTLP spans: which of them tell a failure, once, wherever it went, and by which id."""

import json

import pytest

from argus_streams.core.events import Event, Ignored, Rejected
from argus_streams.core.grouping.fingerprint import fingerprint
from argus_streams.core.source import Body
from argus_streams.sources.otlp import SOURCE

TRACE = 'Traceback (most recent call last):\n  File "/srv/a.py", line 1, in f\nshop.Declined: no\n'
TRACE_ID, SPAN_ID, PARENT_ID = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "eee19b7ec3c1b173"
PASSED_ON = Ignored("an exception that the parent span tells")
SAID = {"exception.type": "shop.Declined", "exception.message": "no", "exception.stacktrace": TRACE}


def read(told):
    return list(SOURCE.read(Body(json.dumps(told).encode(), {}, 0)))


def pairs(told):
    return [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]


def exception(said=SAID, time="1795166071482000123"):
    return {"name": "exception", "timeUnixNano": time, "attributes": pairs(said)}


def span(*events, attributes=None, **more):
    ids = {"traceId": TRACE_ID, "spanId": SPAN_ID, "name": "pay", "kind": 1}
    return {**ids, "attributes": pairs(attributes or {}), "events": list(events), **more}


def failed(**more):
    return span(**{"status": {"code": 2, "message": "no carrier answers"}, **more})


def request(*spans, resource=None, scopes="scopeSpans"):
    scoped = {"scope": {"name": "shop.cart"}, "spans": list(spans)}
    return {"resourceSpans": [{"resource": {"attributes": pairs(resource or {})}, scopes: [scoped]}]}


def one(told, resource=None):
    (item,) = read(request(told, resource=resource))
    return item


def test_a_recorded_exception_is_an_event_whatever_the_spans_status_is():
    item = one(span(exception(), {"name": "retry"}, status={}))
    assert (item.type, item.message, item.severity, item.logger) == ("Declined", "no", "error", "shop.cart")
    assert [(each.module, len(each.frames)) for each in item.exceptions] == [("shop", 1)]
    assert (item.trace_id, item.span_id, item.occurred_at) == (TRACE_ID, SPAN_ID, 1795166071482)


def test_each_exception_of_a_span_is_an_event_of_its_own():
    first, second = read(request(span(exception(), exception(time="1795166071482000999"))))
    assert first.vendor_id != second.vendor_id


@pytest.mark.parametrize("code", [2, "2", "STATUS_CODE_ERROR"])
@pytest.mark.parametrize("kind", [0, 1, 2, 5, "SPAN_KIND_SERVER", "SPAN_KIND_CONSUMER", None])
def test_a_failed_span_without_exception_is_told_by_its_name_and_status(code, kind):
    item = one(failed(kind=kind, status={"code": code, "message": "no carrier answers"}, parentSpanId=PARENT_ID))
    assert (item.type, item.message, item.exceptions) == ("pay", "no carrier answers", ())
    assert item.vendor_id == f"{TRACE_ID}:{SPAN_ID}"


@pytest.mark.parametrize(
    ("attributes", "message"),
    [({"error.type": "timeout"}, "timeout"), ({"http.response.status_code": "502"}, "502"), ({}, "pay")],
)
def test_a_failed_span_without_a_status_message_says_why_by_its_attributes(attributes, message):
    assert one(failed(status={"code": 2}, attributes=attributes)).message == message


def test_failures_of_two_routes_are_two_problems_and_two_requests_to_one_are_one():
    def problem(name, sku):
        return fingerprint(one(failed(name=name, status={"code": 2, "message": f"no price of item {sku}"}))).value

    assert problem("GET /quotes/{sku}", 4471) == problem("GET /quotes/{sku}", 4472)
    assert problem("GET /quotes/{sku}", 4471) != problem("GET /orders/{id}", 4471)


@pytest.mark.parametrize("kind", [3, 4, "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER"])
def test_a_failed_call_is_told_by_who_called_unless_nobody_did_or_it_raised(kind):
    called = failed(kind=kind, parentSpanId=PARENT_ID)
    assert one(called) == Ignored("a failed call, told by who called")
    assert one({**called, "parentSpanId": "0000000000000000"}).type == "pay"
    assert one({**called, "events": [exception()]}).type == "Declined"


@pytest.mark.parametrize("status", [None, {}, {"code": 1}, {"code": "STATUS_CODE_OK"}, "x"])
def test_a_span_without_an_error_is_ignored(status):
    assert one(span({"name": "retry"}, status=status)) == Ignored("a span without an error")


def test_an_exception_on_its_way_up_is_told_by_the_outermost_span_in_any_order():
    inner = span(exception(), spanId="0000000000000003", parentSpanId="0000000000000002")
    middle = span(exception(), spanId="0000000000000002", parentSpanId="0000000000000001")
    outer = span(exception(), spanId="0000000000000001", attributes={"http.route": "/cart"})
    for spans in ((inner, middle, outer), (outer, middle, inner)):
        items = read(request(*spans))
        assert sorted(type(item).__name__ for item in items) == ["Event", "Ignored", "Ignored"]
        assert [item.culprit for item in items if isinstance(item, Event)] == ["/cart"]
        assert {item for item in items if isinstance(item, Ignored)} == {PASSED_ON}


def test_another_exception_of_the_parent_does_not_hide_the_childs():
    child = span(exception(), parentSpanId=PARENT_ID)
    other = exception({**SAID, "exception.message": "not again"})
    kinds = [type(item) for item in read(request(child, span(other, spanId=PARENT_ID)))]
    assert kinds == [Event, Event]
    strangers = [type(item) for item in read(request(child, span(exception(), spanId=PARENT_ID, traceId="ab" * 16)))]
    assert strangers == [Event, Event]


def test_one_exception_has_one_id_and_one_problem_as_a_log_record_and_as_a_spans_event():
    told = {"severityNumber": 17, "timeUnixNano": 1795166071482000123, "attributes": pairs(SAID)}
    told |= {"traceId": TRACE_ID.upper(), "spanId": SPAN_ID}
    (logged,) = read({"resourceLogs": [{"scopeLogs": [{"logRecords": [told]}]}]})
    recorded = one(span(exception()))
    assert logged.vendor_id == recorded.vendor_id is not None
    assert fingerprint(logged).value == fingerprint(recorded).value
    assert one(span(exception(time="1795166071482000124"))).vendor_id != recorded.vendor_id
    assert one(span(exception(time="0"))).vendor_id is None


def test_resource_span_and_event_tell_where_it_happened():
    resource = {"service.name": "cart", "service.version": "2.1", "deployment.environment": "production"}
    resource |= {"host.name": "h1", "telemetry.sdk.language": "nodejs"}
    attributes = {"enduser.id": "u", "session.id": "s", "http.url": "https://x/cart"}
    item = one(
        span(exception({**SAID, "thread.id": "41", "exception.escaped": "false"}), attributes=attributes),
        resource=resource,
    )
    assert (item.service, item.release, item.environment, item.host) == ("cart", "2.1", "production", "h1")
    assert (item.platform, item.user, item.session, item.url) == ("javascript", "u", "s", "https://x/cart")
    assert item.tags == {"enduser.id": "u", "session.id": "s", "http.url": "https://x/cart", "thread.id": "41"}
    assert item.culprit == "pay"


def test_a_servers_url_is_put_together_of_its_parts():
    parts = {"url.scheme": "https", "server.address": "shop.example.com", "url.path": "/cart"}
    assert one(failed(attributes=parts)).url == "https://shop.example.com/cart"
    assert one(failed(attributes={**parts, "server.port": "8443"})).url == "https://shop.example.com:8443/cart"
    assert one(failed(attributes={"url.path": "/cart"})).url is None


@pytest.mark.parametrize("time", ["1795166071482000000", 1795166071482000000])
def test_a_spans_end_is_when_it_failed(time):
    assert one(failed(endTimeUnixNano=time)).occurred_at == 1795166071482
    assert one(failed(endTimeUnixNano="0", startTimeUnixNano=time)).occurred_at == 1795166071482


def test_the_older_name_of_scopes_is_read():
    (item,) = read(request(failed(), scopes="instrumentationLibrarySpans"))
    assert item.type == "pay"


def test_what_says_nothing_is_rejected_alone():
    silent = failed(name="", status={"code": 2})
    empty = span({"name": "exception"})
    items = read(request(silent, empty, "x", failed()))
    assert [type(item) for item in items] == [Rejected, Rejected, Rejected, Event]


def test_a_span_that_names_itself_its_parent_still_tells_its_exception():
    assert one(span(exception(), traceId="a1", spanId="b1", parentSpanId="b1")).exceptions
