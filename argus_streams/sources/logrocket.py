"""LogRocket: webhooks of alerts on its charts.

https://docs.logrocket.com/docs/metrics-alerting lists their fields, and shows no payload.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import alerts, fields
from argus_streams.core.events import Event, Ignored, Item, Status
from argus_streams.core.labelled import texts
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

_STATUSES: Mapping[str, Status] = {"triggered": "firing", "resolved": "resolved"}
_LINKS = ("metric_url", "dashboard_url", "project_url")  # the nearest to the alert first


def read(body: Body) -> Sequence[Item]:
    """The beginning or the end of an alert."""
    told = fields.mapping(fields.decode(body.value))
    status, number = (fields.text(told.get("status")) or "").lower(), fields.text(told.get("alert_id"))
    if number is None or not status:
        raise Malformed("not an alert", "`status` or `alert_id` is missing")
    if status not in _STATUSES:
        return (Ignored("a status that is neither triggered nor resolved"),)
    return (_alert(told, number, status),)


def _alert(told: Mapping[str, Any], number: str, status: str) -> Event:
    """The alert's id is its rule: it has no name, and its reason is spelt out of settings that people change.

    No id of one turn and no time is told, so two triggerings are two occurrences, and so is one delivered twice.
    """
    reason = fields.text(told.get("reason"))
    project = (fields.text(told.get("project_url")) or "").rstrip("/").rpartition("/")[2] or None
    return Event(
        kind="alert",
        status=_STATUSES[status],
        type="chart alert",
        message=reason or f"alert {number}",
        title=reason,
        service=project,
        link=next((url for name in _LINKS if (url := fields.text(told.get(name))) is not None), None),
        tags=texts(told.get("alert_settings")),
        identity=alerts.identity(number, {"service": project} if project else {}),
    )


SOURCE = Source("logrocket", "LogRocket's webhooks of alerts on charts, triggered and resolved", read)
