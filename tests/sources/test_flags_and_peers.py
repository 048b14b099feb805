"""Feature flags and who was called: whoever tells them, by one name each."""

import json
from pathlib import Path

import pytest

from argus_streams.core import tagged
from argus_streams.core.events import Event
from argus_streams.core.source import Body
from argus_streams.sources import load

SOURCES = load()
PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "payloads"
TRACE = "5b8efff798038103d269b633813fc60c"


def events(source, told):
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return [item for item in SOURCES[source].read(Body(body, {}, 0)) if isinstance(item, Event)]


def flags(source, told):
    (found,) = events(source, told)
    return {name: value for name, value in found.tags.items() if name.startswith(tagged.FLAG)}


@pytest.mark.shared
def test_flags_of_datadogs_published_error_are_told_but_for_one_whose_variant_is_an_object():
    told = flags("datadog", (PAYLOADS / "datadog" / "rum_event__error.json").read_bytes())
    assert told == {"flag.feature_one": "true", "flag.feature_two": "foo", "flag.feature_three": "2"}


def test_flags_of_sentry_are_told_in_their_context():
    values = [{"flag": "new-cart", "result": True}, {"flag": "retry", "result": False}, {"flag": "half"}, "rubbish"]
    told = {"message": "it failed", "tags": {"os": "linux"}, "contexts": {"flags": {"values": values}}}
    assert flags("sentry", told) == {"flag.new-cart": "true", "flag.retry": "false"}


def test_flags_of_bugsnag_have_a_variant_or_are_on():
    told = [{"featureFlag": "new-cart", "variant": "B"}, {"featureFlag": "retry"}, {"variant": "C"}, None]
    exceptions = [{"errorClass": "E", "message": "it failed"}]
    assert flags("bugsnag", {"exceptions": exceptions, "featureFlags": told}) == {
        "flag.new-cart": "B", "flag.retry": "true",
    }  # fmt: skip


def pairs(told):
    return [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]


def span(number, parent=0, kind=1, *, failed=False, events=(), **attributes):
    ids = {"traceId": TRACE, "spanId": f"{number:016x}", "parentSpanId": f"{parent:016x}", "name": f"span {number}"}
    told = {name.replace("__", "."): value for name, value in attributes.items()}
    return {**ids, "kind": kind, "attributes": pairs(told), "events": list(events), "status": {"code": 2 * failed}}


def spans(**by_service):
    groups = (
        {"resource": {"attributes": pairs({"service.name": name})}, "scopeSpans": [{"spans": told}]}
        for name, told in by_service.items()
    )
    return {"resourceSpans": list(groups)}


def peers(told):
    return {found.type: tagged.peers(found.tags) for found in events("otlp", told)}


def test_flags_of_a_span_are_told_by_its_events_and_its_attributes():
    variant = {"feature_flag.key": "new-cart", "feature_flag.result.variant": "B"}
    older = {"feature_flag.key": "retry", "feature_flag.variant": "on"}
    happened = [
        {"name": "feature_flag.evaluation", "attributes": pairs(variant)},
        {"name": "feature_flag", "attributes": pairs(older)},
        {"name": "retry", "attributes": pairs({"feature_flag.key": "no"})},
    ]
    told = spans(shop=[span(1, failed=True, events=happened, feature_flag__key="c", feature_flag__result__value="3")])
    assert flags("otlp", told) == {"flag.c": "3", "flag.new-cart": "B", "flag.retry": "on"}


def test_flags_of_a_log_record_are_told_by_its_attributes():
    told = {"feature_flag.key": "new-cart", "feature_flag.result.variant": "B"}
    record = {"severityNumber": 17, "body": {"stringValue": "it failed"}, "attributes": pairs(told)}
    assert flags("otlp", {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}) == {"flag.new-cart": "B"}


@pytest.mark.parametrize("name", ["peer__service", "service__peer__name", "server__address", "net__peer__name"])
def test_a_failed_call_says_whom_it_called(name):
    assert peers(spans(shop=[span(1, kind=3, failed=True, **{name: "payments"})])) == {"span 1": ("payments",)}


def test_a_request_says_whom_it_was_calling():
    called = span(2, 1, kind=3, failed=True, server__address="payments.internal")
    assert peers(spans(shop=[span(1, kind=2, failed=True), called])) == {"span 1": ("payments.internal",)}


def test_a_server_is_not_its_own_peer():
    assert peers(spans(shop=[span(1, kind=2, failed=True, server__address="shop.example.com")])) == {"span 1": ()}


def test_a_service_is_known_by_its_span_below_the_call_whatever_the_order():
    told = spans(payments=[span(3, 2, kind=2, failed=True)], shop=[span(2, 1, kind=3), span(1, kind=2, failed=True)])
    assert peers(told) == {"span 1": ("payments",), "span 3": ()}


def test_spans_that_call_each_other_in_a_circle_end():
    assert peers(spans(shop=[span(1, 2, kind=2, failed=True), span(2, 1, kind=3)], pay=[span(3, 1)])) == {
        "span 1": ("pay",),
    }  # fmt: skip


@pytest.mark.parametrize("source", ["argus"])
def test_a_producer_may_tell_them_by_tags_of_its_own(source):
    (found,) = events(source, {"message": "it failed", "tags": {"flag.a": "on", "peer.service": "stock, payments"}})
    assert (tagged.flags_on(found.tags), tagged.peers(found.tags)) == (("a=on",), ("stock", "payments"))


def test_of_many_flags_and_peers_the_first_are_taken():
    many = {f"flag.{number:02}": "on" for number in range(30)} | {tagged.PEER: ",".join(map(str, range(30)))}
    assert len(tagged.flags_on(many)) == tagged.FLAGS
    assert len(tagged.peers(many)) == tagged.PEERS
    assert len(tagged.with_flags({}, [(str(number), "on") for number in range(30)])) == tagged.FLAGS
