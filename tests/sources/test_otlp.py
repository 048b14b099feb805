"""OTLP logs: which records are failures, what their values say, and Faro beside them."""

import json

import pytest

from argus_streams.core.events import Event, Ignored, Rejected
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.otlp import SOURCE, values

TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nshop.Declined: no\n'


def read(told):
    return list(SOURCE.read(Body(json.dumps(told).encode(), {}, 0)))


def pairs(told):
    return [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]


def record(attributes=None, **more):
    body = {"stringValue": "it failed"}
    return {"severityNumber": 17, "body": body, "attributes": pairs(attributes or {}), **more}


def request(*records, resource=None, **scope):
    scoped = {"scope": {"name": "shop.cart"}, **scope, "logRecords": list(records)}
    return {"resourceLogs": [{"resource": {"attributes": pairs(resource or {})}, "scopeLogs": [scoped]}]}


def one(attributes=None, resource=None, **more):
    (item,) = read(request(record(attributes, **more), resource=resource))
    return item


def faro(**more):
    return read({"meta": {"app": {"name": "web", "release": "1.2"}}, **more})


@pytest.mark.parametrize(
    ("number", "severity"),
    [(17, "error"), (20, "error"), (21, "fatal"), ("17", "error"), ("SEVERITY_NUMBER_FATAL2", "fatal")],
)
def test_a_record_at_error_and_above_is_an_event(number, severity):
    assert one(severityNumber=number).severity == severity


@pytest.mark.parametrize("number", [1, 9, 13, 16])
def test_a_record_below_error_is_ignored(number):
    assert one(severityNumber=number) == Ignored("below error")


@pytest.mark.parametrize(
    ("word", "severity"), [("ERROR", "error"), ("err", "error"), ("Critical", "fatal"), ("FATAL3", "fatal")]
)
def test_the_severitys_word_counts_where_its_number_lacks(word, severity):
    assert one(severityNumber=None, severityText=word).severity == severity


@pytest.mark.parametrize("number", [None, 0, 99])
def test_a_record_without_severity_is_ignored_unless_it_carries_an_exception(number):
    assert one(severityNumber=number) == Ignored("below error")
    assert one({"exception.type": "KeyError"}, severityNumber=number).severity == "error"


def test_a_trace_without_severity_is_an_error_as_a_collector_reads_it_from_a_file():
    trace = 'Traceback (most recent call last):\n  File "/srv/a.py", line 1, in f\nValueError: no'
    assert (found := one(severityNumber=0, body={"stringValue": trace})).severity == "error"
    assert found.type == "ValueError"
    assert one(severityNumber=9, body={"stringValue": trace}) == Ignored("below error")


def test_a_warning_with_an_exception_is_a_warning_and_information_stays_information():
    assert one({"exception.type": "KeyError"}, severityNumber=13).severity == "warning"
    assert one({"exception.type": "KeyError"}, severityNumber=9) == Ignored("below error")


def test_the_exception_of_the_attributes_is_told_whatever_the_log_line_says():
    item = one({"exception.type": "Declined", "exception.message": "no", "exception.stacktrace": TRACE})
    assert (item.type, item.message, item.title) == ("Declined", "no", None)
    assert [(one_.type, one_.module, len(one_.frames)) for one_ in item.exceptions] == [("Declined", "shop", 1)]
    assert item.tags == {}


def test_a_trace_that_was_logged_as_text_is_read_from_the_body():
    item = one(body={"stringValue": f"request failed\n{TRACE}"})
    assert (item.type, item.message, item.title) == ("Declined", "no", None)


def test_a_structured_body_tells_the_message_that_it_holds():
    pairs = [{"key": "msg", "value": {"stringValue": "no"}}, {"key": "attempt", "value": {"intValue": "3"}}]
    assert one(body={"kvlistValue": {"values": pairs}}).message == "no"


def test_a_plain_error_line_is_a_message():
    item = one({"{OriginalFormat}": "it {how}", "event.name": "cart.failed", "log.record.uid": "01J"})
    assert (item.type, item.message, item.template) == ("cart.failed", "it failed", "it {how}")
    assert (item.exceptions, item.logger, item.vendor_id) == ((), "shop.cart", "01J")


def test_the_event_name_stands_in_for_a_body():
    assert one(body=None, eventName="cart.failed").message == "cart.failed"


def test_an_error_that_says_nothing_is_rejected_alone():
    silent, item, broken = read(request(record(body=None), record(), "x"))
    assert isinstance(silent, Rejected)
    assert isinstance(item, Event)
    assert isinstance(broken, Rejected)


def test_resource_and_record_tell_where_it_happened():
    resource = {"service.name": "cart", "service.version": "2.1", "deployment.environment": "production"}
    resource |= {"host.name": "h1", "telemetry.sdk.language": "nodejs"}
    item = one({"user.id": "u", "session.id": "s", "url.full": "https://x"}, resource=resource)
    assert (item.service, item.release, item.environment, item.host) == ("cart", "2.1", "production", "h1")
    assert (item.platform, item.user, item.session, item.url) == ("javascript", "u", "s", "https://x")


def test_a_service_that_the_sdk_made_up_is_none():
    assert one(resource={"service.name": "unknown_service:python"}).service is None


def test_ids_of_zeros_are_none_and_others_are_in_lower_case():
    item = one(traceId="5B8EFFF798038103D269B633813FC60C", spanId="0000000000000000")
    assert (item.trace_id, item.span_id) == ("5b8efff798038103d269b633813fc60c", None)


@pytest.mark.parametrize("time", ["1795166071482000000", 1795166071482000000])
def test_times_are_numbers_or_text(time):
    assert one(timeUnixNano=time).occurred_at == 1795166071482
    assert one(timeUnixNano="0", observedTimeUnixNano=time).occurred_at == 1795166071482


def test_the_older_name_of_scopes_is_read():
    scoped = {"instrumentationLibrary": {"name": "old"}, "logRecords": [record()]}
    (item,) = read({"resourceLogs": [{"instrumentationLibraryLogs": [scoped]}]})
    assert item.logger == "old"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"stringValue": "x"}, "x"),
        ({"intValue": "7"}, "7"),
        ({"doubleValue": 0.5}, "0.5"),
        ({"boolValue": False}, "false"),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": 1}]}}, '["a","1"]'),
        ({"kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}}, '{"k":"v"}'),
        ({"kvlistValue": [{"key": "k", "value": {"stringValue": "v"}}]}, '{"k":"v"}'),
        ({"kvlistValue": []}, None),
        ({}, None),
        ("bare", None),
    ],
)
def test_a_typed_value_is_text(value, text):
    assert values.text(value) == text


def test_values_nested_without_end_are_cut():
    value = {"stringValue": "deep"}
    for _ in range(100):
        value = {"arrayValue": {"values": [value]}}
    assert values.text(value) == "[" * values.MAX_DEPTH + "null" + "]" * values.MAX_DEPTH


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"resourceSpans": []}, "no span in it"),
        ({"resourceMetrics": []}, "metrics tell no occurrence"),
        ({"resourceLogs": []}, "no log record in it"),
        ({"meta": {}}, "no log record in it"),
    ],
)
def test_other_telemetry_is_ignored_for_a_reason(told, reason):
    assert read(told) == [Ignored(reason)]


@pytest.mark.parametrize("told", [[], {}, {"meta": "x"}, 7])
def test_what_is_no_telemetry_is_malformed(told):
    with pytest.raises(Malformed):
        read(told)


PROTOBUF = b"\n\xd2\x01\n\x1c\n\x1a\n\x0cservice.name\x12\n\n\x08checkout"


@pytest.mark.parametrize(("value", "content"), [(PROTOBUF, ""), (b"\n{", "application/x-protobuf")])
def test_protobuf_is_malformed_with_the_advice_to_send_json(value, content):
    headers = {"content-type": content} if content else {}
    with pytest.raises(Malformed, match="send OTLP/JSON") as caught:
        SOURCE.read(Body(value, headers, 0))
    assert caught.value.reason == "protobuf"


def test_json_is_read_whatever_the_content_type_says_and_broken_json_is_no_protobuf():
    headers = {"content-type": "application/x-protobuf"}
    told = b"\n" + json.dumps(request(record())).encode()
    assert isinstance(SOURCE.read(Body(told, headers, 0))[0], Event)
    for broken in (b"\n\n{", b"\n{", b"", b"nothing"):
        with pytest.raises(Malformed) as caught:
            SOURCE.read(Body(broken, {}, 0))
        assert caught.value.reason != "protobuf"


def test_the_code_that_logs_stands_in_for_a_route():
    assert one({"code.namespace": "Cart", "code.function": "pay"}).culprit == "Cart.pay"
    assert one({"code.function.name": "shop.Cart.pay", "http.route": "/cart"}).culprit == "/cart"


def test_faro_tells_the_crash_first():
    frames = [{"function": "inner", "lineno": 1}, {"function": "?", "in_app": True}]
    (item,) = faro(exceptions=[{"type": "E", "value": "v", "stacktrace": {"frames": frames}}])
    assert [frame.function for frame in item.exceptions[0].frames] == [None, "inner"]
    assert (item.service, item.release, item.platform) == ("web", "1.2", "javascript")


def test_faros_forerunner_told_the_crash_last_as_an_errors_constructor_shows():
    frames = [{"function": "render"}, {"function": "new ApolloError"}]
    (item,) = faro(exceptions=[{"type": "E", "stacktrace": {"frames": frames}}])
    assert item.exceptions[0].frames[-1].function == "new ApolloError"


def test_faros_logs_are_read_at_error_alone():
    stack = "TypeError: x is null\n    at f (https://x/a.js:1:2)"
    logs = [{"level": "error", "message": stack, "context": {"a": 1, "b": None}}, {"level": "warn", "message": "w"}]
    traced, ignored, plain, silent = faro(
        logs=[*logs, {"level": "error", "message": "plain"}, {"level": "error"}], exceptions=[]
    )
    assert (traced.type, traced.message, traced.tags) == ("TypeError", "x is null", {"a": "1"})
    assert ignored == Ignored("below error")
    assert (plain.type, plain.message) == (None, "plain")
    assert isinstance(silent, Rejected)


def test_faros_spans_are_read_after_its_exceptions_and_logs():
    span = {"name": "GET /cart", "kind": 3, "status": {"code": 2, "message": "gone"}}
    told = faro(
        logs=[{"level": "error", "message": "plain"}], traces={"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    )
    assert [item.message for item in told] == ["plain", "gone"]


def test_a_faro_exception_that_says_nothing_is_rejected():
    assert isinstance(faro(exceptions=["x"])[0], Rejected)
