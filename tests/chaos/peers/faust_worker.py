"""Stock Faust: counts records by key in a table, and tells every count. Arguments: bootstrap group input out."""

import sys

import faust

bootstrap, group, source, sink = sys.argv[1:]
sys.argv = [sys.argv[0], "worker", "--loglevel=warn", "--without-web"]
app = faust.App(
    group,
    broker=f"kafka://{bootstrap}",
    store="memory://",
    topic_partitions=8,
    broker_session_timeout=10,
    broker_heartbeat_interval=3,
)
records = app.topic(source, key_serializer="raw", value_serializer="raw")
told = app.topic(sink, key_serializer="raw", value_serializer="raw")
counts = app.Table("counts", default=int, partitions=8)


@app.agent(records)
async def count(stream):
    """As Faust's own guide does it."""
    async for event in stream.events():
        key = event.key.decode()
        counts[key] += 1
        message = event.message
        line = f"{message.topic} {message.partition} {message.offset} {counts[key]}"
        await told.send(key=event.key, value=line.encode())


app.main()
