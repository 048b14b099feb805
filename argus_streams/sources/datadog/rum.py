"""Real user monitoring: errors of a browser or an app, and clicks of a user who is frustrated.

https://github.com/DataDog/rum-events-format, https://docs.datadoghq.com/real_user_monitoring/browser/frustration_signals/
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from argus_streams.core import fields, stacktext, tagged
from argus_streams.core.events import Event, ExceptionInfo, Ignored, Item, Rejected
from argus_streams.sources.datadog import tags

_NO_OCCURRENCE = {
    "action": "an action without frustration",
    "long_task": "a long task",
    "metric": "a metric",
    "resource": "a resource; what failed comes as an error too",  # the SDK makes an error of a failed request
    "telemetry": "telemetry of the sender's own SDK",
    "view": "a view",
    "view_update": "a view",
    "vital": "a vital",
    "transition": "a transition",
}
_UNKNOWN = "an event of RUM that we do not know"
_PLATFORMS = {
    **dict.fromkeys(("browser", "react-native", "electron"), "javascript"),
    **dict.fromkeys(("android", "kotlin-multiplatform"), "java"),
    **dict.fromkeys(("ios", "ios+il2cpp"), "cocoa"),
    **dict.fromkeys(("ndk", "ndk+il2cpp"), "native"),
    "flutter": "dart",
    "unity": "csharp",
}
_FRUSTRATIONS = ("error_click", "rage_click", "dead_click")  # the worst first: a click may be all of them


def tells(told: Mapping[str, Any]) -> bool:
    """Whether this is of RUM; a monitor's webhook may tell a ``type`` too."""
    kind = told.get("type")
    if kind == "error" or (isinstance(kind, str) and kind in _NO_OCCURRENCE):
        return kind == "telemetry" or any(mark in told for mark in ("application", "session", "_dd"))
    return isinstance(told.get("application"), dict) and isinstance(told.get("session"), dict)


def item(told: Mapping[str, Any]) -> Item:
    """An error or a frustrated click; what else RUM tells is no occurrence."""
    kind = fields.text(told.get("type")) or ""
    if kind == "error":
        return _error(told, fields.mapping(told.get("error")))
    action = fields.mapping(told.get("action"))
    signals = fields.listing(fields.mapping(action.get("frustration")).get("type"))
    signal = next((each for each in _FRUSTRATIONS if each in signals), None) if kind == "action" else None
    return Ignored(_NO_OCCURRENCE.get(kind, _UNKNOWN)) if signal is None else _click(told, action, signal)


def _error(told: Mapping[str, Any], error: Mapping[str, Any]) -> Item:
    exceptions = _exceptions(error)
    if not exceptions:
        return Rejected("an error that says nothing", "neither message, type nor stack")
    last, failed = exceptions[-1], fields.mapping(error.get("resource"))
    about = _about(told)
    about["platform"] = _PLATFORMS.get(fields.text(error.get("source_type")) or "") or about["platform"]
    about["url"] = fields.text(failed.get("url")) or about["url"]
    return Event(
        severity="fatal" if error.get("is_crash") is True else "error",
        type=last.type,
        message=last.value,
        exceptions=exceptions,
        trace_id=fields.text(fields.mapping(told.get("_dd")).get("trace_id")),
        span_id=fields.text(fields.mapping(told.get("_dd")).get("span_id")),
        fingerprint=tuple(filter(None, (fields.text(error.get("fingerprint")),))),
        vendor_id=fields.text(error.get("id")),
        **about,
    )


def _click(told: Mapping[str, Any], action: Mapping[str, Any], signal: str) -> Event:
    on = fields.text(fields.mapping(action.get("target")).get("name")) or "an element without a name"
    return Event(
        severity="error" if signal == "error_click" else "warning",
        type=signal,
        message=f"{signal.replace('_', ' ')} on {on}",
        vendor_id=fields.text(action.get("id")),
        **_about(told),
    )


def _about(told: Mapping[str, Any]) -> dict[str, Any]:
    """The application, its user and the view."""
    user, view, labels = (
        fields.mapping(told.get("usr")),
        fields.mapping(told.get("view")),
        tags.read(told.get("ddtags")),
    )
    return {
        "platform": _PLATFORMS.get(fields.text(told.get("source")) or ""),
        "service": fields.text(told.get("service")) or labels.get("service"),
        "environment": labels.get("env"),
        "release": fields.text(told.get("version")) or labels.get("version"),
        "culprit": fields.text(view.get("name")),
        "url": fields.text(view.get("url")),
        "user": fields.text(user.get("id")) or fields.text(user.get("email")) or fields.text(user.get("name")),
        "session": fields.text(fields.mapping(told.get("session")).get("id")),
        "tags": tagged.with_flags(labels, _flags(told)),
        "occurred_at": fields.instant(told.get("date")),
    }


def _flags(told: Mapping[str, Any]) -> Iterator[tuple[str | None, str | None]]:
    """Feature flags by name; a variant that is an object has no name of its own."""
    for name, value in fields.mapping(told.get("feature_flags")).items():
        yield name, ("true" if value else "false") if isinstance(value, bool) else fields.text(value)


def _exceptions(error: Mapping[str, Any]) -> tuple[ExceptionInfo, ...]:
    """The chain, causes first; its causes are told by the stack's text, or apart from it, the nearest first."""
    raised = _told(error)
    causes: Sequence[Any] = fields.listing(error.get("causes")) if len(raised) == 1 else ()
    return (*(one for cause in reversed(causes) for one in _told(fields.mapping(cause))), *raised)


def _told(error: Mapping[str, Any]) -> tuple[ExceptionInfo, ...]:
    return stacktext.chain(*(fields.text(error.get(name)) for name in ("type", "message", "stack")))
