"""Traces to a collector of OpenTelemetry, by OTLP over HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp.

The SDK's own tracer gives spans random ids, so spans are made here of ours, and the SDK batches and sends them. What it
says of its troubles is said here instead, once.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from time import time_ns
from typing import Any, NamedTuple

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util.re import parse_env_headers
from prometheus_client import CollectorRegistry

from argus_streams.adapters import tracing_metrics as metrics
from argus_streams.core.tracing import Context, Kind, Span

log = logging.getLogger(__name__)

QUEUE = 4_096  # spans that wait for the collector, about 8 MiB; more are dropped
BATCH = 512
DELAY_SECONDS = 2.0
CLOSE_SECONDS = 1.0
KINDS: Mapping[Kind, SpanKind] = {"process": SpanKind.CONSUMER, "create": SpanKind.PRODUCER}
SCOPE = InstrumentationScope("argus_streams")


class Collector(NamedTuple):
    """Where spans go, and who sends them."""

    endpoint: str  # without a path of its own for traces
    headers: str  # as OTEL_EXPORTER_OTLP_HEADERS
    resource: Mapping[str, str]


class OtlpTracer:
    """``ports.tracing.Tracer`` to a collector; while that is away spans are dropped and counted."""

    def __init__(self, collector: Collector, registry: CollectorRegistry) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._made: dict[str, Any] = {metric.name: metric.made(registry) for metric in metrics.ALL}
        exporter = OTLPSpanExporter(
            endpoint=f"{collector.endpoint.rstrip('/')}/v1/traces",
            headers=parse_env_headers(collector.headers, liberal=True),
            compression=Compression.Gzip,
        )
        self._sent = _Counted(exporter, collector.endpoint, self._made[metrics.SPANS.name])
        self._processor = BatchSpanProcessor(self._sent, QUEUE, DELAY_SECONDS * 1000, BATCH)
        self._resource = Resource(dict(collector.resource))

    def record(self, spans: Sequence[Span], took: float) -> None:
        ended = time_ns()
        began = ended - int(took * 1e9)
        for span in spans:
            if self._sent.room():
                self._processor.on_end(_readable(span, self._resource, began, ended))

    def refused(self, count: int) -> None:
        self._made[metrics.REFUSED.name].inc(count)

    def close(self) -> None:
        closing = threading.Thread(target=self._processor.shutdown, daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)


class _Counted(SpanExporter):
    """An exporter, what became of its spans, and how many of them wait."""

    def __init__(self, exporter: SpanExporter, endpoint: str, spans: Any) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._spans = spans
        self._waiting = 0
        self._lock = threading.Lock()  # the event loop adds, the SDK's thread takes away
        self._away = False

    def room(self) -> bool:
        """Take a place in the queue for one span more; without one it is dropped."""
        with self._lock:
            if self._waiting >= QUEUE:
                self._spans.labels("dropped").inc()
                return False
            self._waiting += 1
            return True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        with self._lock:
            self._waiting -= len(spans)
        away = result is not SpanExportResult.SUCCESS
        self._spans.labels("failed" if away else "sent").inc(len(spans))
        if away and not self._away:
            log.warning("traces can not be sent to %s: they are dropped until it takes them", self._endpoint)
        if self._away and not away:
            log.info("traces are sent to %s again", self._endpoint)
        self._away = away
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _readable(span: Span, resource: Resource, began: int, ended: int) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=_context(span.context, remote=False),
        parent=_context(span.parent, remote=True),
        resource=resource,
        attributes={**span.attributes, **({"error.type": span.error} if span.error else {})},
        links=[Link(_context(each, remote=True)) for each in span.links],
        kind=KINDS[span.kind],
        status=Status(StatusCode.ERROR, span.error) if span.error else Status(StatusCode.UNSET),
        start_time=began,
        end_time=ended,
        instrumentation_scope=SCOPE,
    )


def _context(context: Context, *, remote: bool) -> SpanContext:
    return SpanContext(int(context.trace_id, 16), int(context.span_id, 16), remote, TraceFlags(TraceFlags.SAMPLED))
