"""What a load needs of Kafka: disk, network, processors."""

from collections.abc import Iterator, Mapping

from argus_streams.core.planning.figures import Given, Line
from argus_streams.core.planning.pace import DAY, GIB, TARGET, a_core, heavier

CHANGELOG = "groups.changelog"
CARRYING = ("events.normalized", "events.kept", "tests.failed")  # topics whose records hold events
MB = 1e6


def disk(given: Given) -> Iterator[Line]:
    """What brokers keep, all replicas together."""
    load, derived = given.load, _derived(given)
    kept = {each.topic: each.seconds for each in given.kept}
    inputs = load.rate * load.body * load.retention * load.replication / GIB
    yield Line(
        "Kafka, inputs", inputs, "GiB", "rate x bytes x retention x replication; producers that compress need less"
    )
    changelog = load.rate * derived[CHANGELOG] * kept[CHANGELOG] * load.replication / GIB
    yield Line(
        "Kafka, changelog of groups",
        changelog,
        "GiB",
        f"rate x {derived[CHANGELOG]:,.0f} bytes a body x {kept[CHANGELOG] / DAY:g} d, then compacted, x replication",
    )
    rest = sum(size * kept[topic] for topic, size in derived.items() if topic != CHANGELOG)
    total = load.rate * rest * load.replication / GIB
    yield Line("Kafka, other topics", total, "GiB", "rate x bytes a body of each topic x its retention x replication")
    provided = (inputs + changelog + total) / TARGET
    yield Line("Kafka, disk", provided, "GiB", f"all of these, {TARGET:.0%} full")


def traffic(given: Given) -> Iterator[Line]:
    """What brokers write, send and compute, all together."""
    load, derived = given.load, _derived(given)
    written = load.rate * (load.body + sum(derived.values()))
    yield Line(
        "Kafka, written",
        written * load.replication / MB,
        "MB/s",
        "rate x (bytes + bytes a body of all topics) x replication",
    )
    read = load.rate * (load.body + sum(size for topic, size in derived.items() if topic != CHANGELOG))
    sent = (read + written * (load.replication - 1)) / MB
    yield Line("Kafka, sent", sent, "MB/s", "what is read once, and written again to each further replica")
    cores = load.rate * load.replication / a_core(given, "broker") / TARGET
    yield Line(
        "Kafka, CPU",
        cores,
        "cores",
        f"rate x replication over {a_core(given, 'broker'):,.0f} bodies per CPU second, at {TARGET:.0%}",
    )


def _derived(given: Given) -> Mapping[str, float]:
    """Bytes that each topic of ours keeps of a body; those that carry events grow with it."""
    larger = heavier(given)
    found = given.figures.topics.bytes_a_body
    return {topic: size * larger if topic in CARRYING else size for topic, size in found.items()}
