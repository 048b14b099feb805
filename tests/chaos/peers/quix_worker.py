"""quixstreams: counts records by key in its state, and tells every count. Arguments: bootstrap group input out."""

import sys

from quixstreams import Application, message_context

bootstrap, group, source, sink = sys.argv[1:]
app = Application(
    broker_address=bootstrap,
    consumer_group=group,
    auto_offset_reset="earliest",
    loglevel="WARNING",
    state_dir=f"state-{group}",
    consumer_extra_config={"session.timeout.ms": 10_000, "heartbeat.interval.ms": 3_000},
)


def count(_, state):
    """As its own guide does it."""
    total = state.get("count", 0) + 1
    state.set("count", total)
    context = message_context()
    return f"{context.topic} {context.partition} {context.offset} {total}".encode()


records = app.topic(source, key_deserializer="bytes", value_deserializer="bytes")
told = app.topic(sink, key_serializer="bytes", value_serializer="bytes")
app.dataframe(records).apply(count, stateful=True).to_topic(told)
app.run()
