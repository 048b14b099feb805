"""New Relic: issues told by workflows, by their default template or a user's, and incidents of the older channels.

https://docs.newrelic.com/docs/alerts/get-notified/custom-variables-alert-event-workflows/
https://docs.newrelic.com/docs/alerts/new-relic-alerts/advanced-alerts/advanced-techniques/customize-your-webhook-payload/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import alerts, fields, headlines, labelled
from argus_streams.core.events import Event, Ignored, Item, Rejected, Status
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

_STATES: Mapping[str, Status] = {
    "CREATED": "firing",
    "ACTIVATED": "firing",
    "OPEN": "firing",
    "CLOSED": "resolved",
    "RESOLVED": "resolved",
}
_NO_TURN = {
    "ACKNOWLEDGED": "acknowledged, neither begun nor ended",
    "DEACTIVATED": "an issue changed, neither begun nor ended",
    "TEST": "a test of the channel",
}
# A workflow's template is the user's; these are the names of the default one, then those of the variables.
_ID = ("id", "issueId", "issue_id")
_STATE = ("state", "issueState", "issue_state", "status")
_TITLE = ("title", "issueTitle", "issue_title", "annotations.title", "details", "name")
_LINK = ("issueUrl", "issuePageUrl", "issue_url", "IssueURL", "issueLink", "incident_url")
_CONDITION = ("alertConditionNames", "conditionNames", "conditionName", "condition_name", "accumulations.conditionName")
_ENTITY = ("impactedEntities", "entityNames", "entitiesData.names", "entityName", "targetName")
_BEGAN = ("activatedAt", "createdAt", "issueCreatedAt", "issueActivatedAt", "timestamp", "updatedAt")
_CLOSED = ("closedAt", "issueClosedAt")
_ENDED = (*_CLOSED, "updatedAt", "issueUpdatedAt")
_PRIORITY = ("priority", "severity")
_DESCRIPTION = ("description", "conditionDescription", "annotations.description", "accumulations.conditionDescription")


def read(body: Body) -> Sequence[Item]:
    """The turn of the one issue or incident in it."""
    told = fields.decode(body.value)
    if not isinstance(told, dict):
        raise Malformed("not an object", f"a New Relic webhook is a JSON object, this is a {type(told).__name__}")
    if "current_state" in told:
        return (_incident(told),)
    if _first(told, _STATE) or _first(told, _ID):
        return (_issue(told),)
    raise Malformed("no issue", "neither an issue with `state` or `id` nor an incident with `current_state`")


def _status(word: object) -> Status | Ignored:
    state = (fields.text(word) or "").upper()
    return _STATES.get(state) or Ignored(_NO_TURN.get(state, "a state that we do not know"))


def _issue(told: Mapping[str, Any]) -> Item:
    """An issue, identified by its condition and entity; it opens once, however often its state is told."""
    status = _status(_first(told, _STATE) or ("CLOSED" if _first(told, _CLOSED) else "OPEN"))
    if isinstance(status, Ignored):
        return status
    title, number = _first(told, _TITLE), _first(told, _ID)
    headline = headlines.read(title or "")
    rule = (
        _one(told, _CONDITION) or headline.rule or _first(told, _CONDITION) or (f"issue {number}" if number else None)
    )
    if not rule:
        return Rejected("an issue that says nothing", "neither a title, a condition nor an id")
    entity = _one(told, _ENTITY) or headline.labels.get("service") or _first(told, _ENTITY)
    labels = {"service": entity} if entity else {}
    return Event(
        kind="alert",
        severity=alerts.severity(_first(told, _PRIORITY)),
        status=status,
        type=rule,
        message=_first(told, _DESCRIPTION) or title or rule,
        title=title or rule,
        service=entity,
        link=_first(told, _LINK),
        tags=_tags(told),
        identity=alerts.identity(rule, labels),
        occurred_at=_when(told, status),
        instance=number,
        vendor_id=f"{number}:{status}" if number else None,
    )


def _incident(told: Mapping[str, Any]) -> Item:
    """An incident of a legacy channel, identified by its condition and what it targets."""
    status = _status(told.get("current_state"))
    if isinstance(status, Ignored):
        return status
    details, number = fields.text(told.get("details")), fields.text(told.get("incident_id"))
    rule = fields.text(told.get("condition_name")) or details
    if rule is None:
        return Rejected("an incident that says nothing", "neither `condition_name` nor `details`")
    target = fields.mapping(next(iter(fields.listing(told.get("targets"))), None))
    labels = {name.lower(): value for name, value in labelled.texts(target.get("labels")).items()}
    name, is_host = fields.text(target.get("name")), "host" in (fields.text(target.get("type")) or "").lower()
    aim = {"instance" if is_host else "service": name} if name else {}
    place = {key: value for key, value in labels.items() if key in alerts.ENVIRONMENT}
    return Event(
        kind="alert",
        severity=alerts.severity(fields.text(told.get("severity"))),
        status=status,
        type=rule,
        message=details or rule,
        title=details or rule,
        service=None if is_host else name,
        environment=alerts.first(labels, alerts.ENVIRONMENT),
        host=name if is_host else None,
        link=fields.text(told.get("incident_url")),
        tags={**labels, **_tags(told)},
        identity=alerts.identity(rule, {**place, **aim}),
        occurred_at=_when(told, status),
        instance=number,
        vendor_id=f"{number}:{status}" if number else None,
    )


def _texts(told: Mapping[str, Any], names: Sequence[str]) -> Sequence[str]:
    """The texts under the first of these names that tells any; "a.b" may be a name, or an object in an object."""
    for name in names:
        value = told.get(name)
        if value is None and "." in name:
            outer, _, inner = name.partition(".")
            value = fields.mapping(told.get(outer)).get(inner)
        if value is None:
            continue
        found = [text for each in (value if isinstance(value, list) else (value,)) if (text := fields.text(each))]
        if found:
            return found
    return ()


def _first(told: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next(iter(_texts(told, names)), None)


def _one(told: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """The only value; an issue gathers more of them while it lasts, in an order that nobody promises."""
    found = set(_texts(told, names))
    return found.pop() if len(found) == 1 else None


def _when(told: Mapping[str, Any], status: Status) -> int | None:
    """The first time that can be read."""
    names = (*_ENDED, "timestamp") if status == "resolved" else _BEGAN
    return next((at for name in names if (at := fields.instant(told.get(name))) is not None), None)


def _tags(told: Mapping[str, Any]) -> dict[str, str]:
    named = {
        "policy": _first(told, ("alertPolicyNames", "policyName", "policy_name", "accumulations.policyName")),
        "account": _first(told, ("account_name", "nrAccountName", "accountName")),
        "workflow": _first(told, ("workflowName",)),
    }
    return {name: value for name, value in named.items() if value}


SOURCE = Source("newrelic", "New Relic issues told by workflows, and incidents of its older channels", read)
