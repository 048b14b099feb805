"""What every counter of unknown fields promises, in memory and in Prometheus."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from argus_streams.adapters.memory import MemoryFields
from argus_streams.adapters.telemetry import PrometheusFields
from argus_streams.ports import FieldCounter


class Counted(NamedTuple):
    """A counter, and what it has counted."""

    counter: FieldCounter
    bodies: Callable
    fields: Callable


def in_memory():
    counter = MemoryFields()
    return Counted(counter, lambda source: counter.bodies[source], lambda *labels: counter.fields[labels])


def in_prometheus():
    registry = CollectorRegistry()

    def value(name, **labels):
        return registry.get_sample_value(name, labels) or 0

    return Counted(
        PrometheusFields(registry),
        lambda source: value("argus_bodies_looked_at_total", source=source),
        lambda source, path: value("argus_unknown_fields_total", source=source, path=path),
    )


@pytest.fixture(params=[in_memory, in_prometheus])
def counted(request):
    return request.param()


def test_nothing_is_counted_before_anything_was_looked_at(counted):
    assert (counted.bodies("sentry"), counted.fields("sentry", "a.b")) == (0, 0)


def test_bodies_and_fields_are_counted_each_by_its_source_and_path(counted):
    for source in ("sentry", "sentry", "github"):
        counted.counter.looked_at(source)
    for field in (("sentry", "a.b"), ("sentry", "a.b"), ("sentry", "a"), ("github", "a.b")):
        counted.counter.unknown(*field)
    assert [counted.bodies(source) for source in ("sentry", "github", "otlp")] == [2, 1, 0]
    assert [counted.fields("sentry", path) for path in ("a.b", "a", "b")] == [2, 1, 0]
    assert counted.fields("github", "a.b") == 1


def test_any_text_is_a_path(counted):
    path = 'alerts[]."a \\"quoted\\"\\n key".ü'
    counted.counter.unknown("grafana", path)
    assert counted.fields("grafana", path) == 1


def test_prometheus_reads_what_was_counted_in_its_own_format():
    registry = CollectorRegistry()
    counter = PrometheusFields(registry)
    counter.looked_at("sentry")
    counter.unknown("sentry", "exception.foo")
    lines = generate_latest(registry).decode().splitlines()
    assert 'argus_bodies_looked_at_total{source="sentry"} 1.0' in lines
    assert 'argus_unknown_fields_total{path="exception.foo",source="sentry"} 1.0' in lines
