"""Faust as its manual tells: a table, and a send for each event."""

import faust
import orjson
from work import Order, Stopwatch, order


def application(told: Order) -> faust.App:
    """An app with one agent."""
    app = faust.App(
        told.group,
        broker=f"kafka://{told.bootstrap}",
        datadir=told.folder,
        web_enabled=False,
        topic_disable_leader=True,
        topic_partitions=told.partitions,
    )
    raw = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    source, sink = app.topic(told.source, **raw), app.topic(told.sink, **raw)
    changelog = app.topic(told.changelog, key_type=str, value_type=int, partitions=told.partitions, compacting=True)
    counts = app.Table("counts", default=int, partitions=told.partitions, changelog_topic=changelog)
    stopwatch = Stopwatch(told.folder)

    async def counting(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            stopwatch.begin()
            fingerprint = orjson.loads(event.value)["fingerprint"]
            counts[fingerprint] += 1
            await sink.send(key=event.key, value=event.value)

    app.agent(source)(counting)
    return app


def main(told: Order) -> None:
    """Work until SIGTERM; at log level `warn`, its default, Faust is slower still."""
    faust.Worker(application(told), loglevel="INFO").execute_from_commandline()


if __name__ == "__main__":
    main(order())
