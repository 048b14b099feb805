"""OpenTelemetry logs as OTLP/JSON, and Grafana Faro's browser payloads, which tell the same in their own shape.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

from collections.abc import Sequence

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed
from argus_streams.sources.otlp import faro, logs


def read(body: Body) -> Sequence[Item]:
    """An item for each log record; for Faro, its exceptions and then its logs."""
    told = fields.decode(body.value)
    if not isinstance(told, dict):
        raise Malformed("not an object", f"an export request is a JSON object, this is a {type(told).__name__}")
    if "resourceLogs" in told:
        items = logs.records(told)
    elif "meta" in told and isinstance(told["meta"], dict):
        items = faro.items(told)
    elif "resourceSpans" in told:
        return (Ignored("spans are not read yet"),)
    elif "resourceMetrics" in told:
        return (Ignored("metrics tell no occurrence"),)
    else:
        raise Malformed("no telemetry", "none of resourceLogs, resourceSpans, resourceMetrics, or Faro's meta")
    return items or (Ignored("no log record in it"),)


SOURCE = Source("otlp", "OpenTelemetry logs (OTLP/JSON) and Grafana Faro payloads", read)
