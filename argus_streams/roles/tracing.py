"""Where a worker's traces go, and how many records it follows."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from time import monotonic
from typing import NamedTuple

from prometheus_client import CollectorRegistry

from argus_streams.agents.tracing import Begin, Tracing, untraced
from argus_streams.ports.tracing import Nowhere, Tracer
from argus_streams.settings import Settings

LATER = 4  # times as many records of a later stage: a body is in several of them


class Traces(NamedTuple):
    """What follows records, and what takes their spans."""

    begin: Begin
    tracer: Tracer


@contextmanager
def traces(settings: Settings, role: str, metrics: CollectorRegistry) -> Iterator[Traces]:
    """Traces to the collector that is named; without one nothing of OpenTelemetry is loaded."""
    if settings.otlp_endpoint is None:
        yield Traces(untraced, Nowhere())
        return
    from argus_streams.adapters.otlp import Collector, OtlpTracer  # noqa: PLC0415 - 240 modules, 9 MiB

    headers = settings.otlp_headers
    resource = {
        "service.name": "argus",
        "service.version": version("argus-streams"),
        "service.instance.id": f"{socket.gethostname()}/{os.getpid()}",
        "argus.role": role,
    }
    collector = Collector(settings.otlp_endpoint, "" if headers is None else headers.get_secret_value(), resource)
    tracer = OtlpTracer(collector, metrics)
    limit = settings.traces if role == "normalize" else settings.traces * LATER
    try:
        yield Traces(Tracing(limit, tracer, monotonic).turn, tracer)
    finally:
        tracer.close()
