"""Grafana: webhooks of unified alerting (contact points), of the alerting before it, and of Grafana OnCall.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
https://grafana.com/docs/grafana/v7.5/alerting/notifications/#webhook
https://grafana.com/docs/oncall/latest/configure/outgoing-webhooks/
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from argus_streams.core import alerts, fields, headlines, labelled
from argus_streams.core.events import Event, Ignored, Item, Rejected, Status
from argus_streams.core.source import Body, Source, counted
from argus_streams.errors import Malformed

_TEST = Ignored("a test of the contact point")
# https://grafana.com/docs/grafana/v7.5/alerting/create-alerts/#state-only-alerting; without data a rule is not fine
_LEGACY: Mapping[str, Status] = {"alerting": "firing", "no_data": "firing", "ok": "resolved"}
_TESTING = "Someone is testing the alert notification within"  # under a number made up for it, since Grafana 6
_WAITING = {"pending", "paused", "unknown"}
_ONCALL: Mapping[str, Status] = {"alert group created": "firing", "unresolve": "firing", "resolve": "resolved"}
_MATCHES = 20  # measurements of a legacy alert that are looked at


def read(body: Body) -> Sequence[Item]:
    """One event for each alert; the alerting before Grafana 9 tells one in a body."""
    told = fields.decode(body.value)
    if not isinstance(told, dict):
        raise Malformed("not an object", f"a Grafana webhook is a JSON object, this is a {type(told).__name__}")
    if isinstance(told.get("alerts"), list):
        batch = counted(told["alerts"])
        return [_unified(alert, told, body.received_at) for alert in batch] or (Ignored("no alert in it"),)
    if "ruleName" in told or "evalMatches" in told:
        return (_legacy(told),)
    if isinstance(told.get("alert_group"), dict):
        return (_oncall(told, body.received_at),)
    raise Malformed("no alerts", "has none of `alerts`, `ruleName` and `alert_group`")


def _unified(alert: object, about: Mapping[str, Any], received_at: int) -> Item:
    """An alert in Alertmanager's shape; the button "Test" sends one named TestAlert that never ends."""
    labels = fields.mapping(fields.mapping(alert).get("labels"))
    if labels.get("alertname") == "TestAlert" and labels.get("instance") == "Grafana":
        return _TEST
    return labelled.read(alert, about, received_at)


def _legacy(told: Mapping[str, Any]) -> Item:
    """A rule's turn, identified by its name and its own tags: what it measured is not told again when it ends."""
    state = fields.text(told.get("state"))
    status = _LEGACY.get(state or "")
    if status is None:
        return Ignored("a state that neither begins nor ends" if state in _WAITING else "a state that we do not know")
    title, number = fields.text(told.get("title")), fields.text(told.get("ruleId"))
    rule = fields.text(told.get("ruleName")) or (headlines.read(title).rule if title else None)
    if rule is None:
        return Rejected("an alert that says nothing", "neither `ruleName` nor `title`")
    if number == "0" or (fields.text(told.get("message")) or "").startswith(_TESTING):
        return _TEST
    tags = labelled.texts(told.get("tags"))
    measured = {**_measured(told), **tags}
    return Event(
        kind="alert",
        severity=alerts.severity(tags.get("severity")),
        status=status,
        type=rule,
        message=fields.text(told.get("message")) or title or rule,
        title=title or rule,
        service=alerts.first(measured, alerts.SERVICE),
        environment=alerts.first(measured, alerts.ENVIRONMENT),
        host=alerts.first(measured, ("host", "hostname", "node", "instance")),
        link=fields.text(told.get("ruleUrl")),
        tags=measured,
        identity=alerts.identity(rule, tags),
        instance=f"rule {number}" if number else None,
    )


def _measured(told: Mapping[str, Any]) -> dict[str, str]:
    """The tags of the series that crossed the limit, where they agree."""
    series = [labelled.texts(fields.mapping(match).get("tags")) for match in fields.listing(told.get("evalMatches"))]
    first, others = (series[0], series[1:_MATCHES]) if series else ({}, [])
    return {
        name: value
        for name, value in first.items()
        if not name.startswith("__") and all(other.get(name) == value for other in others)
    }


def _oncall(told: Mapping[str, Any], received_at: int) -> Item:
    """A turn of an OnCall alert group, identified by the alert that it carries, else by its title."""
    group, event = fields.mapping(told.get("alert_group")), fields.mapping(told.get("event"))
    status, title = _ONCALL.get(fields.text(event.get("type")) or ""), fields.text(group.get("title"))
    if status is None:
        return Ignored("a turn of an alert group that neither begins nor ends it")
    carried = _carried(fields.mapping(told.get("alert_payload")), received_at) or _titled(title)
    if carried is None:
        return Rejected("an alert that says nothing", "an alert group without labels and without `title`")
    number, at = fields.text(group.get("id")), fields.text(event.get("time"))
    return msgspec.structs.replace(
        carried,
        status=status,
        title=title or carried.title,
        link=fields.text(fields.mapping(group.get("permalinks")).get("web")) or carried.link,
        occurred_at=fields.instant(at),
        instance=number,
        vendor_id=f"{number}:{at}:{status}" if number and at else None,
    )


def _carried(payload: Mapping[str, Any], received_at: int) -> Event | None:
    """The alert that began a group, where it has labels."""
    alert = next(iter(fields.listing(payload.get("alerts"))), payload)
    found = labelled.read(alert, payload, received_at)
    return found if isinstance(found, Event) and found.identity else None


def _titled(title: str | None) -> Event | None:
    if title is None:
        return None
    headline = headlines.read(title)
    identity = alerts.identity(headline.rule, headline.labels)
    return Event(kind="alert", type=headline.rule, message=title, tags=dict(headline.labels), identity=identity)


SOURCE = Source("grafana", "Grafana alerts, firing and resolved, of unified and older alerting and of OnCall", read)
