"""A record that can not be decoded stops nobody, and what nobody can read is declared."""

import pytest
from broker import Topics
from fleet import Fleet
from processes import comes_true
from raw_batches import BAD_NAME, batch, misnamed, produce, summed

pytestmark = pytest.mark.kafka


def test_records_with_headers_that_aiokafka_can_not_read_are_processed_once_like_all_others(kafka, tmp_path):
    with Fleet(kafka, tmp_path) as fleet:
        fleet.publish(400)
        produce(kafka, fleet.input, 0, misnamed(b"one", b"two"))
        produce(kafka, fleet.input, 2, misnamed(b"three", key=b"key-2"))
        fleet.publish(400)
        produce(kafka, fleet.input, 0, misnamed(b"four"))
        worker = fleet.start()
        assert fleet.drained(20), worker.log
        fleet.publish(400)
        produce(kafka, fleet.input, 1, misnamed(b"five", key=b"key-1"))
        assert fleet.drained(20), worker.log
        assert worker.ready
        assert fleet.counted() == fleet.published()
        assert fleet.forwarded() == dict.fromkeys(fleet.places(), 1)
        assert worker.terminate()[0] == 0


@pytest.mark.long
def test_bytes_that_are_damaged_on_the_broker_s_disk_hold_their_partition_alone_and_are_declared(new_broker, tmp_path):
    folder = tmp_path / "broker"
    broker = new_broker(folder)
    with Fleet(broker.bootstrap, tmp_path) as fleet:
        fleet.publish(40)
        produce(broker.bootstrap, fleet.input, 0, batch([(b"key-0", b"to be damaged", [])]))
        fleet.publish(40)
        broker.halt()
        damage(folder / "data" / f"{fleet.input}-0", b"to be damaged")
        broker.start()

        worker = fleet.start()
        before = fleet.places() - {(0, offset) for offset in range(10, 21)}
        assert comes_true(lambda: set(fleet.forwarded()) == before, 20), worker.log
        status, body = worker.probe("/readyz")
        assert (status, worker.probe("/livez")[0]) == (503, 200)
        assert body["obstacles"] == [f"unreadable: {fleet.input}/0 at offset 10: its checksum is wrong"]

        fleet.topics.cut(fleet.input, 0, 11)  # what an operator does when no replica has sound bytes
        assert comes_true(lambda: fleet.forwarded() == dict.fromkeys(before | fleet.places(), 1), 30), worker.log
        assert worker.ready
        assert worker.terminate()[0] == 0


def damage(folder, text):
    for log in folder.glob("*.log"):
        data = log.read_bytes()
        if text in data:
            log.write_bytes(data.replace(text, text.upper()))
            return
    raise FileNotFoundError(folder)


REFUSED = {
    "a codec that there is not": lambda: with_bytes(21, b"\0\7"),
    "a wrong checksum": lambda: with_bytes(17, b"\1\2\3\4", again=False),
    "a negative number of headers": lambda: with_bytes(-1, b"\1"),
    "more records than there are": lambda: with_bytes(57, b"\0\0\0\2"),
    "bytes behind its records": lambda: with_bytes(8, (len(plain()) - 10).to_bytes(4, "big"), behind=b"\0\0"),
}


def plain():
    return batch([(b"k", b"value", [])])


def with_bytes(at, value, *, again=True, behind=b""):
    data = bytearray(plain())
    at %= len(data)
    data[at : at + len(value)] = value
    return summed(bytes(data) + behind) if again else bytes(data)


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_the_broker_keeps_out_a_batch_with(kafka, make):
    """Why such batches can only come from a damaged disk."""
    topics = Topics(kafka)
    assert produce(kafka, topics.make("in"), 0, make()) != 0


def test_the_broker_keeps_what_is_right_but_for_a_header_s_name(kafka):
    topics = Topics(kafka)
    assert BAD_NAME in misnamed(b"value")
    assert produce(kafka, topics.make("in"), 0, misnamed(b"value")) == 0
