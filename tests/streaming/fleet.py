"""Counting workers over topics of their own, and an oracle that reads what they should have done."""

import json
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

from broker import Topics, unique
from counting import COUNT
from parts import ROOT
from processes import comes_true

from argus_streams.streaming.table import CLAIM

SCRIPT = Path(__file__).parent / "counting_worker.py"
PORT = re.compile(r"/readyz .*on port (\d+)")


class Process:
    """One worker process and its log."""

    def __init__(self, arguments, log, folder):
        self._log = log
        folders = os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(SCRIPT.parent)])
        with log.open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 - the tests' own worker
                [sys.executable, str(SCRIPT), *map(str, arguments)],
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**os.environ, "PYTHONPATH": folders},
            )

    @property
    def log(self):
        return self._log.read_text()

    @property
    def code(self):
        return self._process.poll()

    def probe(self, path):
        """Status and body; `None` while it does not listen."""
        found = PORT.search(self.log)
        if not found:
            return None
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}{path}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as answer:
            return answer.code, json.load(answer)
        except urllib.error.URLError:
            return None

    def text(self, path):
        found = PORT.search(self.log)
        with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}{path}", timeout=5) as answer:
            return answer.read().decode()

    @property
    def ready(self):
        return (self.probe("/readyz") or (0, {}))[0] == 200

    def turns(self):
        """How many turns have begun."""
        return self.log.count("turning")

    def send(self, number):
        self._process.send_signal(number)

    def kill(self):
        self._process.kill()
        self._process.wait()

    def terminate(self):
        """Its exit code, and how many seconds it took to end."""
        began = time.monotonic()
        self.send(signal.SIGTERM)
        return self.ends(20), time.monotonic() - began

    def ends(self, seconds):
        """The exit code."""
        assert comes_true(lambda: self.code is not None, seconds), f"it lives on:\n{self.log}"
        return self.code


class Fleet:
    """The workers of one consumer group."""

    def __init__(self, bootstrap, folder, *, partitions=4, pause=0.0):
        self.topics = Topics(bootstrap)
        self.partitions, self.pause = partitions, pause
        self.group, self.input = unique("g"), self.topics.make("in", partitions)
        self.out = self.topics.make("out", partitions)
        self.changelog = self.topics.make("changelog", partitions, **{"cleanup.policy": "compact"})
        self._folder = folder / self.group
        self._folder.mkdir()
        self.working = self._folder / "working"  # the workers' current directory
        self.working.mkdir()
        self.started = []
        self._loading = threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._loading.set()
        for process in self.started:
            if process.code is None:
                process.send(signal.SIGCONT)
                process.kill()

    def start(self, state="-", *fault):
        """Start a worker; `state` names its folder, `-` keeps its state in memory; `fault` is one of `faults`."""
        folder = state if state == "-" else self._folder / state
        names = (self.group, self.input, self.changelog, self.out)
        log = self._folder / f"{len(self.started)}.log"
        self.started.append(Process([self.topics.bootstrap, *names, folder, self.pause, *fault], log, self.working))
        return self.started[-1]

    def publish(self, count, keys=50):
        cycle = (number % keys for number in range(count))
        self.topics.publish(self.input, [(key % self.partitions, b"key-%d" % key, b"x" * 200) for key in cycle])

    def load(self, rate):
        """Publish so many a second until the fleet ends or `unload` is called; returns how to stop."""

        def run():
            while not self._loading.is_set():
                self.publish(rate // 5)
                time.sleep(0.2)

        thread = threading.Thread(target=run)
        thread.start()

        def stop():
            self._loading.set()
            thread.join()

        return stop

    # -- the oracle ---------------------------------------------------------------------------------------------------

    def lag(self):
        return self.topics.lag(self.group, self.input, self.partitions)

    def drained(self, seconds=30):
        return comes_true(lambda: self.lag() == 0, seconds)

    def published(self):
        return Counter(line.key for line in self.topics.lines(self.input))

    def counted(self):
        """Count by key as a recovery would find it: the highest epoch of each key."""
        found = {}
        for line in self.topics.lines(self.changelog):
            if line.key != CLAIM:
                epoch, value = struct.unpack(">q", line.value[:8])[0], line.value[8:]
                if epoch >= found.get(line.key, (-1,))[0]:
                    found[line.key] = (epoch, COUNT.unpack(value)[0])
        return {key: count for key, (_, count) in found.items()}

    def forwarded(self):
        """How often each input record was forwarded, by (partition, offset)."""
        words = (line.value.split() for line in self.topics.lines(self.out))
        return Counter((int(partition), int(offset)) for _, partition, offset, _ in words)

    def places(self):
        return {(line.partition, line.offset) for line in self.topics.lines(self.input)}
