"""Prometheus Alertmanager: webhooks of version 3 and 4, and the bare alerts that Prometheus posts itself.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (postableAlerts)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import fields, labelled
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source, counted
from argus_streams.errors import Malformed


def read(body: Body) -> Sequence[Item]:
    """One event for each alert."""
    told = fields.decode(body.value)
    batch, about = _batch(told)
    if not batch:
        return (Ignored("no alert in it"),)
    return [labelled.read(alert, about, body.received_at) for alert in counted(batch)]


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


SOURCE = Source("alertmanager", "Prometheus Alertmanager webhooks, firing and resolved", read)
