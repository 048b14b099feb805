"""Log records: those at error and above, and warnings that carry an exception.

https://opentelemetry.io/docs/specs/otel/logs/data-model/
https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from argus_streams.core import fields, stacktext, tagged
from argus_streams.core.events import ExceptionInfo, Ignored, Item, Rejected, Severity
from argus_streams.core.source import counted
from argus_streams.sources.otlp import context, values

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
_SHAPE = context.Shape("resourceLogs", "scopeLogs", "instrumentationLibraryLogs", "logRecords")


def records(request: Mapping[str, Any]) -> Sequence[Item]:
    """An item for each log record, in order."""
    return [_item(*told) for told in counted(context.records(request, _SHAPE))]


def _item(record: object, resource: Mapping[str, str], scope: str | None) -> Item:
    if not isinstance(record, dict):
        return Rejected("not a log record", f"a {type(record).__name__} stands where a log record should")
    told = values.attributes(record.get("attributes"))
    exceptional = context.first(told, *context.EXCEPTION) is not None
    number = _severity(record) or (_ERROR if exceptional or _is_trace(record) else 0)
    if number < _WARN or (number < _ERROR and not exceptional):
        return Ignored("below error")
    body = values.message(record.get("body"))
    event_name = fields.text(record.get("eventName")) or told.get("event.name")
    exceptions = _exceptions(told, body, exceptional=exceptional)
    last = exceptions[-1] if exceptions else ExceptionInfo()
    kind, message = last.type or event_name, last.value or body
    if kind is None and message is None and not exceptions:
        return Rejected("a log record that says nothing", "an error without body, exception or event name")
    trace_id, span_id = context.identifier(record.get("traceId")), context.identifier(record.get("spanId"))
    times = record.get("timeUnixNano"), record.get("observedTimeUnixNano")
    known = exceptions and context.occurrence(trace_id, span_id, times[0], last)
    return msgspec.structs.replace(
        context.event({**resource, **told}),
        severity=_word(number),
        type=kind,
        message=message or event_name,
        template=context.first(told, *_TEMPLATES),
        exceptions=exceptions,
        logger=told.get("logger.name") or scope,
        trace_id=trace_id,
        span_id=span_id,
        tags=tagged.with_flags(_beside(told), [context.flag(told)]),
        occurred_at=context.moment(*times),
        vendor_id=known or told.get("log.record.uid"),
    )


def _beside(told: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in told.items() if not name.startswith("exception.")}


def _exceptions(told: Mapping[str, str], body: str | None, *, exceptional: bool) -> tuple[ExceptionInfo, ...]:
    """Those of the attributes, else of a trace that was logged as plain text."""
    if exceptional:
        return context.exceptions(told)
    return stacktext.parse(body or "")


def _is_trace(record: Mapping[str, Any]) -> bool:
    """Whether the body is a trace, as a collector reads it from a file without knowing its level."""
    said = values.message(record.get("body")) or ""
    return "\n" in said and stacktext.parse(said) != ()


def _severity(record: Mapping[str, Any]) -> int:
    """1 to 24, by number, else by the words of either field; 0 where neither tells it."""
    number = fields.integer(record.get("severityNumber"))
    if number is not None and 0 < number <= 24:  # noqa: PLR2004 - FATAL4
        return number
    words = (fields.text(record.get("severityNumber")), fields.text(record.get("severityText")))
    names = [word.removeprefix("SEVERITY_NUMBER_").rstrip("1234").lower() for word in words if word]
    return next((_NAMES[name] for name in names if name in _NAMES), 0)


def _word(number: int) -> Severity:
    if number >= _FATAL:
        return "fatal"
    return "error" if number >= _ERROR else "warning"
