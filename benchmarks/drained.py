"""Bodies a second from Kafka to Postgres, drained from a backlog, everything on the same processors.

    python benchmarks/drained.py [--bodies N] [--mix] [--alike | --storm | --distinct] [--profile ROLE] [--hanging] …

The load is that of `traffic.py`. The clock runs from when NORMALIZE is ready until the last record of any role is
confirmed, CPU time likewise; the roles' own start is not in it, the first seconds of a cold process are. At the end the
ledger has to close, and Postgres has to have counted every event: else the exit code is 1.

With `--hanging` all is done twice, the second time with ANALYZE beside, whose models never answer; what is compared is
when the last body was in Postgres, for analyses arrive after it.
"""

import argparse
import asyncio
import pstats
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple, get_args

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from hanging import Hanging, hanging
from pipeline import Crew, Pipeline, Spent, crew, pipeline, quietly, until
from psycopg import sql
from traffic import LARGEST, PROBLEMS, SENDERS, How, Load, mixed

from argus_streams import app
from argus_streams import settings as configuration
from argus_streams.demo.accounting import Accountant
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing

ROUND = 20_000  # bodies made at once
LARGEST_OF_MIX = 1_048_576  # bytes; what is above `ARGUS_BODY_LIMIT` becomes a letter
QUIET_SECONDS = 3.0  # no record confirmed for so long: look whether all is committed
COMMIT_SECONDS = 60.0
SHOWN = 25  # functions of a profile
MIB = 1024 * 1024


class Backlog(NamedTuple):
    """What waits."""

    bodies: int
    size: int  # bytes


def load(stage: Pipeline, plan: argparse.Namespace) -> Backlog:
    """Publish the backlog, body after body to the next partition; the same one for the same seed."""
    senders = ["sentry"] if plan.how in ("alike", "storm") else plan.senders or SENDERS
    largest = LARGEST_OF_MIX if plan.mix else LARGEST
    loads = [Load(name, plan.seed, now=time.time(), largest=largest) for name in senders]
    return asyncio.run(_publish(stage, loads, plan))


async def _publish(stage: Pipeline, loads: Sequence[Load], plan: argparse.Namespace) -> Backlog:
    producer = ConfirmedProducer(stage.settings.kafka())
    topic, sent, size = stage.topics.incoming, 0, 0
    while sent < plan.bodies:
        each = -(-min(ROUND, plan.bodies - sent) // len(loads))
        records = [record for piece in mixed([one.slice(each, plan.how) for one in loads]) for record in piece.records]
        out = [
            Outgoing(topic, None, record.value, record.headers, (sent + at) % plan.partitions)
            for at, record in enumerate(records[: plan.bodies - sent])
        ]
        await producer.write(out)
        sent, size = sent + len(out), size + sum(len(record.value or b"") for record in out)
    return Backlog(sent, size)


def drain(workers: Crew, accountant: Accountant) -> tuple[Spent, Spent]:
    """Wait until nothing is left to do; when the first worker began and when the last record was confirmed."""
    began = Spent(workers.ready("normalize"), workers.cpu())

    def done(records: Mapping[str, int], quiet: float) -> bool:
        return quiet > QUIET_SECONDS and _began(records) and _committed(accountant, workers) == records

    return began, until(workers, done)


def _began(records: Mapping[str, int]) -> bool:
    """Whether each role has confirmed something; of several workers of one, the first may leave the others nothing."""
    roles = {name.partition("-")[0] for name in records}
    return roles == {name.partition("-")[0] for name, count in records.items() if count}


def _committed(accountant: Accountant, workers: Crew) -> Mapping[str, int]:
    """What each role had confirmed when all was committed, or when the wait for that was over."""
    asyncio.run(accountant.drained(COMMIT_SECONDS, lambda: None))
    return workers.records()


def verdict(stage: Pipeline, accountant: Accountant) -> tuple[str, bool]:
    """What became of the bodies by the ledger and by Postgres, in words, and whether that is right."""
    totals = asyncio.run(accountant.verdict()).total.ledger()
    with psycopg.connect(stage.settings.database()) as connection:
        found = sql.SQL("select count(*), coalesce(sum(count), 0) from {}.error_groups")
        row = connection.execute(found.format(sql.Identifier(stage.settings.making().schema))).fetchone()
    groups, stored = row or (0, 0)
    told = ", ".join(f"{name} {count:,}" for name, count in totals.items())
    right = totals["missing"] == 0 and stored == totals["counted"]
    return f"ledger: {told}; Postgres: {groups:,} groups, {stored:,} events counted", right


def report(backlog: Backlog, began: Spent, ended: Spent, workers: Crew) -> None:
    """Print what it took."""
    seconds = ended.at - began.at
    cpu = {name: spent - began.cpu[name] for name, spent in ended.cpu.items()}
    peaks, records = workers.peaks(), workers.records()
    size = backlog.size / backlog.bodies
    print(f"\n{backlog.bodies / seconds:,.0f} bodies/s: {backlog.bodies:,} of {size:,.0f} bytes in {seconds:.1f} s")
    print(f"\n{'':<12}{'CPU s':>9}{'bodies/CPU s':>14}{'records':>11}{'records/CPU s':>15}{'peak MiB':>10}")
    for name, spent in [*cpu.items(), ("all", sum(cpu.values()))]:
        spent = max(spent, 0.01)  # noqa: PLW2901 - a clock tick: what is too small to be measured
        taken = records.get(name)
        told = f"{taken:>11,}{taken / spent:>15,.0f}" if taken else f"{'':>26}"
        peak = f"{peaks[name] / MIB:>10,.0f}" if name in peaks else ""
        print(f"{name:<12}{spent:>9.1f}{backlog.bodies / spent:>14,.0f}{told}{peak}".rstrip(), flush=True)


def show(profiles: Mapping[app.Role, Path]) -> None:
    """Print the functions that took the most time themselves, and with what they call."""
    for role, file in profiles.items():
        for order in ("tottime", "cumulative"):
            print(f"\n{role}, by {order} (under cProfile, which slows Python's own calls most)")
            pstats.Stats(str(file)).strip_dirs().sort_stats(order).print_stats(SHOWN)


def planned(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="drained", description="Bodies a second from Kafka to Postgres.")
    parser.add_argument("--bodies", type=int, default=200_000, help="how many wait (default: 200,000)")
    parser.add_argument("--mix", action="store_true", help="bodies of up to 1 MiB, not only those under 4 KiB")
    kinds = parser.add_mutually_exclusive_group()
    told: Mapping[How, str] = {
        "distinct": "each body a problem that was never seen",
        "storm": "all bodies one problem of Sentry's",
        "alike": f"{PROBLEMS // len(SENDERS)} problems made of that one body: what a storm compares with",
    }
    for how, about in told.items():
        kinds.add_argument(f"--{how}", dest="how", action="store_const", const=how, help=about)
    parser.set_defaults(how="spread")
    parser.add_argument("--senders", nargs="+", choices=SENDERS, help="only these (default: all)")
    parser.add_argument("--partitions", type=int, default=64, help="of each topic (default: 64, as in a deployment)")
    parser.add_argument("--normalizers", type=int, default=2, help="workers of that role (default: 2)")
    parser.add_argument("--memory", action="store_true", help="state in memory instead of RocksDB")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--hanging", action="store_true", help="hold it against ANALYZE beside, on models that hang")
    parser.add_argument("--profile", choices=get_args(app.Role), action="append", default=[], help="run it in cProfile")
    plan = parser.parse_args(arguments)
    if plan.hanging and configuration.load().database_url:
        parser.error("--hanging measures twice: it needs a Postgres of its own each time, not that of DATABASE_URL")
    return plan


def seconds_to_postgres(stage: Pipeline, began: Spent) -> float:
    """How long it took until the last group was written."""
    with psycopg.connect(stage.settings.database()) as connection:
        found = sql.SQL("select extract(epoch from max(updated_at)) from {}.error_groups")
        row = connection.execute(found.format(sql.Identifier(stage.settings.making().schema))).fetchone()
    last = float(row[0]) if row and row[0] else 0.0
    return last - (time.time() - time.monotonic() + began.at)


Beside = Callable[[Pipeline, Path | None], AbstractContextManager[Hanging | None]]  # what runs at the same time


@contextmanager
def nothing(_: Pipeline, __: Path | None) -> Iterator[None]:
    """What is measured is alone."""
    yield


def measure(plan: argparse.Namespace, beside: Beside) -> tuple[float, bool]:
    """Load, drain, report; bodies a second until the last is in Postgres, and whether all is right."""
    with pipeline(plan.partitions, quietly) as stage:
        accountant = Accountant(stage.settings)  # of all that the topics hold: they are new
        backlog = load(stage, plan)
        profiles = {role: stage.folder / f"{role}.profile" for role in plan.profile}
        state = None if plan.memory else stage.folder / "state"
        roles: Sequence[app.Role] = (*["normalize"] * plan.normalizers, "correlate", "store")
        with beside(stage, state) as asking, crew(stage, roles, state=state, profiles=profiles) as workers:
            before = asking.cpu() if asking else 0.0
            began, ended = drain(workers, accountant)
            report(backlog, began, ended, workers)
            asked = asking is None or told_of(asking, before)
        show(profiles)
        told, right = verdict(stage, accountant)
        rate = backlog.bodies / seconds_to_postgres(stage, began)
    right = right and asked
    print(f"\n{told}\n{'Everything is stored.' if right else 'SOMETHING IS MISSING OR DOUBLE, OR NOTHING HANGS.'}")
    return rate, right


def told_of(asking: Hanging, before: float) -> bool:
    """Print what ANALYZE did meanwhile; whether calls hang at all."""
    calls = asking.calls()
    print(f"\nbeside it ANALYZE, {asking.cpu() - before:.1f} CPU s: {calls:,} calls to models hang", flush=True)
    return calls > 0


def main(arguments: Sequence[str]) -> int:
    """Measure, once or both ways; the exit code."""
    plan = planned(arguments)
    rate, right = measure(plan, nothing)
    if plan.hanging:
        slowed, also = measure(plan, hanging)
        told = f"{slowed:,.0f} bodies/s with models that hang, {rate:,.0f} without ANALYZE"
        print(f"\nuntil the last is in Postgres: {told}; {slowed / rate:.2f}")
        right = right and also
    return int(not right)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
