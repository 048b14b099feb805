"""Spans: the exceptions that they recorded, and the failures that no exception tells.

https://opentelemetry.io/docs/specs/otel/trace/api/#set-status
https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from argus_streams.core import fields, tagged
from argus_streams.core.clip import Limits
from argus_streams.core.events import Event, Ignored, Item, Rejected
from argus_streams.core.source import counted
from argus_streams.sources.otlp import calls, context, values
from argus_streams.sources.otlp.context import Told

_SHAPE = context.Shape("resourceSpans", "scopeSpans", "instrumentationLibrarySpans", "spans")
_ERROR = (2, "2", "STATUS_CODE_ERROR")
_EVALUATED = ("feature_flag.evaluation", "feature_flag")  # events that tell a feature flag; the latter until 2025

_TAGS = Limits().tags  # those of a span go with each of its exceptions
_REASONS = ("error.type", "http.response.status_code", "http.status_code", "rpc.grpc.status_code")


class _Raised(NamedTuple):
    """An exception by what it says and the span that tells it."""

    trace_id: str | None
    span_id: str | None
    type: str | None
    message: str | None


class _Read(NamedTuple):
    """One item; where it is an exception, that, and how the span's parent would tell the same one."""

    item: Item
    raised: _Raised | None = None
    above: _Raised | None = None


def records(request: Mapping[str, Any]) -> Sequence[Item]:
    """An item for each exception that a span recorded, else one for the span, in order.

    An exception on its way up is recorded by each span that it leaves. The outermost is told: its stack reaches as
    far as that of a handler which reports, and it knows the route. Order does not matter, for children end first.
    """
    found = list(counted(read for told in context.records(request, _SHAPE) for read in _read(told)))
    raised = {read.raised for read in found if read.raised is not None}
    again = Ignored("an exception that the parent span tells")
    items = [again if read.above in raised else read.item for read in found]
    if not any(isinstance(item, Event) for item in items):
        return items
    return calls.with_peers(items, context.records(request, _SHAPE))


def _read(told: Told) -> Iterator[_Read]:
    span = told.record
    if not isinstance(span, dict):
        yield _Read(Rejected("not a span", f"a {type(span).__name__} stands where a span should"))
        return
    happened = [each for each in map(fields.mapping, fields.listing(span.get("events"))) if _is_exception(each)]
    failed = fields.mapping(span.get("status")).get("code") in _ERROR
    if not happened and not failed:
        yield _Read(Ignored("a span without an error"))
    elif not happened and span.get("kind") in calls.CALLING and context.identifier(span.get("parentSpanId")):
        # The failed call is the callee's failure, and its own span tells it. Of the caller it is one only if the
        # caller fails of it, which the parent tells; a retry or a fallback is none.
        yield _Read(Ignored("a failed call, told by who called"))
    else:
        attributes = values.attributes(span.get("attributes"))
        where = _where(span, told, attributes)
        for each in happened:
            yield _exception(each, span, where)
        if not happened:
            yield _Read(_failure(span, attributes, where))


def _is_exception(happened: Mapping[str, Any]) -> bool:
    return happened.get("name") == "exception"


def _where(span: Mapping[str, Any], told: Told, attributes: Mapping[str, str]) -> Event:
    """What all that a span tells has in common."""
    known = context.event({**told.resource, **attributes})
    return msgspec.structs.replace(
        known,
        culprit=attributes.get("http.route") or fields.text(span.get("name")) or known.culprit,
        logger=told.scope,
        trace_id=context.identifier(span.get("traceId")),
        span_id=context.identifier(span.get("spanId")),
        tags=tagged.with_flags(dict(islice(attributes.items(), _TAGS)), _flags(span, attributes)),
        occurred_at=context.moment(span.get("endTimeUnixNano"), span.get("startTimeUnixNano")),
    )


def _flags(span: Mapping[str, Any], attributes: Mapping[str, str]) -> Iterator[tuple[str | None, str | None]]:
    """The feature flags that were evaluated inside the span."""
    yield context.flag(attributes)
    for happened in map(fields.mapping, fields.listing(span.get("events"))):
        if happened.get("name") in _EVALUATED:
            yield context.flag(values.attributes(happened.get("attributes")))


def _exception(happened: Mapping[str, Any], span: Mapping[str, Any], where: Event) -> _Read:
    told = values.attributes(happened.get("attributes"))
    exceptions = context.exceptions(told)
    if not exceptions:
        return _Read(Rejected("an exception that says nothing", "neither type nor message nor stack trace"))
    last, time = exceptions[-1], happened.get("timeUnixNano")
    beside = {name: value for name, value in told.items() if not name.startswith("exception.")}
    item = msgspec.structs.replace(
        where,
        type=last.type,
        message=last.value,
        exceptions=exceptions,
        tags=where.tags | beside,
        occurred_at=context.moment(time) or where.occurred_at,
        vendor_id=context.occurrence(where.trace_id, where.span_id, time, last),
    )
    raised = _Raised(where.trace_id, where.span_id, last.type, last.value)
    parent = context.identifier(span.get("parentSpanId"))
    return _Read(item, raised, raised._replace(span_id=parent) if parent not in {None, where.span_id} else None)


def _failure(span: Mapping[str, Any], attributes: Mapping[str, str], where: Event) -> Item:
    """A span that failed, told by its name, which is one for all requests to a route, and by why it failed."""
    name = fields.text(span.get("name"))
    said = fields.text(fields.mapping(span.get("status")).get("message")) or context.first(attributes, *_REASONS)
    if name is None and said is None:
        return Rejected("a span that says nothing", "an error without name, status message or error.type")
    return msgspec.structs.replace(
        where,
        type=name,
        message=said or name,
        vendor_id=f"{where.trace_id}:{where.span_id}" if where.trace_id and where.span_id else None,
    )
