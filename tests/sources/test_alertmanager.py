"""Alertmanager: many alerts in a body, open ends, and one identity for the target of a rule."""

import json

import pytest

from argus_streams.core import alerts, labelled
from argus_streams.core.events import Ignored, Rejected
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.alertmanager import SOURCE

NOW = 1_795_166_071_000  # 2026-11-20T09:14:31Z
OPEN = "0001-01-01T00:00:00Z"


def read(told):
    return list(SOURCE.read(Body(json.dumps(told).encode(), {}, NOW)))


def alert(labels=None, **more):
    started = "2026-11-20T09:00:00Z"
    return {"labels": {"alertname": "Down", **(labels or {})}, "startsAt": started, "endsAt": OPEN, **more}


def one(labels=None, **more):
    (item,) = read({"version": "4", "alerts": [alert(labels, **more)]})
    return item


def test_each_alert_of_a_body_is_an_event_in_its_place():
    items = read({"alerts": [alert(status="firing"), 7, alert(status="resolved")]})
    assert [type(item).__name__ for item in items] == ["Event", "Rejected", "Event"]
    assert [getattr(item, "status", None) for item in items] == ["firing", None, "resolved"]


def test_an_open_alert_tells_when_it_began_and_an_ended_one_when_it_ended():
    assert one(status="firing").occurred_at == NOW - 871_000
    assert one(status="resolved", endsAt="2026-11-20T09:10:00Z").occurred_at == NOW - 271_000
    assert one(status="resolved").occurred_at == NOW - 871_000


def test_the_end_of_an_alert_has_the_identity_of_its_beginning_and_another_id():
    begins, ends = one(status="firing", fingerprint="f1"), one(status="resolved", fingerprint="f1")
    assert begins.identity == ends.identity
    assert begins.vendor_id == "f1:2026-11-20T09:00:00Z:firing"
    assert begins.vendor_id != ends.vendor_id


def test_without_fingerprint_the_labels_make_one():
    first, second = one({"job": "a"}), one({"job": "b"})
    assert first.vendor_id == one({"job": "a"}).vendor_id
    assert first.vendor_id != second.vendor_id


def test_without_a_beginning_there_is_no_id():
    assert one(startsAt=None).vendor_id is None


@pytest.mark.parametrize(
    ("ends", "status"),
    [("2026-11-20T09:04:00Z", "resolved"), ("2026-11-20T09:18:00Z", "firing"), (OPEN, "firing"), (None, "firing")],
)
def test_an_alert_that_prometheus_posts_is_over_when_its_end_has_come(ends, status):
    (item,) = read([alert(endsAt=ends)])
    assert item.status == status


@pytest.mark.parametrize(
    ("word", "severity"),
    [("critical", "fatal"), ("page", "fatal"), ("High", "error"), ("warning", "warning"), ("none", "info")],
)
def test_the_vendors_words_of_severity_are_ours(word, severity):
    assert one({"severity": word}).severity == severity


@pytest.mark.parametrize("labels", [{}, {"severity": "purple"}])
def test_what_nobody_declared_harmless_is_an_error(labels):
    assert one(labels).severity == "error"


def test_the_message_is_the_description_else_the_summary_else_the_name():
    notes = {"summary": "short", "description": "long"}
    assert (one(annotations=notes).title, one(annotations=notes).message) == ("short", "long")
    assert one(annotations={"summary": "short"}).message == "short"
    assert one(annotations={"message": "old"}).message == "old"
    assert one().message == "Down"


def test_what_a_webhook_says_of_all_its_alerts_counts_for_each():
    common = {"commonAnnotations": {"summary": "all down"}, "externalURL": "https://am.example.com"}
    (item,) = read({"alerts": [alert()], **common})
    assert (item.title, item.link) == ("all down", "https://am.example.com")


def test_labels_tell_service_environment_and_host():
    item = one({"job": "node", "env": "staging", "instance": "db-1:9100"})
    assert (item.service, item.environment, item.host) == ("node", "staging", "db-1")
    assert one({"node": "worker-3"}).host == "worker-3"
    assert item.tags == {"alertname": "Down", "job": "node", "env": "staging", "instance": "db-1:9100"}


def test_a_bare_alert_without_name_is_told_by_its_summary():
    (item,) = read({"summary": "disk is full", "labels": {"severity": "warning"}})
    assert (item.type, item.message, item.identity) == (None, "disk is full", ())


def test_labels_that_are_told_once_for_all_alerts_name_each():
    common = {"groupLabels": {"alertname": "Down"}, "commonLabels": {"alertname": "Down", "service": "pay"}}
    (item,) = read({"alerts": [{"labels": {"instance": "pay-1"}}], **common})
    assert item.identity == ("alert", "Down", "service=pay", "instance=pay-1")


def test_an_alert_that_says_nothing_is_rejected_alone():
    silent, item = read({"alerts": [{"labels": {}}, alert()]})
    assert isinstance(silent, Rejected)
    assert item.type == "Down"


@pytest.mark.parametrize("told", [{"alerts": []}, []])
def test_a_body_without_alerts_is_ignored(told):
    assert read(told) == [Ignored("no alert in it")]


@pytest.mark.parametrize("told", [{}, "x", 7, None, {"alerts": {}}])
def test_what_is_neither_webhook_nor_alert_is_malformed(told):
    with pytest.raises(Malformed):
        read(told)


def test_a_host_is_a_target_under_either_name():
    assert alerts.identity("Down", {"host": "db-1"}) == alerts.identity("Down", {"instance": "db-1"})
    assert alerts.identity("Down", {"host": "db-1", "instance": "db-1:9100"})[2:] == ("instance=db-1:9100",)


def test_two_hosts_of_a_job_are_two_targets():
    assert alerts.identity("Down", {"job": "node", "instance": "a:1"}) != alerts.identity(
        "Down", {"job": "node", "instance": "b:1"}
    )


def test_the_pods_of_a_service_are_one_target_whatever_their_address():
    def identity(pod):
        return alerts.identity("Down", {"service": "cart", "namespace": "shop", "pod": pod, "instance": f"{pod}:1"})

    assert identity("cart-x") == identity("cart-y") == ("alert", "Down", "service=cart", "namespace=shop")


def test_severity_receiver_and_team_are_no_part_of_a_target():
    assert alerts.identity("Down", {"severity": "page", "receiver": "r", "team": "t"}) == ("alert", "Down")


def test_an_environment_is_the_same_however_it_is_named_and_written():
    assert alerts.identity("Down", {"env": "Production"}) == alerts.identity("Down", {"environment": "production"})


@pytest.mark.parametrize(
    ("labels", "fingerprint"),
    [
        ({}, "cbf29ce484222325"),
        ({"name": "garland, briggs", "fear": "love is not enough"}, "507a62d79ee76c9a"),
        ({"alertname": "alert1", "lbl1": "val1"}, "fac0861a85de433a"),
    ],
)
def test_a_label_set_has_the_fingerprint_that_prometheus_gives_it(labels, fingerprint):
    assert labelled.label_set(labels) == fingerprint


def test_private_labels_are_no_tags():
    assert one({"__name__": "up", "job": "a"}).tags == {"alertname": "Down", "job": "a"}


def test_what_grafana_could_not_evaluate_is_a_problem_of_its_own_for_each_rule():
    found = [one({"alertname": "DatasourceNoData", "rulename": rule}).identity for rule in ("Slow", "Full")]
    assert found == [("alert", "DatasourceNoData: Slow"), ("alert", "DatasourceNoData: Full")]
