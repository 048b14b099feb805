"""What a body leaves behind: bytes in each topic on the broker's disk, and in Postgres.

    python benchmarks/volume.py [--warm S] [--seconds S] [--rate N] [--partitions N] [--seed N]

Bodies of `traffic.py` are published at a steady rate beside every role but ANALYZE, so that batches are as in a
deployment that keeps up. What the first ones leave, by which most problems are new, is not counted. What is told of a
topic is its segments' size, compressed as its producer did, one replica. The figures go to `defaults/sizing.yaml`.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from drained import drain
from pipeline import Pipeline, crew, pipeline, quietly
from traffic import SENDERS, Load, mixed

from argus_streams import app
from argus_streams.demo.accounting import Accountant
from argus_streams.embedded.kafka import start_kafka
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing

ROLES: Sequence[app.Role] = ("normalize", "correlate", "heal", "store")
TABLES = """
select coalesce(parent.relname, child.relname), sum(pg_total_relation_size(child.oid))::bigint,
    sum(greatest(child.reltuples, 0))::bigint
from pg_class child join pg_namespace on child.relnamespace = pg_namespace.oid
left join pg_inherits on inhrelid = child.oid left join pg_class parent on inhparent = parent.oid
where nspname = %s and child.relkind = 'r' group by 1 order by 2 desc
"""


async def publish(stage: Pipeline, loads: Sequence[Load], seconds: int, plan: argparse.Namespace) -> tuple[int, int]:
    """Publish at a steady rate; bodies, and their bytes."""
    producer, sent, size = ConfirmedProducer(stage.settings.kafka()), 0, 0
    began = time.monotonic()
    for second in range(seconds):
        each = -(-plan.rate // len(loads))
        records = [record for piece in mixed([one.slice(each, "spread") for one in loads]) for record in piece.records]
        out = [
            Outgoing(stage.topics.incoming, None, record.value, record.headers, (sent + at) % plan.partitions)
            for at, record in enumerate(records[: plan.rate])
        ]
        await producer.write(out)
        sent, size = sent + len(out), size + sum(len(record.value or b"") for record in out)
        await asyncio.sleep(max(0.0, began + second + 1 - time.monotonic()))
    return sent, size


def on_disk(data: Path, prefix: str) -> Mapping[str, int]:
    """Bytes of each topic's segments, without the prefix."""
    found: dict[str, int] = {}
    for segment in data.glob(f"{prefix}*/*.log"):
        topic = segment.parent.name.removeprefix(prefix).rpartition("-")[0]
        found[topic] = found.get(topic, 0) + segment.stat().st_size
    return found


def tables(stage: Pipeline) -> Iterator[tuple[str, int, int]]:
    """Bytes of each table with its indexes, and rows, those of partitions added up."""
    with psycopg.connect(stage.settings.database(), autocommit=True) as connection:
        connection.execute("analyze")
        yield from connection.execute(TABLES, [stage.settings.making().schema])


def left(stage: Pipeline, data: Path) -> Mapping[str, int]:
    """Bytes of all topics and tables."""
    return {
        **on_disk(data, stage.settings.topic_prefix),
        **{f"table {table}": size for table, size, _ in tables(stage)},
    }


def told(name: str, size: int, bodies: int) -> None:
    """Print one line of the result."""
    print(f"{name:<36}{size:>14,}{size / bodies:>12,.1f}", flush=True)


def planned(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="volume", description="What a body leaves behind in topics and Postgres.")
    parser.add_argument("--warm", type=int, default=120, help="seconds before those that count (default: 120)")
    parser.add_argument("--seconds", type=int, default=60, help="seconds that count (default: 60)")
    parser.add_argument("--rate", type=int, default=300, help="bodies a second (default: 300)")
    parser.add_argument("--partitions", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; the exit code."""
    plan = planned(arguments)
    with tempfile.TemporaryDirectory() as folder, start_kafka(Path(folder), say=quietly) as broker:
        os.environ["KAFKA_BOOTSTRAP_SERVERS"] = broker.bootstrap
        with pipeline(plan.partitions, quietly) as stage:
            loads, data = [Load(name, plan.seed, now=time.time()) for name in SENDERS], Path(folder) / "data"
            with crew(stage, ROLES, state=stage.folder / "state") as workers:
                asyncio.run(publish(stage, loads, plan.warm, plan))
                drain(workers, Accountant(stage.settings))
                before = left(stage, data)
                bodies, size = asyncio.run(publish(stage, loads, plan.seconds, plan))
                drain(workers, Accountant(stage.settings))
            print(f"\n{bodies:,} bodies of {size / bodies:,.0f} bytes\n{'':<36}{'bytes':>14}{'a body':>12}")
            for name, found in left(stage, data).items():
                told(name, found - before.get(name, 0), bodies)
            for table, found, rows in tables(stage):
                print(f"{table}: {rows:,} rows of {found / max(1, rows):,.0f} bytes", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
