"""What is counted of records that were written: told by the records themselves, never event by event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from argus_streams.agents.tallies import ALL, tallies
from argus_streams.agents.wire import Topics, ledger_of
from argus_streams.core.ledger import OF_BODIES, OF_EVENTS, Entry
from argus_streams.streaming.meter import Meter
from argus_streams.streaming.producer import Outgoing

TOPICS = Topics.under("argus.")


def counted(records, role="normalize"):
    registry = CollectorRegistry()
    Meter(registry, None, tallies(TOPICS, role)).written(records)

    def value(name, **labels):
        return registry.get_sample_value(name, labels)

    return value


def test_each_outcome_of_bodies_and_items_is_counted_by_its_stage():
    told = [
        *(Entry("shop", "normalised", "", offset, events=3) for offset in (1, 2, 5)),
        *(Entry("shop", "rejected", "not an event", 1, index) for index in (0, 1)),
        Entry("shop", "ignored", "a star", 3),
        Entry("other", "ignored", "a push", 4),
    ]
    value = counted(ledger_of(TOPICS, "normalize", "id", 0, "v1", told))
    outcomes = {each: value("argus_outcomes_total", stage="normalize", outcome=each) for each in OF_BODIES}
    assert outcomes == {"normalised": 3, "ignored": 2, "dead": 0, "expired": 0}
    assert value("argus_outcomes_total", stage="normalize", outcome="rejected") == 2


@given(st.dictionaries(st.tuples(st.integers(0, 40), st.integers(0, 5)), st.sampled_from(sorted(OF_EVENTS))))
def test_as_many_events_are_counted_as_the_ledger_was_told(told):
    entries = [Entry("shop", outcome, "", offset, index) for (offset, index), outcome in told.items()]
    value = counted(ledger_of(TOPICS, "group", "id", 0, "v1", entries), "correlate")
    for outcome in OF_EVENTS:
        assert value("argus_outcomes_total", stage="group", outcome=outcome) == list(told.values()).count(outcome)


@pytest.mark.parametrize(
    ("topic", "value", "name", "labels"),
    [
        (
            TOPICS.signals,
            b'{"project":"shop","kind":"group_new","title":"x"}',
            "argus_signals_total",
            {"kind": "group_new"},
        ),
        (
            TOPICS.correlated,
            b'{"incident":"i-1","status":"open"}',
            "argus_incident_snapshots_total",
            {"status": "open"},
        ),
    ],
)
def test_a_record_is_counted_by_what_it_is(topic, value, name, labels):
    assert counted([Outgoing(topic, b"shop", value)] * 2)(name, **labels) == 2


def test_every_tally_has_a_metric_that_says_what_it_tells():
    assert {tally.metric for tally in tallies(TOPICS, "store")} == set(ALL)
    assert all(metric.about.endswith(".") for metric in ALL)


def test_what_a_role_may_tell_begins_at_nought_and_what_it_never_tells_is_not_shown():
    of_bodies, of_groups = counted([]), counted([], "correlate")
    assert of_bodies("argus_outcomes_total", stage="normalize", outcome="dead") == 0
    assert of_bodies("argus_signals_total", kind="deploy") == 0
    assert of_bodies("argus_signals_total", kind="group_new") is None
    assert of_groups("argus_signals_total", kind="group_regressed") == 0
    assert of_groups("argus_outcomes_total", stage="normalize", outcome="dead") is None
    assert of_groups("argus_incident_snapshots_total", status="open") == 0
