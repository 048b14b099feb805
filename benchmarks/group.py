"""Sightings per CPU second of GROUP, without Kafka and as a worker whose changelog a real broker confirms.

    python benchmarks/group.py [--bodies N] [--sightings N] [--no-broker]

Without Kafka its table is in memory. A turn takes 2,000 records, of which each tells one event (`single`) or what
NORMALIZE coalesced of 2,000 bodies, and encodes the states, snapshots, kept events and ledger. The load is Sentry's of
`traffic.py`; a spread has 1,000 problems. The bare loop only decodes the sightings. Each figure is the best of three
turns. The worker drains a backlog of the spread from 64 partitions; its CPU time counts from when it is ready.
"""

import argparse
import asyncio
import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import msgspec
from pipeline import Pipeline, crew, pipeline, quietly, until
from traffic import NOW, TOPICS, Arrived, How, Load, lookout, norms

from argus_streams.adapters.bursts import load_bursts
from argus_streams.agents.group import GroupAgent
from argus_streams.agents.normalize import NormalizeAgent
from argus_streams.agents.normalize_turn import Fold, Sending
from argus_streams.cli.operating import COLLECT
from argus_streams.core.grouping.sighting import Coalesced, Single
from argus_streams.core.messages import Sighting
from argus_streams.streaming.agent import Slice, State
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing

SLICE = 2_000  # bodies
WARM, ROUNDS = 3, 3  # turns
BAR = 20_000  # sightings per CPU second
TICK = 0.01  # s
_SIGHTING = msgspec.json.Decoder(Sighting)


class Memory:
    """A table that lasts as long as the benchmark."""

    def __init__(self) -> None:
        self._values: dict[tuple[int, bytes], bytes | None] = {}

    def get(self, key: tuple[int, bytes]) -> bytes | None:
        """The value, or ``None``."""
        return self._values.get(key)

    def epoch(self, _: int) -> int:
        """The only one."""
        return 1

    def apply(self, state: State) -> None:
        """Keep what a turn changed."""
        self._values.update(state.changes())


def sightings(bodies: Slice, how: Fold) -> Slice:
    """What NORMALIZE sends of these bodies."""
    agent = NormalizeAgent(Sending(TOPICS, how), norms(), defaults={}, lookout=lookout())
    sent = [each for each in asyncio.run(agent.turn([bodies])).records if each.topic == TOPICS.normalized]
    records = [Arrived(each.topic, 0, at, NOW * 1000, each.key, each.value, ()) for at, each in enumerate(sent)]
    return Slice(TOPICS.normalized, "normalized-id", 0, records)


def seconds(work: Callable[[Slice], None], piece: Slice) -> float:
    """CPU time of one turn."""
    start = time.process_time()
    work(piece)
    return time.process_time() - start


def decode(piece: Slice) -> None:
    """The sightings alone."""
    for record in piece.records:
        _SIGHTING.decode(record.value)


def report(name: str, pieces: Sequence[Slice]) -> None:
    """Print one line."""
    agent, table = GroupAgent(TOPICS, load_bursts(None)), Memory()

    def turn(piece: Slice) -> None:
        state = State(table)

        async def run() -> None:  # gives nothing, for asyncio would spell out a result
            await agent.turn([piece], state)

        asyncio.run(run())
        table.apply(state)

    for piece in pieces[:WARM]:
        turn(piece)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)  # as in a worker
    measured = pieces[WARM:]
    ours, bare = (max(len(piece.records) / seconds(work, piece) for piece in measured) for work in (turn, decode))
    events = sum(len(_SIGHTING.decode(record.value).occurrences) for piece in measured for record in piece.records)
    each = events / sum(len(piece.records) for piece in measured)
    print(f"{name:<28}{each:>8.1f}{ours:>13,.0f}{ours * each:>10,.0f}{bare:>10,.0f}{ours / bare:>7.3f}", flush=True)


async def publish(stage: Pipeline, count: int) -> None:
    """Write the sightings of single bodies, as NORMALIZE would have written them."""
    producer, load, topic = ConfirmedProducer(stage.settings.kafka()), Load("sentry"), stage.topics.normalized
    for first in range(0, count, SLICE):
        piece = load.slice(min(SLICE, count - first))
        seen = (await asyncio.to_thread(sightings, piece, Single)).records
        await producer.write([Outgoing(topic, record.key, record.value) for record in seen])


def on_broker(plan: argparse.Namespace) -> bool:
    """Print what a worker on RocksDB does; whether the bar is met."""
    with pipeline(plan.partitions, quietly) as stage:
        asyncio.run(publish(stage, plan.sightings))
        with crew(stage, ["correlate"], state=stage.folder / "state") as workers:
            workers.ready("correlate")
            before = workers.cpu()["correlate"]
            ended = until(workers, lambda records, _: records["correlate"] >= plan.sightings)
            rate = plan.sightings / max(ended.cpu["correlate"] - before, TICK)
    print(f"\na worker, RocksDB: {rate:,.0f} sightings per CPU second of {plan.sightings:,}; "
          f"bar {BAR:,}: {'met' if rate >= BAR else 'NOT met'}", flush=True)  # fmt: skip
    return rate >= BAR


def main(arguments: Sequence[str]) -> int:
    """Print a line for each kind of load; 1 when the bar is not met."""
    parser = argparse.ArgumentParser(prog="group", description="Sightings per CPU second of GROUP.")
    parser.add_argument("--bodies", type=int, default=SLICE, help="of a turn without Kafka (default: 2,000)")
    parser.add_argument("--sightings", type=int, default=60_000, help="of the worker's backlog (default: 60,000)")
    parser.add_argument("--partitions", type=int, default=64, help="of the worker's topics (default: 64)")
    parser.add_argument("--no-broker", action="store_true", help="leave out the worker")
    plan = parser.parse_args(arguments)
    print(f"{'load':<28}{'events':>8}{'sightings/s':>13}{'events/s':>10}{'decode/s':>10}{'ratio':>7}")
    kinds: Sequence[tuple[How, str]] = (("alike", "spread"), ("storm", "storm of one"), ("distinct", "each one new"))
    for told, folding in (("single", Single), ("coalesced", Coalesced)):
        for kind, name in kinds:
            load = Load("sentry")
            report(f"{told}, {name}", [sightings(load.slice(plan.bodies, kind), folding) for _ in range(WARM + ROUNDS)])
    return 0 if plan.no_broker else int(not on_broker(plan))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
