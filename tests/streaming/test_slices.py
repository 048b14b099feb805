"""Chunks of one partition that a turn takes together."""

from argus_streams.streaming.agent import Slice, joined


def piece(partition, *records, expired=None, topic="in"):
    return Slice(topic, f"id of {topic}", partition, list(records), expired)


def test_chunks_of_one_partition_are_one_slice_in_their_order():
    assert joined([piece(0, 1, 2), piece(1, 7), piece(0, 3)]) == [piece(0, 1, 2, 3), piece(1, 7)]


def test_the_same_partition_of_another_topic_is_another_slice():
    assert joined([piece(0, 1), piece(0, 2, topic="other")]) == [piece(0, 1), piece(0, 2, topic="other")]


def test_records_that_expired_are_told_before_the_slice_that_follows_them():
    told = joined([piece(0, 1), piece(0, 9, expired=(2, 9)), piece(0, 10)])
    assert told == [piece(0, 1), piece(0, 9, 10, expired=(2, 9))]
