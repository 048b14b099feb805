"""Laws of a plan: more never needs less, nothing is asked for that can not be had, and every amount says why."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from argus_streams.adapters.planning import kept, load_figures, load_prices
from argus_streams.core.planning.figures import Given, Load
from argus_streams.core.planning.sizing import PARTITIONS, plan
from argus_streams.errors import Malformed

DAY = 86_400.0
BESIDE = {
    "figures": load_figures(None),
    "prices": load_prices(None),
    "kept": kept(),
    "keep_days": 90,
    "dollars_a_day": 5.0,
}
EXAMPLE = Load(rate=10_000, body=2_000, retention=7 * DAY)
loads = st.builds(
    Load,
    rate=st.floats(0.001, 500_000),
    body=st.floats(1, 50_000),
    retention=st.floats(60, 365 * DAY),
    replication=st.integers(1, 9),
    problems=st.integers(1, 10_000_000),
    projects=st.integers(1, 1000),
).filter(lambda load: load.rate * max(1, load.body / 1000) < 1_000_000)
GROWS_WITH = {
    "rate": ("normalize", "correlate", "store", "partitions", "Kafka, disk", "Postgres, disk", "all but models"),
    "body": ("normalize", "Kafka, disk", "Kafka, sent", "Postgres, disk", "all but models"),
    "retention": ("Kafka, inputs", "Kafka, disk", "all but models"),
    "replication": ("Kafka, disk", "Kafka, written", "Kafka, sent", "Kafka, CPU", "all but models"),
    "problems": ("state volume",),
    "projects": ("models, at most",),
}  # fmt: skip


def planned(load):
    return plan(Given(load=load, **BESIDE))


@given(load=loads)
@pytest.mark.parametrize("name", GROWS_WITH)
def test_more_never_needs_less(name, load):
    more = structs.replace(
        load, **{name: min(9, load.replication + 1) if name == "replication" else getattr(load, name) * 2}
    )
    less, greater = planned(load), planned(more)
    assert all(less.line(line).amount <= greater.line(line).amount * (1 + 1e-9) for line in GROWS_WITH[name])


@given(load=loads)
def test_no_role_has_more_workers_than_there_are_partitions(load):
    found = planned(load)
    assert max(found.workers.values()) <= found.partitions <= PARTITIONS[1]
    assert min(found.workers.values()) >= 2


@given(load=loads)
def test_an_hours_outage_is_worked_off_within_three(load):
    assert 0 < planned(load).line("catching up").amount < 3


@given(load=loads)
def test_every_amount_is_a_number_with_a_unit_and_a_reason(load):
    found = planned(load)
    names = [line.name for line in (*found.lines, *found.money)]
    assert len(set(names)) == len(names)
    for line in (*found.lines, *found.money):
        assert 0 <= line.amount < inf, line
        assert line.unit
        assert line.reason


@pytest.mark.parametrize("name", ["rate", "body", "retention"])
@pytest.mark.parametrize("value", [0, -1, nan, inf, 1e12])
def test_a_number_that_no_load_has_is_named(name, value):
    with pytest.raises(Malformed, match=f"{name} is"):
        planned(structs.replace(EXAMPLE, **{name: value}))


@pytest.mark.parametrize(
    ("name", "value"), [("replication", 0), ("replication", 10), ("problems", 0), ("projects", -1)]
)
def test_a_count_that_can_not_be_is_named(name, value):
    with pytest.raises(Malformed, match=f"{name} is {value}"):
        planned(structs.replace(EXAMPLE, **{name: value}))


def test_a_load_for_which_no_topic_has_partitions_is_refused_with_what_to_do():
    with pytest.raises(Malformed, match="1,024 partitions at most: divide the producers"):
        planned(structs.replace(EXAMPLE, rate=9e6))


def test_the_money_is_the_sum_of_its_lines():
    found = planned(EXAMPLE)
    *parts, total = found.money
    assert total.amount == pytest.approx(sum(line.amount for line in parts))


def test_the_example_prices_are_said_to_be_examples():
    assert all("example prices" in line.reason for line in planned(EXAMPLE).money[:-1])


def test_every_figure_says_by_what_it_was_measured_and_when():
    figures = BESIDE["figures"]
    for figure in (figures.body, figures.state, figures.topics, *figures.cpu.values(), *figures.rows.values()):
        assert figure.by.startswith(("argus bench", "python benchmarks/"))
        assert figure.day.year >= 2026
