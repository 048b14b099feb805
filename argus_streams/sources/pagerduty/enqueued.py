"""What monitoring systems post to PagerDuty's Events API: alerts of version 2 and 1, and change events.

https://developer.pagerduty.com/docs/send-alert-event, https://developer.pagerduty.com/docs/send-change-event,
https://developer.pagerduty.com/docs/events-api-v1-overview
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from argus_streams.core import alerts, fields, headlines, labelled
from argus_streams.core.events import Event, Ignored, Item, Rejected, Severity, Signal, Status
from argus_streams.core.source import Body, counted
from argus_streams.sources.pagerduty import details

ACKNOWLEDGED = "acknowledged, neither begun nor ended"

_ACTIONS: Mapping[str, Status] = {"trigger": "firing", "resolve": "resolved"}
_GENERATED = re.compile(r"[0-9a-fA-F-]{32,}")  # a hash or UUID; any other key is the sender's name for the problem


class _Alert(NamedTuple):
    """An alert event of either version."""

    status: Status
    key: str | None  # by which PagerDuty knows one alert and its end
    payload: Mapping[str, Any]
    details: object
    link: str | None
    received_at: int

    @property
    def summary(self) -> str | None:
        return fields.text(self.payload.get("summary"))


def version_2(told: Mapping[str, Any], body: Body) -> Sequence[Item]:
    """The alerts of one event."""
    payload = dict(fields.mapping(told.get("payload")))
    if payload.get("source") == told.get("client"):  # Alertmanager names itself, not what is affected
        payload.pop("source", None)
    key, link = fields.text(told.get("dedup_key")), fields.text(told.get("client_url")) or _link(told)
    alert = _Alert("firing", key, payload, payload.get("custom_details"), link, body.received_at)
    return _read(told.get("event_action"), alert)


def version_1(told: Mapping[str, Any], body: Body) -> Sequence[Item]:
    """The same, in the words of the first version."""
    payload = {"summary": told.get("description")}
    key, link = fields.text(told.get("incident_key")), fields.text(told.get("client_url"))
    return _read(told.get("event_type"), _Alert("firing", key, payload, told.get("details"), link, body.received_at))


def change(told: Mapping[str, Any], _body: Body) -> Sequence[Item]:
    """A change event: a build, a deploy, a new setting; it precedes what it breaks."""
    payload = fields.mapping(told.get("payload"))
    title, source = fields.text(payload.get("summary")), fields.text(payload.get("source"))
    if title is None:
        return (Rejected("a change that says nothing", "a change event without `payload.summary`"),)
    custom = labelled.texts(payload.get("custom_details"))
    service = alerts.first(custom, alerts.SERVICE)
    environment = alerts.first(custom, alerts.ENVIRONMENT)
    at = fields.text(payload.get("timestamp"))
    deploy = Signal(
        kind="deploy",
        subject=f"{service or source or 'unknown'}/{environment or 'production'}",
        title=title,
        status=alerts.first(custom, ("status", "state", "build_state")),
        service=service,
        environment=environment,
        release=alerts.first(custom, ("version", "release")),
        commit=alerts.first(custom, ("commit", "sha", "revision")),
        link=_link(told),
        occurred_at=fields.instant(at),
        vendor_id=fields.composed("change", source or "", at, title),
    )
    return (deploy,)


def _link(told: Mapping[str, Any]) -> str | None:
    """The first of an event's links."""
    links = (fields.text(fields.mapping(each).get("href")) for each in fields.listing(told.get("links")))
    return next(filter(None, links), None)


def _read(action: object, alert: _Alert) -> Sequence[Item]:
    status = _ACTIONS.get(fields.text(action) or "")
    if status is None:
        return (Ignored(ACKNOWLEDGED if action == "acknowledge" else "an event that we do not know"),)
    alert = alert._replace(status=status)
    carried = details.read(alert.details)
    ended: Status = "resolved"
    told = [*((each, status) for each in carried.firing), *((each, ended) for each in carried.resolved)]
    found = [(labelled.read(each, {}, alert.received_at), turn) for each, turn in counted(told)]
    named = [_relayed(event, turn, alert) for event, turn in found if isinstance(event, Event) and event.identity]
    return named or [_summarised(alert)]


def _relayed(event: Event, status: Status, alert: _Alert) -> Event:
    """An alert with labels; its label set is the instance, so its end may come this way or straight."""
    at = fields.text(alert.payload.get("timestamp"))
    by_key = fields.composed(alert.key, event.instance, at, status)
    began = event.vendor_id and event.vendor_id.rpartition(":")[0]
    return msgspec.structs.replace(
        event,
        status=status,
        severity=event.severity if "severity" in event.tags else _severity(alert),
        link=event.link or alert.link,
        occurred_at=event.occurred_at or fields.instant(at),
        vendor_id=f"{began}:{status}" if began else by_key,
    )


def _summarised(alert: _Alert) -> Item:
    """An alert that is told by its summary, component and source, or by the key that its sender chose."""
    key = alert.key if alert.key and not _GENERATED.fullmatch(alert.key) else None
    if alert.summary is None and key is None:
        if alert.status == "resolved":
            return Ignored("an end that does not say of what")
        return Rejected("an event that says nothing", "neither `payload.summary` nor a `dedup_key` of its sender")
    headline = headlines.read(alert.summary or key or "")
    component, source = fields.text(alert.payload.get("component")), fields.text(alert.payload.get("source"))
    told = {"service": component, "instance": source, **headline.labels}
    labels = {**{name: value for name, value in told.items() if value}, **labelled.texts(alert.details)}
    at = fields.text(alert.payload.get("timestamp"))
    return Event(
        kind="alert",
        severity=_severity(alert),
        status=alert.status,
        type=headline.rule,
        message=alert.summary or key,
        title=alert.summary or key,
        service=alerts.first(labels, alerts.SERVICE),
        environment=alerts.first(labels, alerts.ENVIRONMENT),
        host=source,
        link=alert.link,
        tags=labels,
        identity=("alert", key) if key else alerts.identity(headline.rule, labels),
        occurred_at=fields.instant(at),
        instance=alert.key,
        vendor_id=f"{alert.key}:{at}:{alert.status}" if alert.key and at else None,
    )


def _severity(alert: _Alert) -> Severity:
    return alerts.severity(fields.text(alert.payload.get("severity")))
