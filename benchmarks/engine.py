"""One stateful stage on our engine and on others, on the same broker, in turn and again.

    python benchmarks/engine.py [--events N] [--rounds N] [--whole] [--only NAME …]

Each reads events of about 880 bytes from 64 partitions, decodes them, counts them by fingerprint in state that a crash
does not lose, and forwards every one with `acks=all`. CPU time is that of the process, less
what it takes for a handful of events; wall time runs from the first event until the last one is forwarded. Ratios are
taken within a round. Engines that are slower by far get a tenth of the events, unless --whole.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import NamedTuple

from confluent_kafka import KafkaException
from peers import python_of
from pipeline import a_kafka, quietly
from raw_topics import FINGERPRINTS, RawTopics
from usage import peak_bytes

from argus_streams.errors import Unavailable

ENGINES = Path(__file__).with_name("engines")
LIMIT_SECONDS = 300.0
STOP_SECONDS = 15.0
SLOW_SHARE = 10
IDLE = 640  # events: what a process takes for these is its start and end
TICK = 0.01  # s
MIB = 1024 * 1024
BEGAN = "began"  # the file of an engine's stopwatch


class Engine(NamedTuple):
    """One line of the table."""

    name: str
    script: str
    variant: str
    peer: str = ""  # whose environment it needs; empty = ours
    commits: bool = True  # to the broker
    slow: bool = False
    bar: float = 0.0  # how many times its rate ours has to reach; 0 = no bar
    changelog: str = "{run}.changelog"  # its topic; quixstreams' own name, for at times it misses what it just made


OURS = "ours, RocksDB"
OF_QUIX = "changelog__{run}.group--{source}--default"
LINES = (
    Engine(OURS, "ours", "rocksdb"),
    Engine("ours, memory", "ours", "memory"),
    Engine("bare loop, changelog", "bare", "changelog", bar=0.8),
    Engine("bare loop, no state", "bare", "stateless"),
    Engine("bytewax, recovery store", "wax", "recovery", "bytewax", commits=False, bar=1.0),
    Engine("bytewax, memory alone", "wax", "memory", "bytewax", commits=False),
    Engine("quixstreams, changelog", "quix", "changelog", "quixstreams", bar=2.5, changelog=OF_QUIX),
    Engine("stock Faust", "stock_faust", "table", slow=True, bar=20.0),
)


class Load(NamedTuple):
    """A topic to read."""

    name: str
    events: int


class Result(NamedTuple):
    """What one run took."""

    events: int
    seconds: float
    cpu: float  # s
    memory: int  # bytes, peak resident
    logged: int  # changelog records

    @property
    def rate(self) -> float:
        """Events per CPU second."""
        return self.events / self.cpu


Results = dict[Engine, list[Result]]


class Bench:
    """Runs engines on one broker."""

    def __init__(self, bootstrap: str, partitions: int, folder: Path) -> None:
        self._bootstrap = bootstrap
        self._partitions = partitions
        self._folder = folder
        self._topics = RawTopics(bootstrap, partitions)
        self._prefix = f"bench-{token_hex(4)}"
        self._runs = 0

    def load(self, name: str, events: int, fingerprints: int) -> Load:
        """Fill a topic."""
        topic = f"{self._prefix}.{name}"
        self._topics.make([topic])
        self._topics.fill(topic, events, fingerprints)
        return Load(topic, events)

    def close(self) -> None:
        """Remove all topics."""
        self._topics.remove(self._prefix)

    def run(self, engine: Engine, python: Path, load: Load) -> Result:
        """One run, into topics of its own, which are gone afterwards."""
        self._runs += 1
        name = f"{self._prefix}-{self._runs:03}"
        folder = self._folder / name
        folder.mkdir()
        changelog = engine.changelog.format(run=name, source=load.name)
        self._topics.make([f"{name}.out", changelog])
        script = str(ENGINES / f"{engine.script}.py")
        places = (load.name, f"{name}.out", changelog, f"{name}.group", str(self._partitions), str(folder))
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own scripts
                (str(python), script, engine.variant, self._bootstrap, *places),
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            return self._measured(engine, load, name, process)
        except Unavailable as error:
            tail = (folder / "log").read_text(errors="replace")[-3000:]
            raise Unavailable(f"{engine.name}: {error}\n{tail}") from error
        finally:
            process.kill()
            process.wait()
            self._topics.remove(name)
            shutil.rmtree(folder, ignore_errors=True)

    def _measured(self, engine: Engine, load: Load, name: str, process: subprocess.Popen[bytes]) -> Result:
        def forwarded() -> bool:
            return self._topics.records(f"{name}.out") >= load.events

        def committed() -> bool:
            return not engine.commits or self._topics.committed(f"{name}.group", load.name) >= load.events

        ended, memory = _await(forwarded, process)
        _, later = _await(committed, process)
        cpu = _ended(process, asked=engine.commits)
        began = float((self._folder / name / BEGAN).read_text())
        logged = self._topics.records(engine.changelog.format(run=name, source=load.name))
        return Result(load.events, ended - began, cpu, max(memory, later), logged)


def _await(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> tuple[float, int]:
    """When it came true, and the most bytes that were resident until then. Raises ``Unavailable`` if it does not."""
    deadline, peak = time.monotonic() + LIMIT_SECONDS, 0
    while not _true(condition):
        peak = max(peak, peak_bytes(process.pid))
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        if time.monotonic() > deadline or (ended and not _true(condition)):
            raise Unavailable("it ended too early" if ended else f"it took more than {LIMIT_SECONDS:.0f} s")
        time.sleep(0.05)
    return time.monotonic(), max(peak, peak_bytes(process.pid))


def _true(condition: Callable[[], bool]) -> bool:
    """Whether it holds; a topic that was made a moment ago may not be known everywhere."""
    try:
        return condition()
    except KafkaException:
        return False


def _ended(process: subprocess.Popen[bytes], *, asked: bool) -> float:
    """CPU seconds of a process that ends by itself, or is asked to."""
    if asked:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return used.ru_utime + used.ru_stime
        if time.monotonic() > deadline:
            process.kill()
        time.sleep(0.02)


def measure(bench: Bench, loads: Mapping[Engine, Load], idle: Load, rounds: int) -> Results:
    """All rounds, after one on next to nothing; every other one the other way round, as a machine's speed may drift."""
    pythons = {engine: python_of(engine.peer) if engine.peer else Path(sys.executable) for engine in loads}
    starts: dict[Engine, float] = {}
    results: Results = {engine: [] for engine, python in pythons.items() if python is not None}
    for number in range(rounds + 1):
        for engine in list(results) if number % 2 == 0 else reversed(list(results)):
            python = pythons[engine] or Path(sys.executable)
            try:
                run = bench.run(engine, python, loads[engine] if number else idle)
            except Unavailable as error:
                if not engine.peer:
                    raise
                quietly(f"SKIPPED from here on: {error}")
                del results[engine]
                continue
            if number:
                results[engine].append(run._replace(cpu=max(run.cpu - starts[engine], TICK)))
            else:
                starts[engine] = run.cpu
            quietly(f"  round {number}: {engine.name}")
    return results


def report(title: str, results: Results) -> bool:
    """Print a line for each engine; whether every bar is met."""
    print(f"\n{title}\n{'':<25}{'events':>9}{'events/s':>10}{'/CPU s':>9}{'ours is':>9}{'lowest':>8}{'highest':>8}"
          f"{'bar':>6}{'':>5}{'logged':>9}{'peak MiB':>10}")  # fmt: skip
    ours = results.get(LINES[0]) or next(iter(results.values()))
    met = True
    for engine, runs in results.items():
        ratios = sorted(mine.rate / run.rate for mine, run in zip(ours, runs, strict=True))
        ratio = statistics.median(ratios)
        met = met and ratio >= engine.bar
        bar = f"{engine.bar:>6}{'met' if ratio >= engine.bar else 'NOT':>5}" if engine.bar else f"{'':>11}"
        told = [(run.events / run.seconds, run.rate) for run in runs]
        wall, rate = (statistics.median(found) for found in zip(*told, strict=True))
        memory, logged = max(run.memory for run in runs) / MIB, statistics.median(run.logged for run in runs)
        print(f"{engine.name:<25}{runs[0].events:>9,}{wall:>10,.0f}{rate:>9,.0f}{ratio:>9.2f}{ratios[0]:>8.2f}"
              f"{ratios[-1]:>8.2f}{bar}{logged:>9,.0f}{memory:>10,.0f}", flush=True)  # fmt: skip
    return met


def planned(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="engine", description="One stateful stage on our engine and on others.")
    parser.add_argument("--events", type=int, default=200_000, help="in the topic (default: 200,000)")
    parser.add_argument("--partitions", type=int, default=64, help="of each topic (default: 64)")
    parser.add_argument("--rounds", type=int, default=2, help="of all engines (default: 2)")
    parser.add_argument("--whole", action="store_true", help="all events to the slow engines, too")
    parser.add_argument("--only", nargs="+", choices=[line.name for line in LINES], help="some of them")
    parser.add_argument("--no-storm", action="store_true", help="leave out the storm of one fingerprint")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Print a table of the spread, and one of a storm; 1 when a bar is not met."""
    plan = planned(arguments)
    engines = [line for line in LINES if not plan.only or line.name in plan.only]
    with (
        a_kafka(quietly) as broker,
        TemporaryDirectory(prefix="argus-bench-") as folder,
        closing(Bench(broker.bootstrap, plan.partitions, Path(folder))) as bench,
    ):
        idle = bench.load("idle", IDLE, FINGERPRINTS)
        whole = bench.load("spread", plan.events, FINGERPRINTS)
        part = bench.load("spread-slow", plan.events // SLOW_SHARE, FINGERPRINTS)
        spread = {engine: part if engine.slow and not plan.whole else whole for engine in engines}
        title = f"{plan.events:,} events, {FINGERPRINTS:,} fingerprints by Zipf's law"
        met = report(title, measure(bench, spread, idle, plan.rounds))
        if not plan.no_storm:
            storm = bench.load("storm", plan.events, 1)
            lines = {line: storm for line in engines if line.script in ("ours", "bare")}
            report("a storm of one fingerprint", measure(bench, lines, idle, plan.rounds))
    print("\nours is: our events per CPU second over theirs, the median of the rounds; logged: changelog records")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
