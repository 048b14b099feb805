"""Workers that join and leave, other engines beside ours: what is lost, what is done twice (`make chaos-peers`).

Two workers under load, a third comes and goes in good order (SIGTERM). Each record that is read is told to a topic;
lost is what was committed and never told.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "tests" / "streaming"), str(ROOT / "tests")]

from broker import Topics, unique  # noqa: E402 - the tests' own helpers, which are no package

from argus_streams.embedded.kafka import start_kafka  # noqa: E402
from argus_streams.streaming.position import Partition  # noqa: E402
from argus_streams.streaming.reader import Reader  # noqa: E402

PLACE = ROOT / ".peers"
PARTITIONS, KEYS = 8, 400
JOINS, RATE = 40, 250  # records/s
STAY_SECONDS = (2.5, 4.5)  # of a guest, its start among it
DRAIN_SECONDS = 60.0


class Engine(NamedTuple):
    """A worker's command line, but for bootstrap, group, input and output."""

    name: str
    python: str
    script: Path
    ours: bool = False

    def command(self, bench):
        between, after = ([bench.changelog], ["-", "0"]) if self.ours else ([], [])
        names = [bench.topics.bootstrap, bench.group, bench.source, *between, bench.sink, *after]
        return [self.python, str(self.script), *names]


class Bench:
    """Topics of one engine, and what is written into them."""

    def __init__(self, bootstrap):
        self.topics, self.group = Topics(bootstrap), unique("g")
        self.source, self.sink = self.topics.make("in", PARTITIONS), self.topics.make("out", PARTITIONS)
        self.changelog = self.topics.make("changelog", PARTITIONS, **{"cleanup.policy": "compact"})
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._load)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _load(self):
        number = 0
        while not self._over.wait(0.2):
            keys = [(number + each) % KEYS for each in range(RATE // 5)]
            self.topics.publish(self.source, [(key % PARTITIONS, b"key-%d" % key, b"x" * 200) for key in keys])
            number += len(keys)

    def lag(self):
        return self.topics.lag(self.group, self.source, PARTITIONS)

    def outcome(self):
        """Records, how many of them are lost, and how many were told again."""
        committed = asyncio.run(self._committed())
        words = (line.value.split() for line in self.topics.lines(self.sink))
        told = Counter((int(partition), int(offset)) for _, partition, offset, _ in words)
        places = {(line.partition, line.offset) for line in self.topics.lines(self.source)}
        lost = [place for place in places - told.keys() if place[1] < committed.get(place[0], 0)]
        unread = len(places - told.keys()) - len(lost)
        return len(places), len(lost), told.total() - len(told), unread

    async def _committed(self):
        reader = Reader({"bootstrap.servers": self.topics.bootstrap}, self.group)
        found = await reader.committed([Partition(self.source, number) for number in range(PARTITIONS)])
        return {tp.partition: place[0] for tp, place in found.items() if place is not None}


def tried(engine, bootstrap, say):
    """What came of the guests of this engine."""
    with tempfile.TemporaryDirectory() as folder:
        workers = []
        bench = Bench(bootstrap)

        def start():
            workers.append(_started(engine.command(bench), Path(folder) / str(len(workers))))
            return workers[-1]

        try:
            with bench:
                regulars = [start(), start()]
                time.sleep(8)
                killed = sum(_visited(start()) for _ in range(JOINS))
            deadline = time.monotonic() + DRAIN_SECONDS
            while bench.lag() and time.monotonic() < deadline:
                time.sleep(1)
            time.sleep(3)
            if any(worker.poll() is not None for worker in regulars):
                say(f"  a regular worker of {engine.name} has ended by itself")
            return (*bench.outcome(), killed)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()


def _started(command, folder):
    folder.mkdir()
    search = os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "streaming")))
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own command lines
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": search}
        )


def _visited(guest):
    """Whether a guest had to be killed, since it did not leave."""
    time.sleep(random.uniform(*STAY_SECONDS))  # noqa: S311 - no secret
    guest.send_signal(signal.SIGTERM)
    try:
        guest.wait(30)
    except subprocess.TimeoutExpired:
        guest.kill()
        return True
    return False


def installed(package):
    """The interpreter of a virtual environment with this package; `None` where it can not be had."""
    folder = PLACE / package.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        if subprocess.run(pip, check=False).returncode:  # noqa: S603 - our own command line
            return None
        (folder / "installed").touch()
    return str(python)


def engines(say):
    """Ours, and those that can be had."""
    yield Engine("argus-streams", sys.executable, ROOT / "tests" / "streaming" / "counting_worker.py", ours=True)
    for package, script in (("faust-streaming==0.15.3", "faust_worker.py"), ("quixstreams==3.28.1", "quix_worker.py")):
        python = installed(package)
        if python is None:
            say(f"NOT RUN, {package} can not be installed")
        else:
            yield Engine(package, python, HERE / script)


def main():
    """Print the table."""

    def say(line):
        print(line, flush=True)

    with start_kafka(None, say=say) as broker:
        say(f"{JOINS} joins and leaves of a third worker, {RATE} records/s, {PARTITIONS} partitions")
        say("| engine | records | lost | twice | not read at the end | had to be killed |")
        say("|---|---:|---:|---:|---:|---:|")
        for engine in engines(say):
            numbers = " | ".join(f"{number:,}" for number in tried(engine, broker.bootstrap, say))
            say(f"| {engine.name} | {numbers} |")


if __name__ == "__main__":
    main()
