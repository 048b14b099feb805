"""Whom the spans of one request call: by what a client's span says of the server, and by spans of other services below.

https://opentelemetry.io/docs/specs/semconv/general/attributes/#server-client-and-shared-network-attributes
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from argus_streams.core import fields, tagged
from argus_streams.core.events import Event, Item
from argus_streams.sources.otlp import context, values
from argus_streams.sources.otlp.context import Told

CALLING = (3, 4, "3", "4", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER")
_PEER = ("service.peer.name", tagged.PEER, "server.address", "net.peer.name")  # the newest name first

_Key = tuple[str | None, str | None]  # ids of trace and span


class _Span(NamedTuple):
    """As much of a span as tells who calls whom."""

    parent: _Key
    service: str | None
    calls: bool
    names: dict[str, None]  # whom it calls


def with_peers(items: Iterable[Item], spans: Iterable[Told]) -> list[Item]:
    """The items, where they are events with those whom their spans call."""
    called = _called(spans)
    return [_with(item, called) if isinstance(item, Event) else item for item in items]


def _with(event: Event, called: Mapping[_Key, _Span]) -> Event:
    span = called.get((event.trace_id, event.span_id))
    names = [name for name in span.names if name != event.service] if span else ()
    return msgspec.structs.replace(event, tags=tagged.with_peers(event.tags, names)) if names else event


def _called(spans: Iterable[Told]) -> Mapping[_Key, _Span]:
    found = dict(_span(fields.mapping(told.record), told.resource) for told in spans)
    for span in found.values():
        parent = found.get(span.parent)
        if parent is not None and span.service and span.service != parent.service:
            parent.names[span.service] = None
    for span in found.values():  # between a request and the service that it calls lies the span of the call
        parent = found.get(span.parent)
        if parent is not None and span.calls:
            parent.names.update(span.names)
    return found


def _span(told: Mapping[str, object], resource: Mapping[str, str]) -> tuple[_Key, _Span]:
    trace, calls = context.identifier(told.get("traceId")), told.get("kind") in CALLING
    peer = context.first(values.attributes(told.get("attributes")), *_PEER) if calls else None
    names: dict[str, None] = {} if peer is None else {peer: None}
    parent = (trace, context.identifier(told.get("parentSpanId")))
    return (trace, context.identifier(told.get("spanId"))), _Span(parent, resource.get("service.name"), calls, names)
