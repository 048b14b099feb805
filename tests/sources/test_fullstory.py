"""FullStory: which names tell a failure, and what an alert is known by."""

import json

import pytest

from argus_streams.core.events import Event, Ignored, Rejected
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.fullstory import SOURCE


def read(told):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
    return item


def custom(name, **data):
    return read({"eventName": "recording.event.custom", "data": {"name": name, **data}})


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("Checkout Error", "error"),
        ("paymentFailed", "error"),
        ("JS_EXCEPTION", "error"),
        ("App crashed on start", "fatal"),
        ("rage-click", "warning"),
        ("Dead Click: voucher", "warning"),
        ("Error Click", "error"),
    ],
)
def test_a_name_tells_a_failure_by_one_of_its_words(name, severity):
    item = custom(name)
    assert (item.severity, item.type, item.message) == (severity, name, name)


@pytest.mark.parametrize("name", ["Order Completed", "Terrorist", "Deadline moved", "Drageclick", "", None, 7])
def test_a_word_inside_another_tells_none(name):
    assert custom(name) == Ignored("an event that names no failure")


def test_properties_tell_the_exception_whatever_their_type_is_spelt_like():
    stack = "TypeError: x is undefined\n    at pay (src/cart/pay.ts:7:3)"
    item = custom(
        "Error",
        properties={"error_type_str": "TypeError", "message": "x is undefined", "stack_str": stack, "step_int": 2},
    )
    assert (item.type, item.message, item.title) == ("TypeError", "x is undefined", "Error")
    assert item.exceptions[0].frames[0].function == "pay"
    assert item.tags == {"step": "2"}


def test_a_custom_event_delivered_again_has_the_same_id_and_another_click_has_not():
    told = {"sessionUrl": "https://app.example.com/ui/X/session/1:2", "timestamp": "2026-11-20T09:19:42Z"}
    first, again = custom("Rage click", **told), custom("Rage click", **told)
    other = custom("Rage click", **{**told, "timestamp": "2026-11-20T09:19:43Z"})
    assert first.vendor_id == again.vendor_id != other.vendor_id
    assert first.session == "1:2"
    assert custom("Rage click").vendor_id is None


def test_an_alert_is_known_by_its_name_and_not_by_its_value():
    def alert(value, number):
        config = {"alertName": "Exceptions", "alertDescription": "over 100"}
        return read({"eventName": "metric.alert", "data": {"id": number, "value": value, "alertConfig": config}})

    first, second = alert(114, "a"), alert(230, "b")
    assert first.identity == second.identity == ("alert", "Exceptions")
    assert (first.message, first.title) == ("over 100", "Exceptions: 114")
    assert first.vendor_id != second.vendor_id


def test_an_alert_without_name_or_purpose_is_rejected():
    assert isinstance(read({"eventName": "segment.trend.alert", "data": {}}), Rejected)


def test_a_crash_of_an_app_is_told_by_the_event_itself():
    item = read({"eventName": "native.mobile.crash", "data": {"name": "Shop", "sessionUrl": "https://x/session/1"}})
    assert isinstance(item, Event)
    assert (item.severity, item.title) == ("fatal", "native.mobile.crash Shop")


@pytest.mark.parametrize("told", [{}, [], 3, {"data": {}}, {"eventName": ["x"]}])
def test_what_is_no_webhook_is_malformed(told):
    with pytest.raises(Malformed):
        read(told)
