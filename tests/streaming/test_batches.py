"""A record batch read by ourselves is what aiokafka makes of it, but for names of headers that it can not read."""

import pytest
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.structs import TopicPartition
from hypothesis import given
from hypothesis import strategies as st
from raw_batches import batch, misnamed

from argus_streams.streaming import batches

TP = TopicPartition("in", 0)

some_bytes = st.none() | st.binary(max_size=300)
a_record = st.tuples(some_bytes, some_bytes, st.lists(st.tuples(st.text(max_size=20), some_bytes), max_size=3))


def read(data, offset=0):
    return list(batches.records(batches.batch_at(data, offset), TP))


@given(st.lists(a_record, min_size=1, max_size=5), st.integers(0, 4), st.integers(0, 2**40))
def test_a_batch_is_read_as_aiokafka_reads_it(records, codec, base):
    data = batch(records, codec, base)
    ours = [(r.offset, r.timestamp, r.timestamp_type, r.key, r.value, list(r.headers)) for r in read(data, base)]
    theirs = DefaultRecordBatch(data)
    assert ours == [(r.offset, r.timestamp, r.timestamp_type, r.key, r.value, r.headers) for r in theirs]


def test_a_header_s_name_that_is_no_text_is_replaced_and_all_else_is_whole():
    data = misnamed(b"one", b"two")
    with pytest.raises(UnicodeDecodeError):
        list(DefaultRecordBatch(data))
    first, second = read(data)
    assert (first.key, first.value, first.headers) == (b"key-0", b"one", (("n��e", b"x"), ("project", b"shop")))
    assert (second.offset, second.value) == (1, b"two")


def test_of_several_batches_the_one_that_holds_an_offset_is_taken():
    data = batch([(b"k", b"0", []), (b"k", b"1", [])]) + batch([(b"k", b"2", [])], base=2) + b"the begi"
    assert [[r.value for r in read(data, offset)] for offset in (0, 1, 2)] == [[b"0", b"1"], [b"0", b"1"], [b"2"]]


@pytest.mark.parametrize("cut", [1, 11, 40])
def test_a_batch_that_is_not_whole_is_told(cut):
    with pytest.raises(batches.Unreadable, match="no whole batch"):
        read(batch([(b"k", b"v", [])])[:-cut])


@pytest.mark.parametrize("at", range(21, 80, 7))
def test_a_batch_with_another_byte_than_its_sender_s_is_told(at):
    data = bytearray(batch([(b"k", b"a value", [("name", b"x")])]))
    data[at] ^= 0x40
    with pytest.raises(batches.Unreadable, match="checksum"):
        read(bytes(data))
