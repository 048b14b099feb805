"""One million live groups: what GROUP's state takes on disk and in memory, and how long a restore of it lasts.

    python benchmarks/million.py [--groups N] [--partitions N] [--restores KIND …]

A backlog of sightings, each of another problem (Sentry's events, of `traffic.py`), is drained by one worker on RocksDB;
then it is started again on the folder it left, on an empty one, and without one. Restore time runs from the start of
the process until it is ready; `log` is what the worker says the state alone took. Beside it stands Faust's own restore
of the same changelog.
"""

import argparse
import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import msgspec
from pipeline import Crew, Pipeline, crew, pipeline, quietly, until
from traffic import Load, lookout, norms

from argus_streams.agents.normalize import NormalizeAgent
from argus_streams.agents.normalize_turn import Sending
from argus_streams.agents.wire import Topics, key_of
from argus_streams.core.grouping.sighting import Single
from argus_streams.core.messages import Sighting
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing

BATCH = 20_000  # sightings written at once
TEMPLATES = 1_000  # real sightings that the groups are made of
FAUST_SECONDS = 600.0
TICK = 0.01  # s; the system tells no finer CPU time
BARS = {"memory": 512, "warm": 10.0, "empty": 20.0}  # MiB, s, s
KINDS = ("warm", "empty", "memory", "faust")
MIB = 1024 * 1024
_RECOVERED = re.compile(r"partitions recovered in ([\d.]+) s")


def templates(topics: Topics) -> list[Sighting]:
    """What NORMALIZE makes of real bodies that arrive now."""
    agent = NormalizeAgent(Sending(topics, Single), norms(), defaults={}, lookout=lookout())
    piece = Load("sentry", now=time.time()).slice(TEMPLATES)
    records = [record._replace(timestamp=int(time.time() * 1000)) for record in piece.records]
    effects = asyncio.run(agent.turn([piece._replace(records=records)]))
    return [msgspec.json.decode(each.value or b"", type=Sighting) for each in effects.records
            if each.topic == topics.normalized]  # fmt: skip


def sightings(topics: Topics, made: Sequence[Sighting], count: int) -> Iterator[Outgoing]:
    """One of each of so many problems."""
    encoder, change = msgspec.json.Encoder(), msgspec.structs.replace
    for number in range(count):
        seen = made[number % len(made)]
        told = change(seen.occurrences[0], offset=number, event_id=f"{number * 0x9E3779B97F4A7C15 % 2**128:032x}")
        fingerprint = f"v1:{number * 0xD1342543DE82EF95 % 2**128:032x}"
        other = change(seen, fingerprint=fingerprint, occurrences=(told,))
        yield Outgoing(topics.normalized, key_of(other.project, fingerprint), encoder.encode(other))


async def publish(stage: Pipeline, records: Iterator[Outgoing]) -> None:
    """Write the backlog."""
    producer, batch = ConfirmedProducer(stage.settings.kafka()), []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            await producer.write(batch)
            batch = []
    await producer.write(batch)


def count(workers: Crew, groups: int) -> None:
    """Wait until all of them are counted, and tell what that took."""
    workers.ready("correlate")
    before = workers.cpu()["correlate"]
    ended = until(workers, lambda records, _: records["correlate"] >= groups)
    spent = max(ended.cpu["correlate"] - before, TICK)
    told(f"counting {groups:,} new groups", f"{groups / spent:,.0f} sightings/CPU s", workers, BARS["memory"])


def told(what: str, figure: str, workers: Crew, bar: float | None = None) -> None:
    """Print one line: a figure, and the memory of the worker."""
    peak, now = workers.peaks()["correlate"] / MIB, workers.resident("correlate") / MIB
    verdict = "" if bar is None else f"  bar {bar:.0f} MiB: {'met' if peak <= bar else 'NOT met'}"
    print(f"{what:<44}{figure:>26}{peak:>10,.0f}{now:>10,.0f}{verdict}", flush=True)


def restore(stage: Pipeline, what: str, state: Path | None, bar: float | None) -> None:
    """Start a worker, and tell when it is ready."""
    began = time.monotonic()
    with crew(stage, ["correlate"], state=state) as workers:
        seconds = workers.ready("correlate") - began
        found = _RECOVERED.search(workers.tails())
        verdict = "" if bar is None else f", bar {bar:.0f} s {'met' if seconds < bar else 'NOT met'}"
        told(what, f"{seconds:.1f} s (log: {found[1] if found else '?'} s){verdict}", workers)


def faust(stage: Pipeline, partitions: int) -> None:
    """Let Faust restore the same changelog into its memory store."""
    topics, folder = stage.topics, stage.folder / "faust"
    folder.mkdir()
    script = str(Path(__file__).with_name("engines") / "faust_restore.py")
    bootstrap, group = stage.environment["KAFKA_BOOTSTRAP_SERVERS"], f"{stage.settings.topic_prefix}restored-by-faust"
    places = (topics.commands, "-", topics.changelog, group, str(partitions), str(folder))
    began = time.monotonic()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own script
            (sys.executable, script, "restore", bootstrap, *places), stdout=log, stderr=log
        )
    try:
        process.wait(FAUST_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    seconds, recovered = time.monotonic() - began, folder / "recovered"
    keys = recovered.read_text() if recovered.exists() else "not all"
    print(f"{'Faust, the same changelog into memory':<44}{f'{seconds:.1f} s ({keys} keys)':>26}", flush=True)


def size(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def main(arguments: Sequence[str]) -> int:
    """Fill, count, restore in every way."""
    parser = argparse.ArgumentParser(prog="million", description="One million live groups.")
    parser.add_argument("--groups", type=int, default=1_000_000, help="how many (default: 1,000,000)")
    parser.add_argument("--partitions", type=int, default=64, help="of each topic (default: 64, as in a deployment)")
    parser.add_argument("--restores", nargs="+", choices=KINDS, default=KINDS, help="some of them (default: all)")
    plan = parser.parse_args(arguments)
    with pipeline(plan.partitions, quietly) as stage:
        topics = stage.topics
        asyncio.run(publish(stage, sightings(topics, templates(topics), plan.groups)))
        print(f"{'':<44}{'':>26}{'peak MiB':>10}{'now MiB':>10}")
        state = stage.folder / "state"
        with crew(stage, ["correlate"], state=state) as workers:
            count(workers, plan.groups)
        print(f"{'the folder of the state':<44}{f'{size(state) / MIB:,.0f} MiB':>26}")
        if "warm" in plan.restores:
            restore(stage, "restart on the folder", state, BARS["warm"])
        if "empty" in plan.restores:
            restore(stage, "restart on an empty folder", stage.folder / "other", BARS["empty"])
        if "memory" in plan.restores:
            restore(stage, "restart without one, state in memory", None, None)
        if "faust" in plan.restores:
            faust(stage, plan.partitions)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
