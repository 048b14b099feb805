"""Kafka's record batches (format v2), read by ourselves where aiokafka gives up: a header's name is any bytes there.

https://kafka.apache.org/documentation/#recordbatch
"""

import struct
from collections.abc import Iterator, Sequence

from aiokafka.record.default_records import _DefaultRecordBatchPy as Batch
from aiokafka.record.util import decode_varint
from aiokafka.structs import ConsumerRecord, TopicPartition

from argus_streams.errors import ArgusError

_BEFORE = struct.Struct(">qi")  # offset of a batch's first record, and how many bytes follow


class Unreadable(ArgusError):  # noqa: N818 - what it is
    """These bytes are not what a sender made; others may be found where the batch is kept again."""


def batch_at(data: bytes, offset: int) -> Batch:
    """Of what one fetch brought the batch that holds ``offset``, or begins behind it.

    Raises ``Unreadable`` when there is none.
    """
    at = 0
    while at + _BEFORE.size <= len(data):
        _, length = _BEFORE.unpack_from(data, at)
        end = at + _BEFORE.size + length
        if length < 0 or end > len(data):
            break
        batch = Batch(data[at:end])
        if batch.next_offset > offset:
            return batch
        at = end
    raise Unreadable("no whole batch holds it")


def records(batch: Batch, tp: TopicPartition) -> Iterator[ConsumerRecord]:
    """All records of a batch; bytes of a header's name that are no UTF-8 are replaced.

    Raises ``Unreadable`` where the batch is not what its sender made, and whatever its codec raises.
    """
    if not batch.validate_crc():
        raise Unreadable("its checksum is wrong")
    iter(batch)  # unpacks it
    buffer, at = bytes(batch._buffer), batch._pos  # noqa: SLF001 - it has no other way to its bytes
    for _ in range(batch._num_records):  # noqa: SLF001
        length, at = decode_varint(buffer, at)
        yield _record(batch, tp, buffer[at : at + length])
        at += length


def _record(batch: Batch, tp: TopicPartition, data: bytes) -> ConsumerRecord:
    since, at = decode_varint(data, 1)  # the first byte holds attributes, none of which is in use
    behind, at = decode_varint(data, at)
    key, at = _bytes(data, at)
    value, at = _bytes(data, at)
    logged = batch.timestamp_type == Batch.LOG_APPEND_TIME
    return ConsumerRecord(
        tp.topic, tp.partition, batch.base_offset + behind,
        batch.max_timestamp if logged else batch.first_timestamp + since, batch.timestamp_type,
        key, value, None, -1 if key is None else len(key), -1 if value is None else len(value),
        _headers(data, at),
    )  # fmt: skip


def _headers(data: bytes, at: int) -> Sequence[tuple[str, bytes | None]]:
    count, at = decode_varint(data, at)
    headers = []
    for _ in range(count):
        name, at = _bytes(data, at)
        value, at = _bytes(data, at)
        headers.append(((name or b"").decode("utf-8", "replace"), value))
    return tuple(headers)


def _bytes(data: bytes, at: int) -> tuple[bytes | None, int]:
    length, at = decode_varint(data, at)
    return (data[at : at + length], at + length) if length >= 0 else (None, at)
