"""PagerDuty: incidents of its webhooks, and what monitoring systems post to its Events API."""

import json

import pytest

from argus_streams.core.events import Event, Ignored, Rejected
from argus_streams.core.labelled import label_set
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.pagerduty import SOURCE

LABELS = {"alertname": "Slow", "service": "pay", "severity": "warning"}
IDENTITY = ("alert", "Slow", "service=pay")
TEXT = "Labels:\n - alertname = Slow\n - service = pay\n - severity = warning\nAnnotations:\n - summary = pays late\n"


def read(told, **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return list(SOURCE.read(Body(json.dumps(told).encode(), named, 0)))


def event(action="trigger", details=None, **more):
    payload = {"summary": "[FIRING:1] Slow (pay)", "source": "Alertmanager", "severity": "error"}
    payload |= {"custom_details": details}
    return {"routing_key": "r", "dedup_key": "a" * 64, "event_action": action, "payload": payload, **more}


def v3(kind="incident.triggered", **more):
    data = {"id": "Q1", "type": "incident", "title": "Down", "service": {"summary": "shop"}, **more}
    return {"event": {"id": "01E", "event_type": kind, "occurred_at": "2026-11-20T09:00:00Z", "data": data}}


@pytest.mark.parametrize(
    "told", [TEXT, [{"labels": LABELS}], json.dumps([{"labels": LABELS}]), "\nValue: A=1\n" + TEXT]
)
def test_alerts_are_read_from_a_template_a_list_or_json_in_a_text(told):
    (found,) = read(event(details={"firing": told, "resolved": ""}))
    assert (found.identity, found.severity, found.instance) == (IDENTITY, "warning", label_set(LABELS))


def test_a_notification_tells_an_event_for_each_alert_that_fires_or_ended():
    others = TEXT.replace("pay", "cart") + TEXT.replace("pay", "search")
    found = read(event(details={"firing": TEXT, "num_firing": "1", "resolved": others, "num_resolved": "2"}))
    assert [(item.service, item.status) for item in found] == [
        ("pay", "firing"),
        ("cart", "resolved"),
        ("search", "resolved"),
    ]


def test_details_with_an_alertname_are_labels():
    (found,) = read(event(details=LABELS))
    assert (found.identity, found.tags) == (IDENTITY, LABELS)


def test_alerts_in_a_list_keep_time_and_id_as_alertmanager_tells_them():
    told = {"labels": LABELS, "status": "firing", "startsAt": "2026-11-20T09:00:00Z", "fingerprint": "f1"}
    (found,) = read(event(details={"firing": [told], "resolved": []}))
    assert (found.vendor_id, found.occurred_at) == ("f1:2026-11-20T09:00:00Z:firing", 1_795_165_200_000)


def test_a_repeated_text_has_no_id_for_it_tells_no_time():
    (found,) = read(event(details={"firing": TEXT}))
    assert (found.vendor_id, found.occurred_at) == (None, None)


def test_details_of_alertmanager_that_name_no_label_leave_the_title():
    (found,) = read(event(details={"firing": "custom text", "num_firing": "1"}, client="Alertmanager"))
    assert found.identity == ("alert", "Slow")


def test_a_key_that_its_sender_chose_names_the_problem_a_generated_one_does_not():
    (chosen,) = read(event(dedup_key="export/warehouse"))
    (ended,) = read({"routing_key": "r", "dedup_key": "export/warehouse", "event_action": "resolve"})
    assert chosen.identity == ended.identity == ("alert", "export/warehouse")
    assert (chosen.instance, ended.status) == (ended.instance, "resolved")
    (generated,) = read(event(dedup_key="7c1e0b94-d2f5-4a0d-8f6b-3a915e2c7d40"))
    assert generated.identity == ("alert", "Slow", "instance=Alertmanager")


def test_an_end_that_does_not_say_of_what_is_ignored():
    told = {"routing_key": "r", "dedup_key": "b" * 32, "event_action": "resolve"}
    assert read(told) == [Ignored("an end that does not say of what")]


def test_an_event_without_key_and_summary_is_rejected():
    assert isinstance(read({"routing_key": "r", "event_action": "trigger"})[0], Rejected)


def test_component_and_source_are_the_target_of_an_event_without_labels():
    payload = {"summary": "Disk is full", "source": "db-1", "component": "postgres", "severity": "critical"}
    (found,) = read({"routing_key": "r", "event_action": "trigger", "payload": payload})
    assert found.identity == ("alert", "Disk is full", "service=postgres", "instance=db-1")
    assert (found.host, found.severity) == ("db-1", "fatal")


def test_the_first_events_api_is_read_alike():
    told = {"service_key": "k", "incident_key": "a" * 64, "client": "Nagios", "details": {"firing": TEXT}}
    (opened,), (closed,) = read({**told, "event_type": "trigger"}), read({**told, "event_type": "resolve"})
    assert (opened.identity, opened.status, closed.status) == (IDENTITY, "firing", "resolved")
    assert opened.instance == closed.instance


def test_a_change_event_is_a_deploy():
    custom = {"service": "pay", "environment": "staging", "version": "2.1"}
    payload = {"summary": "pay 2.1 is out", "source": "ci", "custom_details": custom}
    (found,) = read({"routing_key": "r", "payload": payload, "links": [{"href": "https://ci.example.com/1"}]})
    assert (found.kind, found.subject, found.title) == ("deploy", "pay/staging", "pay 2.1 is out")
    assert (found.release, found.link, found.vendor_id) == ("2.1", "https://ci.example.com/1", None)


def test_an_incident_opens_closes_and_opens_again_under_one_identity_and_instance():
    kinds = ("triggered", "resolved", "reopened")
    found = [read(v3(f"incident.{kind}"), x_webhook_id="w1")[0] for kind in kinds]
    assert [item.status for item in found] == ["firing", "resolved", "firing"]
    assert {(item.identity, item.instance) for item in found} == {(("alert", "Down", "service=shop"), "Q1")}
    assert {(item.vendor_id, item.delivery_id) for item in found} == {("01E", "w1")}


def test_priority_is_the_severity_else_urgency():
    assert [read(v3(**told))[0].severity for told in ({"urgency": "low"}, {"urgency": "high"}, {})] == [
        "warning",
        "error",
        "error",
    ]
    assert read(v3(urgency="low", priority={"summary": "P1"}))[0].severity == "fatal"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("incident.acknowledged", "acknowledged, neither begun nor ended"),
        ("incident.escalated", "an incident changed, neither begun nor ended"),
        ("incident.responder.added", "an incident changed, neither begun nor ended"),
        ("incident.workflow.started", "an incident changed, neither begun nor ended"),
        ("service.created", "a service, not an incident"),
        ("pagey.ping", "a test of the webhook"),
        ("dance.begun", "an event that we do not know"),
        (None, "an event that we do not know"),
    ],
)
def test_what_neither_begins_nor_ends_is_ignored(kind, reason):
    assert read(v3(kind)) == [Ignored(reason)]


def test_the_service_behind_a_rule_that_alertmanager_groups_by_both_is_no_part_of_the_rule():
    (found,) = read(v3(title="[FIRING:2] SlowCheckout shop (critical)"))
    assert found.identity == ("alert", "SlowCheckout", "service=shop")
    (named,) = read(v3(title="A slow shop"))
    assert named.type == "A slow shop"


def test_an_incident_that_only_its_message_details_is_identified_by_its_title_as_its_end_will_be():
    incident = {"id": "Q1", "title": "Down", "service": {"name": "shop"}}
    entry = {"channel": {"details": {"firing": TEXT}}}
    (found,) = read({"messages": [{"event": "incident.trigger", "incident": incident, "log_entries": [entry]}]})
    assert found.identity == ("alert", "Down", "service=shop")


@pytest.mark.parametrize(
    "told",
    [
        {"first_trigger_log_entry": {"channel": {"details": {"firing": TEXT}}}},
        {"first_trigger_log_entry": {"channel": {"details": TEXT}}},
        {"first_trigger_log_entry": {"channel": {"cef_details": {"details": {"firing": TEXT}}}}},
        {"alerts": [{"alert_key": "a"}, {"body": {"details": {"firing": TEXT}}}]},
        {"alerts": [{"body": {"cef_details": {"details": LABELS}}}]},
    ],
)
def test_an_incident_is_identified_by_the_alert_that_opened_it(told):
    incident = {"id": "Q1", "title": "[FIRING:1] Slow (pay)", "service": {"name": "On call"}, **told}
    opened, closed = read(
        {
            "messages": [
                {"event": f"incident.{turn}", "id": turn, "incident": incident} for turn in ("trigger", "resolve")
            ]
        }
    )
    assert opened.identity == closed.identity == IDENTITY
    assert (opened.instance, opened.vendor_id, closed.status) == ("Q1", f"trigger:{label_set(LABELS)}", "resolved")


def test_each_message_is_an_item_in_its_place():
    incident = {"id": "Q1", "title": "Down"}
    items = read({"messages": [7, {"event": "incident.trigger", "incident": incident}, {"event": "incident.resolve"}]})
    assert [type(item) for item in items] == [Rejected, Event, Rejected]
    assert read({"messages": []}) == [Ignored("no message in it")]


def test_a_bare_incident_stands_where_its_status_says():
    incident = {"type": "incident", "id": "Q1", "title": "Down", "created_at": "2026-11-20T09:00:00Z"}
    (found,) = read({**incident, "status": "triggered"})
    assert (found.status, found.vendor_id) == ("firing", "Q1:triggered:2026-11-20T09:00:00Z")
    assert read({**incident, "status": "resolved"})[0].status == "resolved"
    assert read({**incident, "status": "acknowledged"}) == [Ignored("acknowledged, neither begun nor ended")]


@pytest.mark.parametrize("told", [{}, [], "x", None, {"type": "dance"}, {"payload": "x"}])
def test_what_is_no_pagerduty_body_is_malformed(told):
    with pytest.raises(Malformed):
        read(told)
