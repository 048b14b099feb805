"""The alerts inside what Alertmanager and Grafana tell PagerDuty: as a list, as JSON in a text, or as their template.

https://github.com/prometheus/alertmanager/blob/main/template/default.tmpl (__text_alert_list)
https://github.com/grafana/alerting/blob/main/templates/default_template.go
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from argus_streams.core import fields, labelled
from argus_streams.errors import Malformed

_SECTIONS = {"Labels:": "labels", "Annotations:": "annotations"}
_SOURCE = "Source: "
_ENTRY, _IS = " - ", " = "


class Carried(NamedTuple):
    """The alerts of one notification, each in Alertmanager's shape."""

    firing: Sequence[Any] = ()
    resolved: Sequence[Any] = ()


def read(details: object) -> Carried:
    """What is told of single alerts; details of other senders tell none."""
    told = fields.mapping(details)
    if "firing" in told or "resolved" in told:
        return Carried(_alerts(told.get("firing")), _alerts(told.get("resolved")))
    if fields.text(told.get("alertname")):
        return Carried(firing=({"labels": labelled.texts(told)},))
    return Carried(firing=_alerts(details))


def first(candidates: Iterable[object]) -> Carried:
    """The alerts of the first of some details that tell any."""
    return next((found for each in candidates if any(found := read(each))), Carried())


def _alerts(told: object) -> Sequence[Any]:
    if isinstance(told, list):
        return told
    text = (fields.text(told) or "").strip()
    if not text.startswith("["):
        return _templated(text) if "Labels:" in text else ()
    try:
        return fields.listing(fields.decode(text.encode("utf-8", "replace")))
    except Malformed:
        return ()


def _templated(text: str) -> Sequence[Mapping[str, Any]]:
    """The alerts of a text: "Labels:", then lines " - name = value", then "Annotations:" and the same."""
    found: list[dict[str, Any]] = []
    entries: dict[str, str] | None = None
    for line in text.split("\n"):
        section = _SECTIONS.get(line.strip())
        if section is not None:
            if section == "labels" or not found:
                found.append({"labels": {}})
            entries = found[-1][section] = {}
        elif line.startswith(_ENTRY) and entries is not None:
            name, _, value = line[len(_ENTRY) :].partition(_IS)
            entries[name] = value
        elif line.startswith(_SOURCE) and found:
            found[-1]["generatorURL"] = line[len(_SOURCE) :].strip()
            entries = None
    return found
