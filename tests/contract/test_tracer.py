"""What every tracer promises, in memory and to a collector."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from otlp_receiver import receiver
from processes import comes_true
from prometheus_client import CollectorRegistry

from argus_streams.adapters.memory_traces import MemoryTracer
from argus_streams.adapters.otlp import QUEUE, Collector, OtlpTracer
from argus_streams.core.tracing import Context, Span
from argus_streams.ports.tracing import Tracer

PARENT = Context("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
OTHER = Context("a" * 32, "b" * 16)


class Traced(NamedTuple):
    """A tracer; what has arrived of it: (name, trace, span, parent, links, attributes, error); what was refused."""

    tracer: Tracer
    arrived: Callable
    beyond: Callable


def span(number=1, **fields):
    context = Context(PARENT.trace_id, f"{number:016x}")
    return Span(**({"name": "normalize", "context": context, "parent": PARENT} | fields))


def told(each):
    context, parent = each.context, each.parent
    links = tuple((link.trace_id, link.span_id) for link in each.links)
    return (each.name, each.kind, context.trace_id, context.span_id, parent.span_id, links, each.attributes, each.error)


@contextmanager
def in_memory():
    tracer = MemoryTracer()
    yield Traced(tracer, lambda: [told(each) for each in tracer.spans], lambda: tracer.beyond)


@contextmanager
def to_a_collector():
    registry = CollectorRegistry()
    with receiver() as up:
        tracer = OtlpTracer(Collector(up.endpoint, "api-key=a%20b", {"service.name": "argus"}), registry)

        def arrived():
            wanted = registry.get_sample_value("argus_spans_total", {"outcome": "sent"}) or 0
            assert len(up.spans) == wanted
            return [
                (each.name, each.kind, each.trace_id, each.span_id, each.parent_id, each.links,
                 {key: value for key, value in each.attributes.items() if key != "error.type"}, each.error)
                for each in up.spans
            ]  # fmt: skip

        yield Traced(tracer, arrived, lambda: registry.get_sample_value("argus_untraced_records_total"))
        tracer.close()


@pytest.fixture(params=[in_memory, to_a_collector])
def traced(request):
    with request.param() as found:
        yield found


def test_spans_arrive_as_they_were_told(traced):
    spans = [
        span(1, attributes={"argus.count": 3, "argus.project": "shop", "argus.fingerprints": ("v1:a", "v1:b")}),
        span(2, name="sighting", kind="create", links=(OTHER,)),
        span(3, name="store", error="unknown project"),
    ]
    traced.tracer.record(spans, 0.25)
    traced.tracer.close()
    assert traced.arrived() == [told(each) for each in spans]


def test_what_waits_is_handed_on_at_the_end_and_what_comes_later_is_dropped(traced):
    traced.tracer.record([span(1)], 0.1)
    traced.tracer.close()
    traced.tracer.record([span(2)], 0.1)
    assert [each[3] for each in traced.arrived()] == [f"{1:016x}"]


def test_what_is_beyond_the_bound_is_counted(traced):
    for count in (3, 4):
        traced.tracer.refused(count)
    assert traced.beyond() == 7


# -- a collector alone ------------------------------------------------------------------------------------------------


def tracer_to(endpoint, registry):
    return OtlpTracer(Collector(endpoint, "", {}), registry)


def count(registry, outcome):
    return registry.get_sample_value("argus_spans_total", {"outcome": outcome}) or 0


def test_a_span_lasts_as_long_as_its_turn_and_says_who_tells_it():
    with receiver() as up:
        collector = Collector(up.endpoint + "/", "api-key=a%20b,x=1", {"service.name": "argus", "argus.role": "store"})
        tracer = OtlpTracer(collector, CollectorRegistry())
        tracer.record([span()], 0.25)
        tracer.close()
        (arrived,) = up.spans
        ((path, headers),) = up.headers
    assert arrived.nanoseconds == 250_000_000
    assert arrived.resource == {"service.name": "argus", "argus.role": "store"}
    assert path == "/v1/traces"
    assert headers["api-key"] == "a b"


def test_what_a_collector_does_not_take_is_counted_and_said_once(caplog):
    registry = CollectorRegistry()
    with receiver() as up:
        up.status = 400
        tracer = tracer_to(up.endpoint, registry)
        for number in range(3):
            tracer.record([span(number + 1)] * 600, 0.1)  # a batch is 512
        assert comes_true(lambda: count(registry, "failed") >= 512, 5)
        up.status = 200
        tracer.close()
        assert count(registry, "failed") + count(registry, "sent") == 1800
        assert count(registry, "sent") == len(up.spans)
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == f"traces can not be sent to {up.endpoint}: they are dropped until it takes them"
    assert len([line for line in lines if "can not be sent" in line]) == 1


def test_a_collector_that_is_away_holds_nothing_up_and_what_waits_for_it_is_bounded():
    registry = CollectorRegistry()
    tracer = tracer_to("http://127.0.0.1:9", registry)  # nobody listens there
    for _ in range(20):
        tracer.record([span()] * 1_000, 0.1)
    assert 10_000 < count(registry, "dropped") <= 20_000 - QUEUE
    tracer.close()
