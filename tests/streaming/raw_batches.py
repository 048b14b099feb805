"""Record batches made byte by byte, and put on a broker past every client that would make them well."""

import asyncio
import struct

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import TopicPartition

CRC_AT, SUMMED_FROM = 17, 21
NAME, BAD_NAME = b"name", b"n\xff\xfee"


def batch(records, codec=0, base=0):
    """Bytes of a batch of (key, value, headers)."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 1 << 26)
    for offset, (key, value, headers) in enumerate(records):
        assert builder.append(offset, 1_700_000_000_000 + offset, key, value, headers)
    data = bytearray(builder.build())
    struct.pack_into(">q", data, 0, base)
    return bytes(data)


def summed(data):
    """The batch with a checksum that is right again."""
    return data[:CRC_AT] + struct.pack(">I", calc_crc32c(data[SUMMED_FROM:])) + data[SUMMED_FROM:]


def misnamed(*values, key=b"key-0"):
    """A batch each of whose records has a header whose name is no UTF-8."""
    records = [(key, value, [(NAME.decode(), b"x"), ("project", b"shop")]) for value in values]
    return summed(batch(records).replace(NAME, BAD_NAME))


def produce(bootstrap, topic, partition, data):
    """Put a batch there, as it is; the error code of the broker."""

    async def send():
        client = AIOKafkaClient(bootstrap_servers=bootstrap)
        await client.bootstrap()
        try:
            await client.add_topic(topic)
            leader = client.cluster.leader_for_partition(TopicPartition(topic, partition))
            answer = await client.send(leader, ProduceRequest(None, -1, 10_000, [(topic, [(partition, data)])]))
            return answer.topics[0][1][0][1]
        finally:
            await client.close()

    return asyncio.run(send())
