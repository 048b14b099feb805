"""OpenTelemetry's logs and spans as OTLP/JSON, and Grafana Faro's browser payloads, the same in their own shape.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

import re
from collections.abc import Sequence
from typing import Any

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed
from argus_streams.sources.otlp import faro, logs, spans

# Each export request begins with its field 1, a message: the byte 0x0a and a length. In JSON the byte is an empty
# line, behind which nothing but white space or the document follows.
_FIRST_FIELD = re.compile(rb"\n[^\s\[{\"]", re.DOTALL)
_SEND_JSON = (
    "this is OTLP in protobuf: send OTLP/JSON (SDKs: OTEL_EXPORTER_OTLP_PROTOCOL=http/json; "
    "Collector: `encoding: json` of otlphttp, `encoding: otlp_json` of kafka)"
)


def read(body: Body) -> Sequence[Item]:
    """An item for each log record or span; for Faro, its exceptions, its logs and then its spans."""
    told = _decoded(body)
    if not isinstance(told, dict):
        raise Malformed("not an object", f"an export request is a JSON object, this is a {type(told).__name__}")
    items: Sequence[Item]
    if "resourceLogs" in told:
        items = logs.records(told) or (Ignored("no log record in it"),)
    elif "meta" in told and isinstance(told["meta"], dict):
        traces = fields.mapping(told.get("traces"))
        items = [*faro.items(told), *spans.records(traces)] or (Ignored("no log record in it"),)
    elif "resourceSpans" in told:
        items = spans.records(told) or (Ignored("no span in it"),)
    elif "resourceMetrics" in told:
        items = (Ignored("metrics tell no occurrence"),)
    else:
        raise Malformed("no telemetry", "none of resourceLogs, resourceSpans, resourceMetrics, or Faro's meta")
    return items


def _decoded(body: Body) -> Any:
    """The JSON of a request; raises ``Malformed`` with what to do where it is protobuf, the SDKs' usual encoding."""
    try:
        return fields.decode(body.value)
    except Malformed as error:
        told = "protobuf" in body.headers.get("content-type", "")
        if body.value and (told or _FIRST_FIELD.match(body.value)):
            raise Malformed("protobuf", _SEND_JSON) from error
        raise


SOURCE = Source("otlp", "OpenTelemetry logs and spans (OTLP/JSON) and Grafana Faro payloads", read)
