"""Bodies per CPU second of NORMALIZE without Kafka, beside `orjson.loads` of the same bodies.

    python benchmarks/normalize.py [--profile] [--bodies N] [SENDER …]

A turn reads, scrubs, fingerprints and folds 2,000 bodies and encodes what leaves, ledger included. The load is that of
`traffic.py`; bodies of the same problems come first, so the memos are as warm as in a worker that has run a while.
Each figure is the best of three turns, over bodies that were not seen before; --profile shows where the time goes.
"""

import argparse
import asyncio
import cProfile
import gc
import pstats
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import orjson
from traffic import SENDERS, TOPICS, How, Load, incoming, lookout, mixed, norms

from argus_streams.agents.normalize import NormalizeAgent
from argus_streams.agents.normalize_turn import Sending
from argus_streams.core.grouping.sighting import Coalesced
from argus_streams.core.normalization import read
from argus_streams.streaming.agent import Slice

SLICE = 2_000  # bodies of a turn
WARM, ROUNDS = 3, 3  # turns
SHOWN = 20  # functions of the profile
OTHERS: Mapping[How, str] = {
    "alike": "one body each, a spread",
    "storm": "one body each, a storm",
    "distinct": "all, each problem new",
}


def turn(pieces: Sequence[Slice]) -> None:
    """One turn over each slice."""
    agent = NormalizeAgent(Sending(TOPICS, Coalesced), norms(), defaults={}, lookout=lookout())

    async def run() -> None:
        for piece in pieces:
            await agent.turn([piece])

    asyncio.run(run())


def pure(pieces: Sequence[Slice]) -> None:
    """What `core.normalization.read` makes of each body, in the agent's order; nothing is folded or encoded."""
    rules = norms()
    for piece in pieces:
        for record in sorted(piece.records, key=lambda each: dict(each.headers)["ce_source"]):
            read(incoming(record), rules)


def decode(pieces: Sequence[Slice]) -> None:
    """The JSON of each body alone."""
    for piece in pieces:
        for record in piece.records:
            try:
                orjson.loads(record.value)
            except orjson.JSONDecodeError:  # an envelope: several lines of JSON; or a report in XML
                for line in record.value.splitlines():
                    with suppress(orjson.JSONDecodeError):
                        orjson.loads(line)


def rate(work: Callable[[Sequence[Slice]], None], rounds: Sequence[Sequence[Slice]]) -> float:
    """Bodies per CPU second; the best round."""
    rates = []
    for pieces in rounds:
        start = time.process_time()
        work(pieces)
        rates.append(sum(len(piece.records) for piece in pieces) / (time.process_time() - start))
    return max(rates)


def report(name: str, rounds: Sequence[Sequence[Slice]]) -> None:
    """Print one line."""
    records = [record for pieces in rounds for piece in pieces for record in piece.records]
    ours, bare = rate(turn, rounds), rate(decode, rounds)
    size = sum(len(record.value) for record in records) / len(records)
    print(f"{name:<26}{size:>8,.0f}{ours:>10,.0f}{bare:>10,.0f}{bare / ours:>7.1f}", flush=True)


def mixture(loads: Collection[Load], how: How, size: int) -> list[Slice]:
    """A round of so many bodies of all senders in turn."""
    return list(mixed([load.slice(-(-size // len(loads)), how) for load in loads]))


def profile(rounds: Sequence[Sequence[Slice]]) -> None:
    """Print the functions that take the most time themselves."""
    profiler = cProfile.Profile()
    profiler.runcall(turn, [piece for pieces in rounds for piece in pieces])
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(SHOWN)


def planned(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="normalize", description="Bodies per CPU second of NORMALIZE.")
    parser.add_argument("senders", nargs="*", metavar="SENDER", help=f"of {', '.join(SENDERS)} (default: all)")
    parser.add_argument("--profile", action="store_true", help="show where the time goes instead")
    parser.add_argument("--bodies", type=int, default=SLICE, help="of a turn (default: 2,000)")
    plan = parser.parse_args(arguments)
    strangers = set(plan.senders) - set(SENDERS)
    if strangers:
        parser.error(f"no sender {', '.join(sorted(strangers))}")
    return plan


def main(arguments: Sequence[str]) -> None:
    """Print a line for each sender, then for all of them in turn."""
    plan = planned(arguments)
    loads, size = {name: Load(name) for name in plan.senders or SENDERS}, plan.bodies
    turn([load.slice(size) for load in loads.values() for _ in range(WARM)])
    spread = {name: [[load.slice(size)] for _ in range(ROUNDS)] for name, load in loads.items()}
    every = [list(mixed([rounds[at][0] for rounds in spread.values()])) for at in range(ROUNDS)]
    others = {how: [mixture(loads.values(), how, size) for _ in range(ROUNDS)] for how in OTHERS}
    turn(mixture(loads.values(), "alike", size) * WARM)
    gc.collect()
    gc.freeze()  # a worker's heap does not hold the load
    if plan.profile:
        profile(every)
        return
    print(f"{'bodies of':<26}{'bytes':>8}{'bodies/s':>10}{'orjson/s':>10}{'times':>7}")
    for name, rounds in spread.items():
        told = len(loads[name].samples)
        report(f"{name} ({loads[name].payloads} + {told - loads[name].payloads})", rounds)
    report("all, a spread", every)
    fresh = [list(mixed([load.slice(size) for load in loads.values()])) for _ in range(ROUNDS)]
    print(f"{'  the pure step alone':<34}{rate(pure, fresh):>10,.0f}", flush=True)
    for how, name in OTHERS.items():
        report(name, others[how])
    print("times: how many times the CPU time of orjson.loads alone")
    print("one body each: a storm of one problem beside a spread of problems that are made of the same bodies")
    print("in brackets: published payloads + samples of ours that the problems are made of")


if __name__ == "__main__":
    main(sys.argv[1:])
