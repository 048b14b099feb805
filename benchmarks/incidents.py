"""Incidents of a simulated month against the truth, and signals per CPU second of CORRELATE.

    python benchmarks/incidents.py [--projects N] [--days N] [--seed N] [--kinds]

Twenty projects tell a million signals in thirty days; what is planted in them is told in `month/plant.py`, what is
noise in `month/noise.py`, what counts as right in `month/judging.py`.
CORRELATE is measured without Kafka, its table in memory: a turn decodes 100 records of one project, as 2,000 of twenty
projects would come, and encodes states, snapshots and requests.
"""

import argparse
import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import msgspec
from month import Month, month
from month.baseline import by_window
from month.judging import Tally, grouped, judge
from traffic import TOPICS, Arrived

from argus_streams.adapters.incident_rules import load_incident_rules
from argus_streams.adapters.weights import load_weights
from argus_streams.agents.correlate import CorrelateAgent
from argus_streams.agents.scoring import Scoring
from argus_streams.core.findings import Incident
from argus_streams.streaming.agent import Slice, State

PER_TURN = 100
BAR = 5_000  # signals per CPU second
PRECISION, RECALL, NAMED = 0.95, 0.9, 0.9
_INCIDENT = msgspec.json.Decoder(Incident)


class Memory:
    """A table that lasts as long as a project."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, bytes], bytes | None] = {}

    def get(self, key: tuple[int, bytes]) -> bytes | None:
        """The value, or ``None``."""
        return self.values.get(key)

    def epoch(self, _: int) -> int:
        """The only one."""
        return 1

    def partitions(self) -> Sequence[int]:
        """The only one."""
        return (0,)


class Correlated:
    """What CORRELATE made of a project, and in how many CPU seconds."""

    def __init__(self, told: Month) -> None:
        self.incidents: dict[str, Incident] = {}
        self.requests = self.snapshots = 0
        self.seconds = 0.0
        self.table = Memory()
        self._agent = CorrelateAgent(TOPICS, load_incident_rules(None), Scoring(load_weights(None)), clock=lambda: 0)
        records = [
            Arrived(
                TOPICS.signals, 0, at, each.arrives, each.signal.project.encode(), msgspec.json.encode(each.signal), ()
            )
            for at, each in enumerate(told.told)
        ]
        gc.collect()
        for first in range(0, len(records), PER_TURN):
            self._turn(records[first : first + PER_TURN])

    def _turn(self, records: Sequence[Arrived]) -> None:
        state, made = State(self.table), []

        async def run() -> None:
            made.extend((await self._agent.turn([Slice(TOPICS.signals, "signals-id", 0, records)], state)).records)

        start = time.process_time()
        asyncio.run(run())
        self.seconds += time.process_time() - start
        self.table.values.update(state.changes())
        for each in made:
            if each.topic == TOPICS.correlated:
                incident = _INCIDENT.decode(each.value)
                self.incidents[incident.incident] = incident
                self.snapshots += 1
            elif each.topic == TOPICS.requests:
                self.requests += 1
            elif each.topic != TOPICS.scores:
                raise RuntimeError(f"a letter: {each}")


def line(name: str, tally: Tally) -> None:
    """Print one."""
    told = tally.told()
    print(f"{name:<24}{tally.opened:>8,}" + "".join(f"{share:>11.3f}" for share in told.values()), flush=True)


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="incidents", description="Incidents of a simulated month against the truth.")
    parser.add_argument("--projects", type=int, default=20, help="default: 20")
    parser.add_argument("--days", type=float, default=30, help="default: 30")
    parser.add_argument("--seed", type=int, default=2027, help="default: 2027; the rules were tuned on 1, 2, 11 and 12")
    parser.add_argument("--kinds", action="store_true", help="tell which kinds were missed")
    plan = parser.parse_args(arguments)
    ours, baseline, signals, seconds, requests, largest = Tally(), Tally(), 0, 0.0, 0, 0
    missed: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for number in range(plan.projects):
        told = month(plan.seed, number, plan.days)
        made = Correlated(told)
        ours += judge(told, grouped(made.incidents.values()), missed)
        baseline += judge(told, by_window(told))
        kinds.update(each.kind for each in told.planted.values())
        signals, seconds, requests = signals + len(told.told), seconds + made.seconds, requests + made.requests
        largest = max(largest, *(len(value or b"") for value in made.table.values.values()))
    _report(ours, baseline)
    if plan.kinds:
        print({kind: f"{missed[kind]} of {count} missed" for kind, count in kinds.items()})
    rate, shares = signals / seconds, ours.told()
    print(f"\n{signals:,} signals, {ours.planted:,} incidents planted, {requests:,} requests for analysis")
    print(f"largest value of the state: {largest:,} bytes")
    print(f"CORRELATE: {rate:,.0f} signals per CPU second; bar {BAR:,}: {'met' if rate >= BAR else 'NOT met'}")
    fine = shares["precision"] >= PRECISION and shares["recall"] >= RECALL and shares["named"] >= NAMED
    print(f"bars: precision {PRECISION}, recall {RECALL}, deploy named right {NAMED}: {'met' if fine else 'NOT met'}")
    return int(not fine or rate < BAR)


def _report(ours: Tally, baseline: Tally) -> None:
    print(
        f"{'':<24}{'opened':>8}"
        + "".join(f"{name:>11}" for name in ("precision", "recall", "deploy", "of all", "pairs p", "pairs r"))
    )
    line("CORRELATE", ours)
    line("window and service", baseline)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
