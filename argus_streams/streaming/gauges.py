"""What is looked up at the moment somebody asks for metrics: no work where nobody does."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from argus_streams.metric import Metric as OurMetric
from argus_streams.streaming import metrics
from argus_streams.streaming.health import WORDS, Health
from argus_streams.streaming.position import Partition, Position
from argus_streams.streaming.table import Table

Labels = tuple[str, ...]
Samples = Mapping[Labels, float]


class Sources(NamedTuple):
    """Where the values are found."""

    health: Health
    position: Position
    queue: Callable[[], int]  # of the producer that forwards, in records
    salvaged: Callable[[], int]  # batches
    table: Callable[[], Table | None]  # its state, once there is one
    build: Labels  # version and consumer group


def show(registry: CollectorRegistry, sources: Sources) -> None:
    """Let this registry tell what is looked up of a worker, and of its process."""
    ProcessCollector(registry=registry)
    registry.register(Gauges(sources))


class Gauges(Collector):
    """The metrics of a worker that are looked up."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def describe(self) -> Iterable[Metric]:
        """All of them, without values: nothing has to be looked up to register them."""
        return [_family(metric, {}) for metric in metrics.PULLED]

    def collect(self) -> Iterator[Metric]:
        """All of them, as they are now."""
        found = {**self._engine(), **self._waits(), **self._state()}
        for metric in metrics.PULLED:
            if metric in found:
                yield _family(metric, found[metric])

    def _engine(self) -> Mapping[OurMetric, Samples]:
        health, position = self._sources.health, self._sources.position
        topics = {tp.topic for tp in position.held()} | position.expired.keys()
        return {
            metrics.BUILD: {self._sources.build: 1},
            metrics.READY: {(): float(not health.obstacles())},
            metrics.PARTITIONS: {(): health.partitions},
            metrics.ALL_PARTITIONS: {} if health.inputs is None else {(): health.inputs},
            metrics.REBALANCES: {(): health.rebalances},
            metrics.LAG: _by_partition(position.lag()),
            metrics.HEADROOM: _by_partition(position.headroom()),
            metrics.COMMIT_AGE: {(): health.commit_age()},
            metrics.HOLES: {("repaired",): position.repaired, ("real",): position.gaps},
            metrics.EXPIRED: {(topic,): position.expired[topic] for topic in topics},
            metrics.SALVAGED: {(): self._sources.salvaged()},
            metrics.QUEUE: {(): self._queue()},
        }

    def _queue(self) -> int:
        table = self._sources.table()
        return self._sources.queue() + (0 if table is None else table.waiting())

    def _waits(self) -> Mapping[OurMetric, Samples]:
        health = self._sources.health
        held = health.held()
        return {
            metrics.HOLDING: {(cause,): float(cause in health.waits) for cause in WORDS},
            metrics.HOLDS: {(cause,): health.holds[cause] for cause in WORDS},
            metrics.HELD: {(cause,): seconds for cause, seconds in held.items()},
        }

    def _state(self) -> Mapping[OurMetric, Samples]:
        table = self._sources.table()
        if table is None:
            return {}
        recovery, size = table.recovery, table.size()
        found: dict[OurMetric, Samples] = {
            metrics.RECOVERY_DONE: {(): recovery.done},
            metrics.RECOVERY_ALL: {(): recovery.all},
            metrics.RECOVERY_TIME: {(): recovery.seconds()},
            metrics.OVERWRITTEN: {(): table.overwritten},
            metrics.KEYS: {(): size.keys},
        }
        told = {
            metrics.STATE_BYTES: size.disk,
            metrics.STATE_MEMORY: size.memory,
            metrics.STATE_FREE: size.free,
            metrics.STATE_ROOM: size.room,
        }
        return found | {metric: {(): value} for metric, value in told.items() if value is not None}


def _by_partition(offsets: Mapping[Partition, int]) -> Samples:
    return {(tp.topic, str(tp.partition)): number for tp, number in offsets.items()}


def _family(metric: OurMetric, samples: Samples) -> Metric:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.about, labels=metric.labels)
    for labels, value in samples.items():
        family.add_metric(labels, value)
    return family
