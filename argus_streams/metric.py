"""One metric with its meaning and unit, for Prometheus and for docs/metrics.md.

Names follow https://prometheus.io/docs/practices/naming/. Labels are few and bounded: topics, partitions, fixed words.
"""

from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0)

Kind = Literal["counter", "gauge", "histogram"]


class Metric(NamedTuple):
    """One metric; a counter's name ends in ``_total`` when it is read."""

    name: str
    kind: Kind
    about: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = SECONDS

    @property
    def read_as(self) -> str:
        """The name that queries use."""
        return f"{self.name}_total" if self.kind == "counter" else self.name

    def made(self, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
        """The instrument, in this registry."""
        match self.kind:
            case "counter":
                return Counter(self.name, self.about, self.labels, registry=registry)
            case "gauge":
                return Gauge(self.name, self.about, self.labels, registry=registry)
            case "histogram":
                return Histogram(self.name, self.about, self.labels, registry=registry, buckets=self.buckets)
