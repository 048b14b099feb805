"""What a worker measures: once a turn, in few and bounded series."""

import asyncio

import pytest
from fleet import Fleet
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from rig import OUT, TP, Rig, Taking, filled

from argus_streams.core.events import Origin
from argus_streams.core.tracing import Context
from argus_streams.metric import Metric
from argus_streams.streaming import metrics
from argus_streams.streaming.letter_lines import Example
from argus_streams.streaming.meter import OTHER, REASONS, Letters, Meter, Tally
from argus_streams.streaming.producer import Outgoing


def metered(letters=None, tallies=()):
    registry = CollectorRegistry()
    return Meter(registry, letters, tallies), registry.get_sample_value


def test_what_was_written_is_counted_by_topic_with_its_bytes():
    meter, value = metered()
    meter.written([Outgoing("a", b"key", b"value"), Outgoing("b", None, None), Outgoing("a", b"k", b"v")])
    assert value("argus_records_out_total", {"topic": "a"}) == 2
    assert value("argus_bytes_out_total", {"topic": "a"}) == 10
    assert value("argus_records_out_total", {"topic": "b"}) == 1


def letter(reason):
    return Outgoing("in.dlq", None, b"", [("reason", reason.encode())])


PLACE = Example(Origin("in-id", 3, 17), Context("a" * 32, "b" * 16))
LETTERS = Letters(".dlq", lambda record: ("normalize", dict(record.headers)["reason"].decode()), lambda _record: PLACE)


def test_letters_are_counted_by_stage_and_reason_and_other_records_are_none():
    meter, value = metered(LETTERS)
    meter.written([letter("not JSON"), letter("too large"), letter("not JSON"), Outgoing("in", None, b"")])
    assert value("argus_letters_total", {"stage": "normalize", "reason": "not JSON"}) == 2
    assert value("argus_letters_total", {"stage": "normalize", "reason": "too large"}) == 1


def test_reasons_beyond_those_told_apart_are_one_series():
    meter, value = metered(LETTERS)
    for number in range(REASONS + 5):
        meter.written([letter(f"reason {number}"), letter("reason 0")])
    assert value("argus_letters_total", {"stage": "normalize", "reason": OTHER}) == 5
    assert value("argus_letters_total", {"stage": "normalize", "reason": "reason 0"}) == REASONS + 6


def test_what_the_records_of_a_topic_tell_is_counted_by_labels_and_other_topics_tell_nothing():
    colours = Tally(Metric("argus_colours", "counter", "Colours.", ("colour",)), "paint", lambda r: {(r.value,): 2})
    meter, value = metered(tallies=[colours])
    meter.written([Outgoing("paint", None, "red"), Outgoing("paint", None, "red"), Outgoing("glue", None, "red")])
    assert value("argus_colours_total", {"colour": "red"}) == 4


def test_a_turn_that_holds_is_timed_once_and_its_records_are_counted_once():
    async def scenario():
        agent, registry = Taking(unavailable=1), CollectorRegistry()
        worker = await Rig(filled(5), stateless=agent, metrics=registry).join()
        await worker.deliver_rest()
        return agent.turns, registry.get_sample_value, worker.health

    turns, value, health = asyncio.run(scenario())
    assert len(turns) == 2
    assert value("argus_turn_seconds_count") == 1
    assert value("argus_step_seconds_sum", {"step": "decide"}) > value("argus_step_seconds_sum", {"step": "take"})
    assert value("argus_records_in_total", {"topic": TP.topic}) == 5
    assert value("argus_delay_seconds_count", {"topic": TP.topic}) == 1
    assert value("argus_records_out_total", {"topic": OUT}) == 1
    assert health.holds["outside"] == 1


def test_every_metric_says_what_it_tells_and_has_a_name_of_its_kind():
    everything = (*metrics.PUSHED, *metrics.PULLED)
    assert len({metric.name for metric in everything}) == len(everything)
    for metric in everything:
        assert metric.name.startswith("argus_")
        assert metric.about.endswith(".")
        assert not metric.name.endswith(("_total", "_count", "_sum"))
        assert metric.kind != "histogram" or metric.name.endswith(("_seconds", "_bytes", "_records"))


@pytest.mark.kafka
def test_a_worker_tells_what_it_did_how_far_it_is_and_how_large_it_is(kafka, tmp_path):
    with Fleet(kafka, tmp_path) as fleet:
        fleet.publish(1000)
        worker = fleet.start("state")
        assert fleet.drained(60), worker.log
        told = families(worker)
        assert told.keys() >= {metric.name for metric in (*metrics.PUSHED, *metrics.PULLED)} - {metrics.LETTERS.name}
        assert "process_resident_memory_bytes" in told

        def value(name, **labels):
            found = [s.value for f in told.values() for s in f if s.name == name and labels.items() <= s.labels.items()]
            return sum(found)

        assert value("argus_records_in_total", topic=fleet.input) == 1000
        assert value("argus_records_out_total", topic=fleet.out) == 1000
        assert value("argus_chunk_records_sum") >= 1000
        assert value("argus_turn_seconds_count") == value("argus_step_seconds_count", step="store") >= 1
        assert value("argus_ready") == 1
        assert value("argus_partitions") == 4
        assert value("argus_expired_records_total") == 0
        assert value("argus_delay_seconds_count", topic=fleet.input) >= 1
        assert 0 < value("argus_state_free_bytes") < value("argus_state_room_bytes")
        assert value("argus_build_info", version="", group=fleet.group) == 1
        assert value("argus_lag_records") == 0
        assert value("argus_state_keys") >= 50
        assert value("argus_state_memory_bytes") > 0
        assert value("argus_recovery_done_records") == value("argus_recovery_all_records") == 4  # its own claims
        assert 0 <= value("argus_commit_age_seconds") < 60


def families(worker):
    return {family.name: family.samples for family in text_string_to_metric_families(worker.text("/metrics"))}
