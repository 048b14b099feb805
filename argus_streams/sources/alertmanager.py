"""Prometheus Alertmanager: webhooks of version 3 and 4, and the bare alerts that Prometheus posts itself.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (postableAlerts)
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from argus_streams.core import alerts, fields
from argus_streams.core.events import Event, Ignored, Item, Rejected, Status
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed


def read(body: Body) -> Sequence[Item]:
    """One event for each alert."""
    told = fields.decode(body.value)
    batch, about = _batch(told)
    if not batch:
        return (Ignored("no alert in it"),)
    return [_alert(alert, about, body.received_at) for alert in batch]


def _batch(told: object) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """The alerts of a webhook, of a list or of a single one, and what the webhook says of them all."""
    if isinstance(told, list):
        return told, {}
    whole = fields.mapping(told)
    if isinstance(whole.get("alerts"), list):
        return whole["alerts"], whole
    if isinstance(whole.get("labels"), dict):
        return [whole], {}
    raise Malformed("no alerts", "neither a webhook with a list `alerts` nor an alert with `labels`")


def _alert(alert: object, about: Mapping[str, Any], received_at: int) -> Item:
    if not isinstance(alert, dict):
        return Rejected("not an alert", f"a {type(alert).__name__} stands where an alert should")
    labels = _texts(alert.get("labels"))
    notes = {**_texts(alert), **_texts(about.get("commonAnnotations")), **_texts(alert.get("annotations"))}
    name = labels.get("alertname")
    summary = notes.get("summary") or notes.get("title")
    message = notes.get("description") or notes.get("message") or summary
    if name is None and message is None:
        return Rejected("an alert that says nothing", "neither a label `alertname` nor an annotation")
    status = _status(alert, received_at)
    started, ended = _moment(alert.get("startsAt")), _moment(alert.get("endsAt"))
    return Event(
        kind="alert",
        severity=alerts.severity(labels.get("severity")),
        status=status,
        type=name,
        message=message or name,
        title=summary or name,
        service=alerts.first(labels, alerts.SERVICE),
        environment=alerts.first(labels, alerts.ENVIRONMENT),
        host=_host(alerts.first(labels, ("host", "hostname", "node", "instance"))),
        link=fields.text(alert.get("generatorURL")) or fields.text(about.get("externalURL")),
        tags=labels,
        identity=alerts.identity(name, labels) if name else (),
        occurred_at=(ended or started) if status == "resolved" else started,
        instance=_instance(alert, labels),
        vendor_id=_vendor_id(alert, labels, status),
    )


def _texts(value: object) -> dict[str, str]:
    """The entries whose value is text."""
    return {key: text for key, item in fields.mapping(value).items() if (text := fields.text(item)) is not None}


def _host(target: str | None) -> str | None:
    """A host of "host:port", as ``instance`` is."""
    name, _, port = (target or "").rpartition(":")
    return name if name and port.isdigit() else target


def _status(alert: Mapping[str, Any], received_at: int) -> Status:
    """As told, else, in the shape that Prometheus posts, by whether its end has come."""
    told = fields.text(alert.get("status"))
    if told is not None:
        return "resolved" if told.lower() == "resolved" else "firing"
    ended = _moment(alert.get("endsAt"))
    return "resolved" if ended is not None and ended <= received_at else "firing"


def _moment(value: object) -> int | None:
    """A time, unless it is Go's zero ("0001-01-01T00:00:00Z"), by which an open alert says that it has no end."""
    moment = fields.instant(value)
    return moment if moment is not None and moment > 0 else None


def _vendor_id(alert: Mapping[str, Any], labels: Mapping[str, str], status: Status) -> str | None:
    """What stays equal while Alertmanager repeats an alert: its label set, when it began, whether it ended."""
    started = fields.text(alert.get("startsAt"))
    if started is None:
        return None
    return f"{_instance(alert, labels)}:{started}:{status}"


def _instance(alert: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Which of a rule's targets; version 3 and Prometheus itself tell no fingerprint, but the label set is one."""
    return fields.text(alert.get("fingerprint")) or _label_set(labels)


def _label_set(labels: Mapping[str, str]) -> str:
    """A short hash of labels in order, each part behind its length."""
    spelt = "".join(f"{len(part)}:{part}" for pair in sorted(labels.items()) for part in pair)
    return blake2b(spelt.encode("utf-8", "replace"), digest_size=8).hexdigest()


SOURCE = Source("alertmanager", "Prometheus Alertmanager webhooks, firing and resolved", read)
