"""Datadog: one monitor under many templates, what of real user monitoring is a failure, stacks of its SDK."""

import json

import pytest

from argus_streams.core.events import Event, Ignored, Rejected
from argus_streams.core.grouping.fingerprint import fingerprint
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.datadog import SOURCE

RUM = {"application": {"id": "a"}, "session": {"id": "s"}, "view": {"url": "https://shop.example.com/cart"}}


def read(told):
    (item,) = items(told)
    return item


def items(told):
    value = told.encode() if isinstance(told, str) else json.dumps(told).encode()
    return SOURCE.read(Body(value, {}, 0))


def rum(kind="error", **more):
    return read({"type": kind, "date": 1795166382117, "source": "browser", **RUM, **more})


def error(**told):
    return rum(error={"id": "e1", "message": "no", **told})


@pytest.mark.parametrize(
    "template",
    [
        {"title": "[P2] [Triggered on {host:web-1}] Disk is full", "id": "8201993140275566093"},
        {"ALERT_TITLE": "Disk is full", "ALERT_SCOPE": "host:web-1", "ALERT_TRANSITION": "Triggered", "priority": "P2"},
        {"eventTitle": "[Re-Triggered on {host:web-1}] Disk is full", "alertPriority": "P2"},
        {"monitor_name": "Disk is full", "severity": "Triggered", "tags": "host:web-1", "alert_priority": "p2"},
        {"alert": {"title": "Disk is full", "scope": "host:web-1", "transition": "Triggered"}, "priority": 2},
        {"$EVENT_TITLE": "[Triggered] Disk is full", "$HOSTNAME": "web-1", "$PRIORITY": "normal"},
        {"name": "Disk is full", "scopes": ["host:web-1"], "state": "Alert", "alert_type": "error"},
    ],
)
def test_one_monitor_is_one_alert_under_whatever_keys_a_template_tells_it(template):
    item = read(template)
    assert item.identity == ("alert", "Disk is full", "instance=web-1")
    assert (item.kind, item.type, item.status, item.severity) == ("alert", "Disk is full", "firing", "error")


@pytest.mark.parametrize(
    ("transition", "status", "severity"),
    [
        ("Triggered", "firing", "fatal"),
        ("Re-Triggered", "firing", "fatal"),
        ("Warn", "firing", "warning"),
        ("Re-Warn", "firing", "warning"),
        ("No Data", "firing", "fatal"),
        ("Renotify", "firing", "fatal"),
        ("Recovered", "resolved", "fatal"),
    ],
)
def test_a_transition_tells_how_an_alert_stands(transition, status, severity):
    for told in (
        {"title": f"[P1] [{transition} on {{service:checkout}}] Errors"},
        {"title": "Errors", "scope": "service:checkout", "transition": transition, "priority": "P1"},
    ):
        item = read(told)
        assert (item.status, item.severity, item.service) == (status, severity, "checkout")


def test_an_alert_ends_under_the_identity_and_the_target_under_which_it_began():
    def told(word, host):
        return read({"title": f"[{word} on {{queue:x,zone:{host}}}] Queue", "hostname": host, "tags": f"a:{host}"})

    began, ended, other = told("Triggered", "1"), told("Recovered", "1"), told("Triggered", "2")
    assert began.identity == ended.identity == other.identity == ("alert", "Queue", "queue=x")
    assert began.instance == ended.instance != other.instance


def test_a_name_in_brackets_is_no_transition():
    item = read({"title": "[Triggered] [TEST] Disk [full]"})
    assert (item.type, item.title) == ("[TEST] Disk [full]", "[Triggered] [TEST] Disk [full]")
    assert read({"title": "[Recovered]"}).type == "[Recovered]"


def test_a_variable_that_was_not_filled_is_nothing():
    item = read({"title": "Errors", "hostname": "$HOSTNAME", "link": "$LINK", "tags": "$TAGS", "id": "null"})
    assert (item.host, item.link, item.tags, item.vendor_id) == (None, None, {}, None)


def test_an_events_id_tells_a_notification_and_a_monitors_id_only_with_its_date():
    assert read({"title": "Errors", "id": "8201993140275566093"}).vendor_id == "8201993140275566093"
    monitor = {"title": "Errors", "id": "15520431", "transition": "Triggered"}
    assert read(monitor).vendor_id is None
    first, second = (read({**monitor, "date": date}).vendor_id for date in ("1795166162000", "1795166999000"))
    assert None not in (first, second)
    assert first != second


def test_kubernetes_is_known_by_the_names_that_others_have_for_it():
    item = read({"title": "[Triggered on {kube_namespace:shop,kube_deployment:cart,host:n1,pod_name:cart-1}] Down"})
    assert item.identity == ("alert", "Down", "namespace=shop", "deployment=cart")


def test_a_notification_that_people_try_out_is_no_alert():
    assert read({"title": "[TEST] [Triggered] Disk is full"}) == Ignored("a test of the notification")


def test_a_message_is_without_callers_picture_and_footer():
    body = (
        "%%%\n@webhook-x\nDown.\nSee runbook\n[![Graph](x)](y)\nnoise\n- - -\n[[Monitor Status](https://x/monitors/1)]"
    )
    item = read({"title": "Errors", "body": body})
    assert (item.message, item.link) == ("Down.\nSee runbook", "https://x/monitors/1")


def test_a_notification_that_says_nothing_is_rejected():
    assert isinstance(read({"id": "1", "body": "%%%"}), Rejected)


def test_the_stack_of_the_browsers_sdk_is_read_crash_first():
    stack = "TypeError: no\n  at pay @ https://x/cart.js:7:3\n  at submit @ https://x/cart.js:90:1"
    item = error(type="TypeError", stack=stack)
    assert [(frame.function, frame.line) for frame in item.exceptions[0].frames] == [("submit", 90), ("pay", 7)]


def test_causes_told_apart_from_the_stack_are_put_before_it_the_innermost_first():
    causes = [{"type": "Near", "message": "1"}, {"type": "Far", "message": "2"}]
    assert [one.type for one in error(type="Raised", causes=causes).exceptions] == ["Far", "Near", "Raised"]


def test_causes_told_by_the_stack_too_are_told_once():
    stack = "a.B: no\n\tat a.C.d(C.java:1)\nCaused by: a.E: far\n\tat a.F.g(F.java:2)"
    item = error(type="a.B", stack=stack, causes=[{"type": "a.E", "message": "far"}])
    assert [one.type for one in item.exceptions] == ["E", "B"]


@pytest.mark.parametrize(("told", "severity"), [({"is_crash": True}, "fatal"), ({"is_crash": "true"}, "error")])
def test_a_crash_is_fatal(told, severity):
    assert error(**told).severity == severity


def test_a_failed_request_is_the_errors_and_not_the_resources():
    request = {"url": "https://shop.example.com/api", "status_code": 503}
    assert error(source="network", resource=request).url == "https://shop.example.com/api"
    assert isinstance(rum("resource", resource=request), Ignored)


@pytest.mark.parametrize(
    ("signals", "kind", "severity"),
    [(["rage_click"], "rage_click", "warning"), (["dead_click", "error_click"], "error_click", "error")],
)
def test_a_frustrated_click_is_told_by_its_worst_signal(signals, kind, severity):
    action = {"id": "c1", "target": {"name": "Pay"}, "frustration": {"type": signals}}
    item = rum("action", action=action)
    assert (item.type, item.severity, item.vendor_id) == (kind, severity, "c1")
    assert item.message.endswith("click on Pay")


@pytest.mark.parametrize(
    "kind", ["action", "long_task", "metric", "resource", "telemetry", "view", "view_update", "vital", "new"]
)
def test_what_else_real_user_monitoring_tells_is_ignored(kind):
    assert isinstance(rum(kind, telemetry={"status": "error"}), Ignored)


def test_a_monitor_of_type_error_without_application_is_no_error_of_a_browser():
    assert read({"type": "error", "title": "[Triggered] Errors"}).kind == "alert"


def test_a_batch_of_lines_is_read_line_by_line_and_a_broken_one_alone_is_rejected():
    line = json.dumps({"type": "error", **RUM, "error": {"message": "no"}})
    assert [type(item) for item in items(f"{line}\n{{broken}}\n{line}\n")] == [Event, Rejected, Event]


def test_a_document_over_several_lines_is_one():
    assert len(items(json.dumps({"title": "Errors"}, indent=1))) == 1


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("error", "firing"),
        ("warning", "firing"),
        ("success", "resolved"),
        ("info", None),
        ("user_update", None),
        (None, None),
    ],
)
def test_an_event_of_the_stream_is_a_failure_its_end_or_neither(kind, status):
    item = read({"title": "Backup", "text": "x", "date_happened": 1795132801, "alert_type": kind})
    assert getattr(item, "status", None) == status


def test_an_event_is_the_same_alert_in_both_versions_of_the_api():
    tags = ["service:backup", "env:production"]
    first = {"title": "Backup", "text": "x", "alert_type": "error", "tags": tags, "date_happened": 1795132801}
    inner = {"title": "Backup", "status": "error"}
    second = {"message": "x", "tags": tags, "timestamp": "2026-11-20T00:00:01Z", "attributes": inner}
    one, two = read({"event": first}), read({"data": {"type": "event", "id": "E1", "attributes": second}})
    assert one.identity == two.identity == ("alert", "Backup", "environment=production", "service=backup")
    assert (one.occurred_at, two.occurred_at) == (1795132801000, 1795132801000)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"status": "error", "message": "no"}, Event),
        ({"status": "warn", "message": "no"}, Ignored),
        ({"status": "warn", "message": "no", "error": {"kind": "E"}}, Event),
        ({"status": "info", "message": "yes"}, Ignored),
        ({"message": "no", "error": {"kind": "E"}}, Event),
        ({"level": "ERROR", "message": "no"}, Event),
        ({"severity": "notice", "message": "yes"}, Ignored),
        ({"message": 'Traceback (most recent call last):\n  File "a.py", line 1, in a\nValueError: no'}, Event),
        ({"message": "two\nlines"}, Ignored),
    ],
)
def test_a_log_is_a_failure_at_error_or_with_an_exception(told, kind):
    assert isinstance(read({"ddsource": "python", **told}), kind)


def test_a_log_and_an_error_of_the_browser_that_tell_one_failure_are_one_problem():
    stack = "TypeError: no\n  at pay @ https://x/assets/cart.js:7:3"
    log = read(
        {"ddsource": "browser", "status": "error", "message": "x", "error": {"kind": "TypeError", "stack": stack}}
    )
    assert fingerprint(log).value == fingerprint(error(type="TypeError", stack=stack)).value


@pytest.mark.parametrize("value", ["3", '"text"', "null", "{", ""])
def test_what_holds_no_object_is_malformed(value):
    with pytest.raises(Malformed):
        items(value)


def test_a_key_that_all_events_of_a_monitor_share_is_no_id_of_one():
    def told(**more):
        return read({"id": "9bd4ac313a4d1e8fae2482df7b77628", "title": "[Triggered] Disk is full", **more}).vendor_id

    assert told() is None
    assert told(date=1795166382117) == told(date=1795166382117) != told(date=1795169982117)
