"""Faust's own restore of a table from a changelog; ends when the table is whole, and tells how many keys."""

import os

import faust
from work import Order, Stopwatch, order

RECOVERED = "recovered"


def main(told: Order) -> None:
    """Recover; the file `recovered` in the folder holds the number of keys."""
    app = faust.App(
        told.group,
        broker=f"kafka://{told.bootstrap}",
        datadir=told.folder,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
    )
    raw = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    source, changelog = app.topic(told.source, **raw), app.topic(told.changelog, **raw)
    table = app.Table("groups", partitions=told.partitions, changelog_topic=changelog, key_type=bytes, value_type=bytes)
    Stopwatch(told.folder).begin()

    @table.on_recover
    async def done() -> None:
        if table:
            (told.folder / RECOVERED).write_text(str(len(table)))
            os._exit(0)

    async def nothing(stream: faust.StreamT[bytes]) -> None:
        async for _ in stream:
            table.get(b"")

    app.agent(source)(nothing)
    faust.Worker(app, loglevel="INFO").execute_from_commandline()


if __name__ == "__main__":
    main(order())
