"""What a worker counts, as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from typing import Any

from prometheus_client import CollectorRegistry

from argus_streams.metric import Metric

LOOKED_AT = Metric(
    "argus_bodies_looked_at",
    "counter",
    "Bodies whose fields were compared with those that their sender is known to send.",
    ("source",),
)
UNKNOWN = Metric(
    "argus_unknown_fields",
    "counter",
    "Bodies among them with a field that no version of this program has seen; path: which.",
    ("source", "path"),
)

ALL = (LOOKED_AT, UNKNOWN)


class PrometheusFields:
    """``ports.FieldCounter`` as metrics of this registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._looked_at: Any = LOOKED_AT.made(registry)
        self._unknown: Any = UNKNOWN.made(registry)

    def looked_at(self, source: str) -> None:
        self._looked_at.labels(source).inc()

    def unknown(self, source: str, path: str) -> None:
        self._unknown.labels(source, path).inc()
