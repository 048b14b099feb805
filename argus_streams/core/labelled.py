"""Alerts that are told by their labels, in the shape that Prometheus, Alertmanager and Grafana share.

One reader for all who send or relay it, so that the same rule and target is one group whoever reports it.
https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from collections.abc import Mapping
from typing import Any

from argus_streams.core import alerts, fields
from argus_streams.core.events import Event, Item, Rejected, Status

# Grafana's own alerts about a rule that it could not evaluate; the label `rulename` says which.
# https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/
_UNEVALUATED = ("DatasourceNoData", "DatasourceError")


def read(alert: object, about: Mapping[str, Any], received_at: int) -> Item:
    """The beginning or end of one alert; ``about`` is what its webhook says of all its alerts."""
    if not isinstance(alert, dict):
        return Rejected("not an alert", f"a {type(alert).__name__} stands where an alert should")
    labels = texts(alert.get("labels"))
    if "alertname" not in labels:  # some relays tell once what their alerts have in common
        labels = {**texts(about.get("groupLabels")), **texts(about.get("commonLabels")), **labels}
    places = tuple(fields.mapping(each) for each in (alert.get("annotations"), about.get("commonAnnotations"), alert))
    name = labels.get("alertname")
    summary = _note(places, "summary") or _note(places, "title")
    message = _note(places, "description") or _note(places, "message") or summary
    if name is None and message is None:
        message = fields.text(about.get("message")) or fields.text(about.get("title"))
    if name is None and message is None:
        return Rejected("an alert that says nothing", "neither a label `alertname` nor an annotation")
    status = _status(alert, received_at)
    started, ended = _moment(alert.get("startsAt")), _moment(alert.get("endsAt"))
    instance = fields.text(alert.get("fingerprint")) or label_set(labels)
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
        tags={label: value for label, value in labels.items() if not label.startswith("__")},  # not the private ones
        identity=alerts.identity(_rule(name, labels), labels) if name else (),
        occurred_at=(ended or started) if status == "resolved" else started,
        instance=instance,
        vendor_id=_vendor_id(instance, fields.text(alert.get("startsAt")), status),
    )


def _note(places: tuple[Mapping[str, Any], ...], name: str) -> str | None:
    """What the first of these places says under a name; to join them would read what all share for each alert."""
    return next((text for place in places if (text := fields.text(place.get(name))) is not None), None)


def texts(value: object) -> dict[str, str]:
    """The entries whose value is text."""
    return {key: text for key, item in fields.mapping(value).items() if (text := fields.text(item)) is not None}


def label_set(labels: Mapping[str, str]) -> str:
    """The fingerprint that Prometheus gives to a label set, for senders that do not tell it.

    https://github.com/prometheus/common/blob/main/model/signature.go (FNV-1a, each part closed by a byte 0xff)
    """
    parts = [part.encode("utf-8", "replace") for pair in sorted(labels.items()) for part in pair]
    found, prime, mask = 14_695_981_039_346_656_037, 1_099_511_628_211, 2**64 - 1
    for byte in b"\xff".join([*parts, b""]):
        found = (found ^ byte) * prime & mask
    return f"{found:016x}"


def _rule(name: str, labels: Mapping[str, str]) -> str:
    """The rule's name; that a rule could not be evaluated is a problem of its own, for each rule."""
    about = labels.get("rulename") if name in _UNEVALUATED else None
    return f"{name}: {about}" if about else name


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


def _vendor_id(instance: str, started: str | None, status: Status) -> str | None:
    """What stays equal while an alert is repeated: which target, when it began, whether it ended."""
    return f"{instance}:{started}:{status}" if started is not None else None
