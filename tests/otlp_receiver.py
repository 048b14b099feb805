"""A collector of OpenTelemetry on loopback: it takes spans by OTLP over HTTP, and keeps them."""

import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

KINDS = {4: "create", 5: "process"}  # producer, consumer


class Received(NamedTuple):
    """One span as it came."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    links: tuple  # of (trace id, span id)
    attributes: dict
    error: str
    nanoseconds: int  # that it took
    resource: dict


class Receiver:
    """What came, by whatever worker."""

    def __init__(self):
        self.spans, self.headers, self.status = [], [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if receiver.status == 200:
                    plain = gzip.decompress(body) if self.headers["content-encoding"] == "gzip" else body
                    receiver.headers.append((self.path, dict(self.headers)))
                    receiver.spans += _read(plain)
                self.send_response(receiver.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *told):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def named(self, name, **attributes):
        """The spans of a name, and with these attributes."""
        wanted = {f"argus.{key}": value for key, value in attributes.items()}.items()
        return [span for span in self.spans if span.name == name and wanted <= span.attributes.items()]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiver():
    """A receiver that is up."""
    up = Receiver()
    try:
        yield up
    finally:
        up.close()


def _read(body):
    request = ExportTraceServiceRequest.FromString(body)
    for of in request.resource_spans:
        resource = {each.key: _value(each.value) for each in of.resource.attributes}
        for span in (span for scope in of.scope_spans for span in scope.spans):
            yield Received(
                name=span.name,
                kind=KINDS[span.kind],
                trace_id=span.trace_id.hex(),
                span_id=span.span_id.hex(),
                parent_id=span.parent_span_id.hex(),
                links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
                attributes={each.key: _value(each.value) for each in span.attributes},
                error=span.status.message if span.status.code == Status.STATUS_CODE_ERROR else "",
                nanoseconds=span.end_time_unix_nano - span.start_time_unix_nano,
                resource=resource,
            )


def _value(value):
    kind = value.WhichOneof("value")
    return tuple(_value(each) for each in value.array_value.values) if kind == "array_value" else getattr(value, kind)
