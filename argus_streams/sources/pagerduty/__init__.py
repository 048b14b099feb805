"""PagerDuty: its webhooks of versions 1, 2 and 3, and the events that monitoring systems post to it.

https://developer.pagerduty.com/docs/webhooks-overview (version 3), https://developer.pagerduty.com/docs/v2-webhooks,
https://developer.pagerduty.com/docs/send-alert-event (Events API)
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item, Rejected, Status
from argus_streams.core.source import Body, Source, counted
from argus_streams.errors import Malformed
from argus_streams.sources.pagerduty import enqueued, incident

_TURNS: Mapping[str, Status] = {
    "trigger": "firing",
    "triggered": "firing",
    "reopened": "firing",
    "resolve": "resolved",
    "resolved": "resolved",
}
_ACKNOWLEDGED = dict.fromkeys(("incident.acknowledge", "incident.acknowledged"), enqueued.ACKNOWLEDGED)
_CHANGES = "an incident changed, neither begun nor ended"
# What else messages are about, by the word before the first dot of an event type, or by the type of a bare resource
_OTHERS: Mapping[str, str] = {
    "incident": _CHANGES,
    "incident_field_values": _CHANGES,
    "incident_note": _CHANGES,
    "incident_responder": _CHANGES,
    "incident_role_assignment": _CHANGES,
    "incident_status_update": _CHANGES,
    "incident_task": _CHANGES,
    "incident_workflow_instance": _CHANGES,
    "incident_conference_bridge": _CHANGES,
    "service": "a service, not an incident",
    "service_field_values": "a service, not an incident",
    "pagey": "a test of the webhook",
}


def read(body: Body) -> Sequence[Item]:
    """What each message of a webhook, or an event of a monitoring system, says began or ended."""
    told = fields.decode(body.value)
    if not isinstance(told, dict):
        raise Malformed("not an object", f"a PagerDuty body is a JSON object, this is a {type(told).__name__}")
    shape = next((reader for key, kind, reader in _SHAPES if isinstance(told.get(key), kind)), _resource)
    return shape(told, body)


def _version_3(told: Mapping[str, Any], body: Body) -> Sequence[Item]:
    event = fields.mapping(told.get("event"))
    kind, about = fields.text(event.get("event_type")) or "", fields.mapping(event.get("data"))
    return _turn(kind, about, event.get("occurred_at"), event.get("id"), body)


def _messages(told: Mapping[str, Any], body: Body) -> Sequence[Item]:
    items = [item for message in counted(told["messages"]) for item in _message(message, body)]
    return items or (Ignored("no message in it"),)


def _message(message: object, body: Body) -> Sequence[Item]:
    """Of version 2, which names an ``event``, or 1, which names a ``type`` and wraps the incident in ``data``."""
    if not isinstance(message, dict):
        return (Rejected("not a message", f"a {type(message).__name__} stands where a message should"),)
    kind = fields.text(message.get("event")) or fields.text(message.get("type")) or ""
    about = message.get("incident") or fields.mapping(message.get("data")).get("incident")
    return _turn(kind, fields.mapping(about), message.get("created_on"), message.get("id"), body)


def _resource(told: Mapping[str, Any], body: Body) -> Sequence[Item]:
    """The resource of a webhook, without the event around it: an incident stands where its status says."""
    kind = fields.text(told.get("type")) or ""
    if kind not in _OTHERS:
        raise Malformed("not a PagerDuty body", "has none of event, messages, event_action, service_key, payload")
    if kind != "incident":
        return (Ignored(_OTHERS[kind]),)
    status = fields.text(told.get("status")) or ""
    times = ("resolved_at",) if status == "resolved" else ("reopened_at", "created_at")
    at = next((at for name in times if (at := fields.text(told.get(name)))), None)
    number = fields.text(told.get("id"))
    return _turn(f"incident.{status}", told, at, f"{number}:{status}:{at}" if number and at else None, body)


def _subscription(_told: Mapping[str, Any], _body: Body) -> Sequence[Item]:
    return (Ignored("a subscription, not an event"),)


def _turn(kind: str, about: Mapping[str, Any], at: object, vendor_id: object, body: Body) -> Sequence[Item]:
    subject, _, turn = kind.partition(".")
    status = _TURNS.get(turn) if subject == "incident" else None
    if status is None:
        return (Ignored(_ACKNOWLEDGED.get(kind) or _OTHERS.get(subject, "an event that we do not know")),)
    if not about:
        return (Rejected("an incident that says nothing", "no incident in it"),)
    delivery = body.headers.get("x-webhook-id")
    return incident.read(
        incident.Turn(status, about, fields.instant(at), fields.text(vendor_id), delivery, body.received_at)
    )


# A key that tells the shape, and what it holds; the first row that fits wins. A change event is one without an action.
_SHAPES: Sequence[tuple[str, type, Callable[[Mapping[str, Any], Body], Sequence[Item]]]] = (
    ("event", dict, _version_3),
    ("messages", list, _messages),
    ("event_action", str, enqueued.version_2),
    ("service_key", str, enqueued.version_1),
    ("payload", dict, enqueued.change),
    ("webhook_subscription", dict, _subscription),
)

SOURCE = Source("pagerduty", "PagerDuty webhooks (v1, v2, v3) and events posted to it, change events too", read)
