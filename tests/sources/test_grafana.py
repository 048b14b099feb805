"""Grafana: Alertmanager's shape with labels of its own, the alerting before it, and OnCall."""

import json

import pytest

from argus_streams.core.events import Event, Ignored, Rejected
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.grafana import SOURCE

NOW = 1_795_166_071_000  # 2026-11-20T09:14:31Z


def read(told):
    return list(SOURCE.read(Body(json.dumps(told).encode(), {}, NOW)))


def alert(labels=None, **more):
    own = {"alertname": "Slow", "service": "pay", "grafana_folder": "Shop", "__alert_rule_uid__": "c1", "ref_id": "A"}
    return {"status": "firing", "labels": {**own, **(labels or {})}, "startsAt": "2026-11-20T09:00:00Z", **more}


def legacy(state="alerting", **more):
    (item,) = read({"ruleId": 3, "ruleName": "Slow", "state": state, "title": f"[{state}] Slow", **more})
    return item


def oncall(kind="alert group created", **more):
    group = {"id": "I6", "title": "[FIRING:1] Slow (pay)"}
    (item,) = read({"event": {"type": kind, "time": "2026-11-20T09:00:00Z"}, "alert_group": group, **more})
    return item


def test_an_alert_without_labels_and_notes_is_told_by_its_webhook():
    (item,) = read(
        {"alerts": [{"status": "resolved", "labels": {}}], "title": "[RESOLVED:1]", "message": "all is well"}
    )
    assert (item.status, item.message) == ("resolved", "all is well")


def test_labels_that_only_grafana_adds_are_no_part_of_the_identity():
    (item,) = read({"alerts": [alert()]})
    assert item.identity == ("alert", "Slow", "service=pay")
    assert "__alert_rule_uid__" not in item.tags


def test_each_alert_of_a_body_is_an_item_in_its_place():
    items = read({"alerts": [alert(), 7, alert(status="resolved", fingerprint="f")]})
    assert [type(item) for item in items] == [Event, Rejected, Event]
    assert items[2].vendor_id == "f:2026-11-20T09:00:00Z:resolved"


def test_an_error_of_a_data_source_is_a_problem_of_its_rule():
    labels = {"alertname": "DatasourceError", "rulename": "Slow"}
    (item,) = read({"alerts": [alert(labels, annotations={"Error": "no such host"})]})
    assert (item.type, item.identity) == ("DatasourceError", ("alert", "DatasourceError: Slow", "service=pay"))


def test_a_test_of_the_contact_point_is_no_alert():
    labels = {"alertname": "TestAlert", "instance": "Grafana"}
    assert read({"alerts": [alert(labels)]}) == [Ignored("a test of the contact point")]
    assert legacy(ruleId=0, ruleName="Test notification") == Ignored("a test of the contact point")
    said = "Someone is testing the alert notification within Grafana."
    assert legacy(ruleId=8_674_665_223_082, message=said) == Ignored("a test of the contact point")


def test_a_webhook_without_alerts_is_ignored():
    assert read({"alerts": []}) == [Ignored("no alert in it")]


def test_what_an_older_alert_measured_tells_service_and_host_but_is_no_part_of_its_identity():
    tags = [{"service": "pay", "instance": "pay-1", "le": "1"}, {"service": "pay", "instance": "pay-2", "le": "1"}]
    fires = legacy(evalMatches=[{"metric": "p95", "tags": each} for each in tags])
    assert (fires.service, fires.host, fires.tags) == ("pay", None, {"service": "pay", "le": "1"})
    assert fires.identity == legacy("ok", evalMatches=[]).identity == ("alert", "Slow")
    assert fires.instance == legacy("ok", evalMatches=[]).instance == "rule 3"


def test_an_older_alert_without_data_fires_and_the_next_state_ends_it():
    assert [legacy(state).status for state in ("alerting", "no_data", "ok")] == ["firing", "firing", "resolved"]


@pytest.mark.parametrize("state", ["paused", "pending", "unknown"])
def test_a_state_that_waits_is_ignored(state):
    assert legacy(state) == Ignored("a state that neither begins nor ends")


def test_a_state_that_nobody_knows_is_ignored_without_repeating_it():
    assert legacy("strange") == Ignored("a state that we do not know")


def test_an_older_alert_without_a_rule_is_named_by_its_title():
    assert legacy(ruleName=None, title="[Alerting] Slow").identity == ("alert", "Slow")
    assert isinstance(legacy(ruleName=None, title=None), Rejected)


def test_an_alert_group_of_oncall_is_identified_by_the_alert_that_it_carries_else_by_its_title():
    assert oncall(alert_payload=alert()).identity == ("alert", "Slow", "service=pay")
    assert oncall(alert_payload={"alerts": [alert()]}).identity == ("alert", "Slow", "service=pay")
    assert oncall(alert_payload={"my": "own"}).identity == oncall().identity == ("alert", "Slow")


def test_an_alert_group_opens_closes_and_opens_again_under_one_instance():
    found = [oncall(kind) for kind in ("alert group created", "resolve", "unresolve")]
    assert [item.status for item in found] == ["firing", "resolved", "firing"]
    assert {item.instance for item in found} == {"I6"}


@pytest.mark.parametrize("kind", ["acknowledge", "silence", "escalation", None, 7])
def test_other_turns_of_an_alert_group_are_ignored(kind):
    assert oncall(kind) == Ignored("a turn of an alert group that neither begins nor ends it")


@pytest.mark.parametrize("told", [{}, [], "x", None, {"alerts": {}}])
def test_what_is_no_grafana_body_is_malformed(told):
    with pytest.raises(Malformed):
        read(told)
