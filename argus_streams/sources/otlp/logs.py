"""Log records: those at error and above, and warnings that carry an exception.

https://opentelemetry.io/docs/specs/otel/logs/data-model/
https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from argus_streams.core import fields, stacktext
from argus_streams.core.events import Event, ExceptionInfo, Ignored, Item, Rejected, Severity
from argus_streams.sources.otlp import values

_NAMES: Mapping[str, int] = {  # https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/
    **dict.fromkeys(("trace", "verbose"), 1),
    **dict.fromkeys(("debug", "dbug"), 5),
    **dict.fromkeys(("info", "information", "informational", "notice"), 9),
    **dict.fromkeys(("warn", "warning"), 13),
    **dict.fromkeys(("error", "err"), 17),
    **dict.fromkeys(("fatal", "critical", "crit", "alert", "emergency", "emerg", "panic"), 21),
}
_WARN, _ERROR, _FATAL = 13, 17, 21
_TEMPLATES = ("{OriginalFormat}", "message_template.text", "log.body.template")  # of .NET, Serilog, Logback
_EXCEPTION = ("exception.type", "exception.message", "exception.stacktrace")
_PLATFORMS = {"nodejs": "javascript", "webjs": "javascript", "dotnet": "csharp", "cpp": "native"}


def records(told: Mapping[str, Any]) -> Sequence[Item]:
    """An item for each log record, in order."""
    return [_item(record, resource, scope) for record, resource, scope in _records(told)]


def _records(told: Mapping[str, Any]) -> Iterator[tuple[object, Mapping[str, str], str | None]]:
    """Each record with its resource's attributes and the name of its scope, as a rule the logger."""
    for group in map(fields.mapping, fields.listing(told.get("resourceLogs"))):
        resource = values.attributes(fields.mapping(group.get("resource")).get("attributes"))
        scopes = fields.listing(group.get("scopeLogs")) or fields.listing(group.get("instrumentationLibraryLogs"))
        for scoped in map(fields.mapping, scopes):
            scope = fields.mapping(scoped.get("scope")) or fields.mapping(scoped.get("instrumentationLibrary"))
            for record in fields.listing(scoped.get("logRecords")):
                yield record, resource, fields.text(scope.get("name"))


def _item(record: object, resource: Mapping[str, str], scope: str | None) -> Item:
    if not isinstance(record, dict):
        return Rejected("not a log record", f"a {type(record).__name__} stands where a log record should")
    told = values.attributes(record.get("attributes"))
    exceptional = _first(told, *_EXCEPTION) is not None
    number = _severity(record, unspecified=_ERROR if exceptional else 0)
    if number < _WARN or (number < _ERROR and not exceptional):
        return Ignored("below error")
    body = values.message(record.get("body"))
    event_name = fields.text(record.get("eventName")) or told.get("event.name")
    exceptions = _exceptions(told, body, exceptional=exceptional)
    last = exceptions[-1] if exceptions else ExceptionInfo()
    kind, message = last.type or event_name, last.value or body
    if kind is None and message is None and not exceptions:
        return Rejected("a log record that says nothing", "an error without body, exception or event name")
    return msgspec.structs.replace(
        _context({**resource, **told}),
        severity=_word(number),
        type=kind,
        message=message or event_name,
        template=_first(told, *_TEMPLATES),
        exceptions=exceptions,
        logger=told.get("logger.name") or scope,
        trace_id=_id(record.get("traceId")),
        span_id=_id(record.get("spanId")),
        tags={name: value for name, value in told.items() if not name.startswith("exception.")},
        occurred_at=_time(record.get("timeUnixNano")) or _time(record.get("observedTimeUnixNano")),
        vendor_id=told.get("log.record.uid"),
    )


def _exceptions(told: Mapping[str, str], body: str | None, *, exceptional: bool) -> tuple[ExceptionInfo, ...]:
    """Those of the attributes, else of a trace that was logged as plain text."""
    if exceptional:
        return stacktext.chain(*map(told.get, _EXCEPTION))
    return stacktext.parse(body or "")


def _context(told: Mapping[str, str]) -> Event:
    """What the resource and the record tell of where it happened."""
    service, language = told.get("service.name"), told.get("telemetry.sdk.language")
    return Event(
        platform=_PLATFORMS.get(language or "", language),
        service=None if service and service.startswith("unknown_service") else service,
        environment=_first(told, "deployment.environment.name", "deployment.environment"),
        release=told.get("service.version"),
        host=_first(told, "host.name", "k8s.node.name"),
        culprit=told.get("http.route"),
        url=_first(told, "url.full", "http.url"),
        user=_first(told, "user.id", "enduser.id"),
        session=told.get("session.id"),
    )


def _first(told: Mapping[str, str], *names: str) -> str | None:
    """The value of the first of these attributes that there is; none of them is empty."""
    for name in names:
        if name in told:
            return told[name]
    return None


def _severity(record: Mapping[str, Any], unspecified: int) -> int:
    """1 to 24, by number, else by the words of either field."""
    number = fields.integer(record.get("severityNumber"))
    if number is not None and 0 < number <= 24:  # noqa: PLR2004 - FATAL4
        return number
    words = (fields.text(record.get("severityNumber")), fields.text(record.get("severityText")))
    names = [word.removeprefix("SEVERITY_NUMBER_").rstrip("1234").lower() for word in words if word]
    return next((_NAMES[name] for name in names if name in _NAMES), unspecified)


def _word(number: int) -> Severity:
    if number >= _FATAL:
        return "fatal"
    return "error" if number >= _ERROR else "warning"


def _id(value: object) -> str | None:
    """A trace's or span's id; one of zeros says that there is none."""
    told = (fields.text(value) or "").lower()
    return told if told.strip("0") else None


def _time(value: object) -> int | None:
    """A time; zero says that it is unknown."""
    return fields.instant(value) or None
