"""New Relic: issues by any template, and incidents of the channels before workflows."""

import json

import pytest

from argus_streams.core.events import Ignored, Rejected
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.newrelic import SOURCE

TITLE = "checkout query result is > 5.0 for 5 minutes on 'Error rate'"


def read(told):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
    return item


def issue(state="ACTIVATED", **more):
    return read({"id": "i1", "title": TITLE, "state": state, **more})


def incident(state="open", **more):
    return read(
        {"incident_id": 7, "condition_name": "Slow", "current_state": state, "details": "slow for 5 min", **more}
    )


def test_an_issue_is_one_occurrence_however_often_it_is_told_and_its_end_is_another():
    found = [issue(state) for state in ("CREATED", "ACTIVATED", "CLOSED")]
    assert [item.status for item in found] == ["firing", "firing", "resolved"]
    assert [item.vendor_id for item in found] == ["i1:firing", "i1:firing", "i1:resolved"]
    assert {(item.identity, item.instance) for item in found} == {(("alert", "Error rate", "service=checkout"), "i1")}


def test_an_issue_that_gathered_more_conditions_and_entities_keeps_its_identity():
    more = issue("CLOSED", alertConditionNames=["Apdex", "Error rate"], impactedEntities=["cart", "checkout"])
    assert more.identity == issue(alertConditionNames=["Error rate"], impactedEntities=["checkout"]).identity


@pytest.mark.parametrize(
    "told",
    [
        {"alertConditionNames": ["Slow"], "impactedEntities": ["shop"]},
        {"conditionName": "Slow", "entitiesData.names": ["shop"]},
        {"condition_name": ["Slow"], "entitiesData": {"names": ["shop"]}},
        {"accumulations": {"conditionName": ["Slow"]}, "entityName": "shop"},
    ],
)
def test_a_template_may_name_condition_and_entity_in_the_common_ways(told):
    found = read({"issueId": "i2", "issueTitle": "shop is slow", "state": "activated", **told})
    assert (found.identity, found.instance) == (("alert", "Slow", "service=shop"), "i2")


@pytest.mark.parametrize(
    ("priority", "severity"), [("CRITICAL", "fatal"), ("HIGH", "error"), ("MEDIUM", "warning"), ("LOW", "info")]
)
def test_the_priority_is_the_severity(priority, severity):
    assert issue(priority=priority).severity == severity


@pytest.mark.parametrize("correlated", [True, "true", "false", None, 1])
def test_whether_an_issue_is_correlated_may_be_told_in_any_type(correlated):
    assert issue(isCorrelated=correlated) == issue()


@pytest.mark.parametrize(
    ("created", "updated", "occurred"),
    [
        (1795166190411, 1795166192058, 1795166190411),
        ("1795166190411", None, 1795166190411),
        ("17951661x0411", "1795166192058", 1795166192058),
        ("17951661x0411", "soon", None),
    ],
)
def test_damaged_times_cost_the_time_and_not_the_issue(created, updated, occurred):
    assert issue(createdAt=created, updatedAt=updated).occurred_at == occurred


def test_an_issue_ends_when_it_was_closed_else_when_it_was_last_changed():
    assert issue("CLOSED", createdAt=1795166190411, updatedAt=1795166192058).occurred_at == 1795166192058
    assert issue("CLOSED", closedAt=1795166191000, updatedAt=1795166192058).occurred_at == 1795166191000


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("ACKNOWLEDGED", "acknowledged, neither begun nor ended"),
        ("DEACTIVATED", "an issue changed, neither begun nor ended"),
        ("DANCING", "a state that we do not know"),
    ],
)
def test_other_states_are_ignored(state, reason):
    assert issue(state) == Ignored(reason)


def test_an_issue_that_tells_its_id_alone_opens_and_closes_under_it():
    opened, closed = read({"id": "i-9", "state": "activated"}), read({"id": "i-9", "state": "closed"})
    assert (opened.title, opened.status, closed.status) == ("issue i-9", "firing", "resolved")
    assert opened.identity == closed.identity


def test_a_template_may_call_the_title_a_name():
    assert read({"id": "i-9", "status": "ACTIVATED", "name": "Slow", "severity": "HIGH"}).type == "Slow"


def test_an_issue_that_says_nothing_is_rejected():
    assert isinstance(read({"state": "CREATED"}), Rejected)
    assert isinstance(read({"current_state": "open"}), Rejected)


def test_a_legacy_incident_opens_and_closes_under_one_identity():
    targets = [{"name": "shop", "type": "Application", "labels": {"Environment": "Production", "Team": "web"}}]
    opened, closed = incident(targets=targets), incident("closed", targets=targets)
    assert (opened.status, closed.status) == ("firing", "resolved")
    assert opened.identity == closed.identity == ("alert", "Slow", "environment=production", "service=shop")
    assert (opened.instance, opened.vendor_id, closed.vendor_id) == ("7", "7:firing", "7:resolved")
    assert (opened.tags["team"], opened.message) == ("web", "slow for 5 min")


def test_a_host_is_no_service():
    found = incident(targets=[{"name": "db-1", "type": "INFRA-HOST"}])
    assert (found.service, found.host, found.identity) == (None, "db-1", ("alert", "Slow", "instance=db-1"))


def test_a_test_of_a_legacy_channel_is_no_incident():
    assert incident("test") == Ignored("a test of the channel")


def test_a_template_without_a_state_tells_an_issue_that_is_open_until_it_has_a_time_of_closing():
    opened, closed = issue(None), issue(None, closedAt=1795166191000)
    assert (opened.status, closed.status, closed.occurred_at) == ("firing", "resolved", 1795166191000)


@pytest.mark.parametrize("told", [{}, [], "x", None, {"title": "slow"}])
def test_what_is_neither_issue_nor_incident_is_malformed(told):
    with pytest.raises(Malformed):
        SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
