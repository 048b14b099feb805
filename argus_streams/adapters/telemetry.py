"""What a worker counts, as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from prometheus_client import CollectorRegistry, Counter


class PrometheusFields:
    """``ports.FieldCounter`` as metrics of this registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._looked_at = Counter(
            "argus_bodies_looked_at",
            "Bodies whose fields were compared with those that their sender is known to send.",
            ("source",),
            registry=registry,
        )
        self._unknown = Counter(
            "argus_unknown_fields",
            "Bodies among them with a field that no version of this program has seen; path: which.",
            ("source", "path"),
            registry=registry,
        )

    def looked_at(self, source: str) -> None:
        self._looked_at.labels(source).inc()

    def unknown(self, source: str, path: str) -> None:
        self._unknown.labels(source, path).inc()
