"""An incident, as webhooks of all versions tell it: what began or ended, identified by the alert that opened it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from argus_streams.core import alerts, fields, headlines, labelled
from argus_streams.core.events import Event, Item, Rejected, Severity, Status
from argus_streams.core.source import counted
from argus_streams.sources.pagerduty import details

_URGENCIES: Mapping[str, Severity] = {"high": "error", "low": "warning"}


class Turn(NamedTuple):
    """One message about an incident."""

    status: Status
    incident: Mapping[str, Any]
    occurred_at: int | None
    vendor_id: str | None
    delivery_id: str | None
    received_at: int


def read(turn: Turn) -> Sequence[Item]:
    """An event for each alert that the incident names with its labels, else one by title and service.

    Only what the incident itself says counts, never what this message adds: its end has to be told alike.
    """
    carried = details.first(_details(turn.incident))
    found = [labelled.read(alert, {}, turn.received_at) for alert in counted(carried.firing or carried.resolved)]
    named = [event for event in found if isinstance(event, Event) and event.identity]
    return [_relayed(event, turn) for event in named] or [_titled(turn)]


def _details(incident: Mapping[str, Any]) -> Iterator[object]:
    """Where an incident may hold the details of the alerts that opened it."""
    opened = fields.mapping(fields.mapping(incident.get("first_trigger_log_entry")).get("channel"))
    bodies = (fields.mapping(fields.mapping(alert).get("body")) for alert in fields.listing(incident.get("alerts")))
    for holder in (opened, *bodies):
        yield holder.get("details")
        yield fields.mapping(holder.get("details")).get("custom_details")
        yield fields.mapping(holder.get("cef_details")).get("details")


def _relayed(event: Event, turn: Turn) -> Event:
    """An alert with labels, as this incident tells it; while it is open, so is the alert for PagerDuty."""
    incident = turn.incident
    return msgspec.structs.replace(
        event,
        status=turn.status,
        severity=event.severity if "severity" in event.tags else _severity(incident),
        service=event.service or _service(incident),
        link=fields.text(incident.get("html_url")) or event.link,
        occurred_at=turn.occurred_at,
        instance=fields.text(incident.get("id")),
        vendor_id=fields.composed(turn.vendor_id, event.instance),
        delivery_id=turn.delivery_id,
    )


def _titled(turn: Turn) -> Item:
    incident = turn.incident
    title, service = _title(incident), _service(incident)
    if title is None:
        return Rejected("an incident that says nothing", "neither a title nor a summary")
    headline = headlines.read(title)
    rule = headline.rule
    if service and rule != title:  # Alertmanager's title has the values of all labels that it groups by
        rule = rule.removesuffix(f" {service}")
    labels = {"service": service, **headline.labels} if service else headline.labels
    return Event(
        kind="alert",
        severity=_severity(incident),
        status=turn.status,
        type=rule,
        message=title,
        title=title,
        service=alerts.first(labels, alerts.SERVICE),
        environment=alerts.first(labels, alerts.ENVIRONMENT),
        host=alerts.first(labels, ("host",)),
        link=fields.text(incident.get("html_url")),
        tags=dict(headline.labels),
        identity=alerts.identity(rule, labels),
        occurred_at=turn.occurred_at,
        instance=fields.text(incident.get("id")),
        vendor_id=turn.vendor_id,
        delivery_id=turn.delivery_id,
    )


def _title(incident: Mapping[str, Any]) -> str | None:
    """The title; in version 1 what triggered it, which says a subject or, through the API, a description."""
    trigger = fields.mapping(incident.get("trigger_summary_data"))
    told = (incident.get("title"), incident.get("description"), trigger.get("subject"), trigger.get("description"))
    return next((text for each in (*told, incident.get("summary")) if (text := fields.text(each))), None)


def _service(incident: Mapping[str, Any]) -> str | None:
    service = fields.mapping(incident.get("service"))
    return fields.text(service.get("summary")) or fields.text(service.get("name"))


def _severity(incident: Mapping[str, Any]) -> Severity:
    """By the priority that people set, else by the urgency."""
    priority = fields.text(fields.mapping(incident.get("priority")).get("summary"))
    if priority is not None:
        return alerts.severity(priority)
    return _URGENCIES.get(fields.text(incident.get("urgency")) or "", "error")
