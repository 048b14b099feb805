"""Logs as Datadog forwards and archives them: those at error and above, and warnings that carry an exception.

https://docs.datadoghq.com/logs/log_configuration/attributes_naming_convention/
"""

from collections.abc import Mapping
from typing import Any

from argus_streams.core import fields, stacktext
from argus_streams.core.events import Event, ExceptionInfo, Ignored, Item, Rejected, Severity
from argus_streams.sources.datadog import tags

# https://docs.datadoghq.com/logs/log_configuration/processors/ (log status remapper)
_STATUSES: Mapping[str, Severity] = {
    **dict.fromkeys(("emerg", "emergency", "alert", "critical", "fatal"), "fatal"),
    **dict.fromkeys(("error", "err"), "error"),
    **dict.fromkeys(("warning", "warn"), "warning"),
}
_LEVELS = ("status", "level", "severity")  # where the remapper finds it, which what an SDK posts has not passed
_MARKS = ("ddsource", "ddtags", "_id")  # only logs have them


def tells(told: Mapping[str, Any]) -> bool:
    """Whether this is a log, as an agent sends it, an archive keeps it, or the API lists it."""
    if told.get("type") == "log" and isinstance(told.get("attributes"), dict):
        return True
    return "message" in told and (any(mark in told for mark in _MARKS) or isinstance(told.get("error"), dict))


def item(told: Mapping[str, Any]) -> Item:
    """The failure that a log tells."""
    number = told.get("_id") or told.get("id")
    told = fields.mapping(told.get("attributes")) if told.get("type") == "log" else told
    own = fields.mapping(told.get("attributes")) or told
    error, logger = fields.mapping(own.get("error")), fields.mapping(own.get("logger"))
    said = fields.text(told.get("message"))
    kind, value, stack = (fields.text(error.get(name)) for name in ("kind", "message", "stack"))
    severity = _STATUSES.get((_level(told) or ("error" if error or _is_trace(said) else "info")).lower())
    if severity is None or (severity == "warning" and not (kind or stack)):
        return Ignored("below error")
    exceptions = (
        stacktext.chain(kind, value or (said if kind else None), stack) if error else stacktext.parse(said or "")
    )
    last = exceptions[-1] if exceptions else ExceptionInfo()
    message = last.value or said
    if message is None and not exceptions:
        return Rejected("a log that says nothing", "neither message nor error")
    labels = tags.read(told.get("ddtags") or told.get("tags"))
    trace = fields.mapping(own.get("dd"))
    return Event(
        severity=severity,
        type=last.type,
        message=message,
        exceptions=exceptions,
        logger=fields.text(logger.get("name")),
        platform=fields.text(told.get("ddsource")) or fields.text(told.get("source")) or labels.get("source"),
        service=fields.text(told.get("service")) or fields.text(trace.get("service")) or labels.get("service"),
        environment=fields.text(trace.get("env")) or labels.get("env"),
        release=fields.text(trace.get("version")) or labels.get("version"),
        host=next((found for name in ("host", "hostname") if (found := fields.text(told.get(name)))), None),
        url=fields.text(fields.mapping(own.get("http")).get("url")),
        user=fields.text(fields.mapping(own.get("usr")).get("id")),
        trace_id=fields.text(trace.get("trace_id")),
        span_id=fields.text(trace.get("span_id")),
        tags=labels,
        occurred_at=fields.instant(told.get("date")) or fields.instant(told.get("timestamp")),
        vendor_id=fields.text(number),
    )


def _level(told: Mapping[str, Any]) -> str | None:
    return next((found for name in _LEVELS if (found := fields.text(told.get(name)))), None)


def _is_trace(said: str | None) -> bool:
    """Whether a log of no level is a trace, as an agent reads it from a file."""
    return said is not None and "\n" in said and stacktext.parse(said) != ()
