"""bytewax: state in its recovery store (`recovery`), or in memory alone (`memory`).

Its recovery store is SQLite on this machine, written at the end of each epoch: with 1 s, as often as we commit, it
survives the process as ours does. It does not survive the machine: bytewax writes no changelog to the broker.
"""

from datetime import timedelta

import bytewax.operators as op
import orjson
from bytewax.connectors.kafka import KafkaSinkMessage, KafkaSourceMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import cluster_main
from work import PRODUCER, Order, Stopwatch, order

EPOCH = timedelta(seconds=1)
Told = KafkaSourceMessage[bytes, bytes]


def dataflow(told: Order) -> Dataflow:
    """Read, count, forward."""
    stopwatch = Stopwatch(told.folder)

    def keyed(message: Told) -> tuple[str, Told]:
        stopwatch.begin()
        return orjson.loads(message.value)["fingerprint"], message

    def count(state: int | None, message: Told) -> tuple[int, Told]:
        return (state or 0) + 1, message

    flow = Dataflow("counting")
    read = kop.input("in", flow, brokers=[told.bootstrap], topics=[told.source], tail=False)
    counted = op.stateful_map("count", op.map("key", read.oks, keyed), count)
    made = op.map("out", counted, lambda pair: KafkaSinkMessage(pair[1].key, pair[1].value))
    settings = {name: str(value).lower() for name, value in PRODUCER.items()}
    kop.output("sink", made, brokers=[told.bootstrap], topic=told.sink, add_config=settings)
    return flow


def main(told: Order) -> None:
    """Work until the end of what is there."""
    recovery = None
    if told.variant == "recovery":
        init_db_dir(told.folder, 1)
        recovery = RecoveryConfig(str(told.folder))
    cluster_main(dataflow(told), [], 0, epoch_interval=EPOCH, recovery_config=recovery, worker_count_per_proc=1)


if __name__ == "__main__":
    main(order())
