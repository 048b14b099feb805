"""What a plan costs a month, by a price file."""

from collections.abc import Iterator, Sequence

from argus_streams.core.planning.databases import MONTH, REDIS_GIB
from argus_streams.core.planning.figures import Given, Line
from argus_streams.core.planning.kafka import MB
from argus_streams.core.planning.pace import DAY, GIB


def money(given: Given, lines: Sequence[Line], volumes: float) -> Iterator[Line]:
    """A line for each thing that has a price, and their sum; ``volumes`` are GiB of state on workers' disks."""
    prices, copies = given.prices, given.load.replication - 1
    amounts = {line.name: line.amount for line in lines}
    unit = f"{prices.currency} a month"
    of = f"{'example prices' if prices.example else 'prices'} of {prices.as_of}"
    cores = sum(amounts[name] for name in ("CPU of workers", "Kafka, CPU", "Postgres, CPU"))
    copied = amounts["Kafka, written"] * MB * DAY * MONTH / GIB * copies / given.load.replication
    each = {
        "CPU": (cores, "cores", prices.core),
        "memory": (amounts["memory of workers"] + REDIS_GIB, "GiB of workers and Redis", prices.memory),
        "Kafka's disk": (amounts["Kafka, disk"] + volumes, "GiB, state volumes too", prices.disk),
        "Postgres' disk": (amounts["Postgres, disk"], "GiB", prices.database),
        "network between brokers": (copied, "GiB", prices.network),
    }
    for name, (amount, what, price) in each.items():
        yield Line(name, amount * price, unit, f"{amount:,.1f} {what} x {price:g}, {of}")
    total = sum(amount * price for amount, _, price in each.values())
    yield Line("all but models", total, unit, "of the lines above; memory of brokers and database is not in it")
