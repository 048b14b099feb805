"""quixstreams: state in RocksDB with its changelog (`changelog`), or none (`stateless`)."""

from typing import Any

import orjson
from quixstreams import Application, State
from work import PRODUCER, Order, Stopwatch, order

OWN = {"enable.idempotence": True}  # quixstreams sets what of the rest it does not want to be told


def main(told: Order) -> None:
    """Work until SIGTERM."""
    app = Application(
        broker_address=told.bootstrap,
        consumer_group=told.group,
        auto_offset_reset="earliest",
        state_dir=str(told.folder / "state"),
        commit_interval=1.0,
        producer_extra_config={**PRODUCER, **OWN},
        loglevel="WARNING",
    )
    source = app.topic(told.source, key_deserializer="bytes", value_deserializer="bytes")
    sink = app.topic(told.sink, key_serializer="bytes", value_serializer="bytes")
    stopwatch = Stopwatch(told.folder)

    def count(value: bytes, state: State) -> bytes:
        stopwatch.begin()
        orjson.loads(value)
        state.set("count", (state.get("count") or 0) + 1)
        return value

    def pass_on(value: bytes) -> Any:
        stopwatch.begin()
        orjson.loads(value)
        return value

    frame = app.dataframe(source)
    frame = frame.apply(count, stateful=True) if told.variant == "changelog" else frame.apply(pass_on)
    frame.to_topic(sink)
    app.run()


if __name__ == "__main__":
    main(order())
