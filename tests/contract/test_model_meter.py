"""What every meter of models promises, in memory and in Prometheus."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from prometheus_client import CollectorRegistry

from argus_streams.adapters import model_metrics
from argus_streams.adapters.memory_models import MemoryModelMeter
from argus_streams.adapters.model_metrics import PrometheusModelMeter
from argus_streams.core.analysis.asking import Usage
from argus_streams.ports import ModelMeter

AT = ("anthropic", "a-model")
USAGE = Usage(input=1, cache_write_5m=20, cache_write_1h=300, cache_read=4000, output=50_000)


class Measured(NamedTuple):
    """A meter, and what it has measured."""

    meter: ModelMeter
    calls: Callable
    tokens: Callable
    dollars: Callable
    answers: Callable
    phase: Callable
    listed: Callable
    unlisted: Callable
    unfit: Callable
    time: Callable


def in_memory():
    meter = MemoryModelMeter()
    return Measured(
        meter,
        calls=lambda ending: meter.calls[*AT, ending],
        tokens=lambda kind: meter.tokens[*AT, kind],
        dollars=lambda: meter.cost[AT] / 1e9,
        answers=lambda: (meter.answers["known"], meter.answers["unknown"], meter.answers["away"]),
        phase=lambda: ("closed", "trying", "open").index(meter.phases["anthropic"]),
        listed=lambda: meter.lists["anthropic"] / 1000,
        unlisted=lambda: meter.unlisted["anthropic"],
        unfit=lambda: meter.unfit[AT],
        time=lambda: sum(meter.times[AT]),
    )


def in_prometheus():
    registry = CollectorRegistry()

    def value(name, **labels):
        return registry.get_sample_value(f"argus_model_{name}", labels) or 0

    def unfit(labels):
        reasons = [reason for reason in ("gone", "retiring") if value("unfit", **labels, reason=reason)]
        assert value("fit", **labels) == (not reasons)
        return reasons[0] if reasons else None

    at = {"provider": "anthropic", "model": "a-model"}
    return Measured(
        PrometheusModelMeter(registry),
        calls=lambda ending: value("calls_total", **at, ending=ending),
        tokens=lambda kind: value("tokens_total", **at, kind=kind),
        dollars=lambda: value("cost_dollars_total", **at),
        answers=lambda: (
            value("answers_total", outcome="known"),
            value("answers_total", outcome="unknown"),
            value("answers_away_total"),
        ),
        phase=lambda: value("breaker", provider="anthropic"),
        listed=lambda: value("list_timestamp_seconds", provider="anthropic"),
        unlisted=lambda: value("list_failures_total", provider="anthropic"),
        unfit=lambda: unfit(at),
        time=lambda: value("call_seconds_sum", **at),
    )


@pytest.fixture(params=[in_memory, in_prometheus])
def measured(request):
    return request.param()


def test_nothing_is_measured_before_anything_was_asked(measured):
    assert (measured.calls("whole"), measured.tokens("input"), measured.dollars()) == (0, 0, 0)
    assert measured.answers() == (0, 0, 0)


def test_calls_are_counted_by_how_they_ended(measured):
    for ended in ("whole", "whole", "truncated", "rate_limited"):
        measured.meter.called(*AT, ended)
    measured.meter.called("bedrock", "a-model", "whole")
    endings = ("whole", "truncated", "rate_limited", "refused")
    assert [measured.calls(ended) for ended in endings] == [2, 1, 1, 0]


def test_every_kind_of_token_is_counted_for_itself(measured):
    for _ in range(2):
        measured.meter.billed(*AT, USAGE, 1)
    kinds = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")
    assert [measured.tokens(kind) for kind in kinds] == [2, 40, 600, 8000, 100_000]


def test_a_bill_is_told_in_dollars(measured):
    for cost in (1_500_000_000, 250_000_000):
        measured.meter.billed(*AT, USAGE, cost)
    assert measured.dollars() == pytest.approx(1.75)


def test_times_are_summed(measured):
    for seconds in (0.25, 1.5):
        measured.meter.took(*AT, seconds)
    assert measured.time() == pytest.approx(1.75)


def test_answers_of_before_are_counted(measured):
    measured.meter.looked_up(known=3, unknown=1)
    measured.meter.looked_up(known=1, unknown=0)
    measured.meter.answers_away()
    assert measured.answers() == (4, 1, 1)


@pytest.mark.parametrize(("phase", "number"), [("closed", 0), ("trying", 1), ("open", 2)])
def test_the_last_phase_is_told(measured, phase, number):
    measured.meter.phase("anthropic", "open")
    measured.meter.phase("anthropic", phase)
    assert measured.phase() == number


def test_the_last_list_is_told_and_those_that_did_not_come_are_counted(measured):
    measured.meter.listed("anthropic", 1_764_201_600_500)
    measured.meter.listed("anthropic", None)
    assert (measured.listed(), measured.unlisted()) == (1_764_201_600.5, 1)


def test_the_last_verdict_on_a_model_is_told(measured):
    verdicts = []
    for verdict in (None, "retiring", "gone", None):
        measured.meter.judged(*AT, verdict)
        verdicts.append(measured.unfit())
    assert verdicts == [None, "retiring", "gone", None]


def test_every_metric_says_what_it_tells_and_has_a_name_of_its_kind():
    assert len({metric.name for metric in model_metrics.ALL}) == len(model_metrics.ALL)
    for metric in model_metrics.ALL:
        assert metric.name.startswith("argus_model_")
        assert metric.about.endswith(".")
        assert not metric.name.endswith(("_total", "_count", "_sum"))
        assert metric.kind != "histogram" or metric.name.endswith("_seconds")
