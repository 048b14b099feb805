"""The event stream, as versions 1 and 2 of Datadog's API take and list it: failures of any source, and their ends.

https://docs.datadoghq.com/api/latest/events/
"""

from collections.abc import Mapping
from typing import Any

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item
from argus_streams.sources.datadog import monitor

_MARKS = ("alert_type", "date_happened", "source_type_name")  # only events have them beside a text
_TYPES = {
    **dict.fromkeys(("error", "critical"), "error"),
    **dict.fromkeys(("warning", "warn"), "warning"),
    **dict.fromkeys(("success", "ok"), "success"),
}


def flat(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """An event in the words of version 1, ``None`` where it is none."""
    for event in (told.get("event"), told):
        if isinstance(event, dict) and "text" in event and any(mark in event for mark in _MARKS):
            return event
    about = told["data"] if isinstance(told.get("data"), dict) else told
    if about.get("type") == "event" and isinstance(about.get("attributes"), dict):
        return _of_version_2(about, about["attributes"])
    return None


def item(event: Mapping[str, Any]) -> Item:
    """A failure or its end; what is merely told is neither, as Datadog takes an event without a type to be."""
    kind = _TYPES.get((fields.text(event.get("alert_type")) or "").lower())
    if kind is None and not monitor.turns(event):
        return Ignored("an event that tells no failure")
    return monitor.notification({**event, "alert_type": kind})


def _of_version_2(about: Mapping[str, Any], outer: Mapping[str, Any]) -> Mapping[str, Any]:
    """https://docs.datadoghq.com/api/latest/events/search-events/, of which posted events tell a part."""
    inner = fields.mapping(outer.get("attributes"))
    watched, named = fields.mapping(inner.get("monitor")), fields.mapping(inner.get("evt"))
    both = {**outer, **inner}
    return {
        "title": both.get("title") or named.get("name"),
        "text": outer.get("message"),
        "date": outer.get("timestamp"),
        "alert_type": both.get("status"),
        "transition": fields.mapping(watched.get("transition")).get("trans_name"),
        "priority": watched.get("priority") or both.get("priority"),
        "host": both.get("hostname") or both.get("host"),
        "tags": outer.get("tags"),
        "aggregation_key": both.get("aggregation_key"),
        "id": about.get("id") or named.get("id"),
    }
