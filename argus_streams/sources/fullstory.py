"""FullStory: alerts on metrics and segments, and custom events or streams that are named after a failure.

https://developer.fullstory.com/destinations/v1/webhooks/ (system webhooks, `eventName`)
https://developer.fullstory.com/destinations/webhooks/ (streams, `api_version`)
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import alerts, fields, stacktext
from argus_streams.core.events import Event, ExceptionInfo, Ignored, Item, Rejected, Severity
from argus_streams.core.labelled import texts
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

_NO_OCCURRENCE = {"note.created": "a note of a person", "segment.created": "a new segment"}
_ALERTS = {"metric.alert": "alertName", "segment.trend.alert": "segmentName"}  # and what names their rule
_CONDITION = ("metricName", "segmentName", "threshold", "direction", "duration")
_CUSTOM = "recording.event.custom"
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NAME = 200  # characters of an event's name that are looked at
# Words of a name by which its author says that something went wrong, the worst first.
_FAILURES: Mapping[str, Severity] = {
    **dict.fromkeys(("crash", "crashed"), "fatal"),
    **dict.fromkeys(("error", "errors", "exception", "failed", "failure", "fail"), "error"),
    **dict.fromkeys(("rage", "dead", "thrashed", "frustrated"), "warning"),
}
_KIND = ("error_type", "exception", "type")
_STACK = ("stack", "error_stack", "stacktrace")
_SAID = ("error_message", "message", "error", "reason")
_TYPED = ("_str", "_strs", "_int", "_real", "_bool", "_date")  # by which FullStory tells a property's type


def read(body: Body) -> Sequence[Item]:
    """The one thing that a webhook tells."""
    told = fields.mapping(fields.decode(body.value))
    kind, data = fields.text(told.get("eventName")), fields.mapping(told.get("data"))
    if kind is None and "api_version" in told:
        return (_named(told, fields.text(told.get("name")) or ""),)
    if kind is None:
        raise Malformed("not a webhook", "neither `eventName` nor `api_version`")
    if kind in _ALERTS:
        return (_alert(data, _ALERTS[kind]),)
    if kind in _NO_OCCURRENCE:
        return (Ignored(_NO_OCCURRENCE[kind]),)
    name = fields.text(data.get("name"))
    return (_named(data, (name or "") if kind == _CUSTOM else f"{kind} {name or ''}".strip()),)


def _alert(data: Mapping[str, Any], naming: str) -> Item:
    """A threshold that was crossed; FullStory does not tell when it is over."""
    config = fields.mapping(data.get("alertConfig"))
    purpose = fields.text(config.get("alertDescription")) or fields.text(config.get("description"))
    rule = fields.text(config.get(naming)) or purpose
    if rule is None:
        return Rejected("an alert that says nothing", f"neither {naming} nor a description")
    value = fields.text(data.get("value"))
    return Event(
        kind="alert",
        type=rule,
        message=purpose or rule,
        title=f"{rule}: {value}" if value else rule,
        link=fields.text(data.get("notificationUrl")) or fields.text(config.get("alertUrl")),
        tags={key: text for key, text in texts(config).items() if key in _CONDITION},
        identity=alerts.identity(rule, {}),
        occurred_at=fields.instant(data.get("timestamp")),
        vendor_id=fields.composed(fields.text(data.get("id")), fields.text(data.get("timestamp")) or ""),
    )


def _named(told: Mapping[str, Any], name: str) -> Item:
    """An event of the user's own making, which only its name tells to be a failure."""
    severity = _severity(name)
    if severity is None:
        return Ignored("an event that names no failure")
    properties = _properties(told.get("properties"))
    kind, stack, said = (_of(properties, *names) for names in (_KIND, _STACK, _SAID))
    exceptions = stacktext.chain(kind, said, stack) if kind or stack else ()
    last = exceptions[-1] if exceptions else ExceptionInfo()
    replay, moment = fields.text(told.get("sessionUrl")), fields.text(told.get("timestamp"))
    session = replay.rpartition("/session/")[2] or None if replay else None
    user = fields.mapping(told.get("user"))
    return Event(
        severity=severity,
        type=last.type or name,
        message=last.value or said or name,
        title=name,
        exceptions=exceptions,
        platform="javascript" if exceptions else None,
        release=_of(properties, "release", "version", "app_version"),
        environment=_of(properties, "environment", "env"),
        url=fields.text(told.get("pageUrl")) or _of(properties, "url", "page_url"),
        link=replay,
        user=fields.text(user.get("uid")) or fields.text(user.get("id")) or fields.text(user.get("email")),
        session=session,
        tags={key: text for key, text in properties.items() if key not in (*_KIND, *_STACK, *_SAID)},
        occurred_at=fields.instant(moment),
        vendor_id=f"{session}:{moment}:{name}" if session and moment else None,
    )


def _severity(name: str) -> Severity | None:
    words = {word.lower() for word in _WORD.findall(name[:_NAME])}
    return next((severity for word, severity in _FAILURES.items() if word in words), None)


def _properties(told: object) -> dict[str, str]:
    """Properties as text, by their names without the ending that tells their type."""
    found = texts(told)
    return {name.rpartition("_")[0] if name.endswith(_TYPED) else name: text for name, text in found.items()}


def _of(properties: Mapping[str, str], *names: str) -> str | None:
    return next((properties[name] for name in names if name in properties), None)


SOURCE = Source("fullstory", "FullStory's metric and segment alerts, and custom events named after a failure", read)
