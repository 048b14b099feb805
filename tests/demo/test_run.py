"""The demo as a person starts it, and how it ends."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from processes import comes_true

from argus_streams import app, sources

OURS = ("ARGUS_", "KAFKA_", "DATABASE_URL")
SIGNALS_ALONE = {"netlify", "vercel", "testreports"}  # which tell no event that would be in a group
LONGEST_SECONDS = 300
pytestmark = [pytest.mark.kafka, pytest.mark.postgres]
by_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")


@pytest.fixture
def parts_are_here(kafka, postgres_server):
    """The demo starts parts of its own; this skips, or fails, where there are none to be had."""


@pytest.fixture
def elsewhere(kafka, postgres_url):
    """Settings of a demo on servers that run already: a broker takes as long to start as all else."""
    prefix = f"demo{uuid.uuid4().hex[:8]}."
    return {"KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": postgres_url, "ARGUS_TOPIC_PREFIX": prefix}


@contextmanager
def demo(*arguments, given=(), **streams):
    """The demo in a process of its own; one that does not come to an end is killed, and fails its test."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)} | dict(given)
    command = [sys.executable, "-m", "argus_streams", "demo", *arguments]
    with subprocess.Popen(command, env=environment, start_new_session=True, **streams) as running:  # noqa: S603 - ours
        too_long = threading.Timer(LONGEST_SECONDS, running.kill)
        too_long.start()
        try:
            yield running
        finally:
            too_long.cancel()
            running.kill()


def descendants(pid):
    """Process ids of the children of a process and of theirs."""
    found, wanted = [], [pid]
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    while wanted:
        children = [child for child, parent in parents.items() if parent == wanted[0]]
        wanted = wanted[1:] + children
        found += children
    return found


def alive(pids):
    """Those that still run; one that nobody has waited for yet does not."""
    found = []
    for pid in pids:
        with suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append(pid)
    return found


def read_until(descriptor, text, seconds):
    """What a terminal shows up to the text."""
    shown, deadline = b"", time.monotonic() + seconds
    while text not in shown:
        assert time.monotonic() < deadline, shown.decode(errors="replace")
        shown += os.read(descriptor, 65536)
    return shown


def read_to_end(descriptor):
    shown = b""
    with suppress(OSError):  # a terminal whose programs have ended
        while chunk := os.read(descriptor, 65536):
            shown += chunk
    return shown


def test_a_short_run_tells_its_story_and_loses_nothing(elsewhere):
    with demo("--seconds", "15", "--json", given=elsewhere, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        stdout, stderr = running.communicate()
    assert running.returncode == 0, stderr.decode()
    (line,) = stdout.decode().splitlines()
    told = json.loads(line)
    ledger, groups = told["ledger"], told["groups"]
    assert list(ledger) == [
        *("bodies", "normalised", "ignored", "dead", "events", "counted", "closed", "duplicate", "missing"),
    ]
    assert ledger["missing"] == 0
    assert ledger["bodies"] == ledger["normalised"] + ledger["ignored"] + ledger["dead"] > 100
    assert ledger["events"] == ledger["counted"] + ledger["closed"] + ledger["duplicate"]
    assert ledger["duplicate"] < ledger["events"] / 10
    assert sum(group["count"] for group in groups) == ledger["counted"]
    assert all(group.keys() == {"fingerprint", "title", "count", "sources"} for group in groups)
    assert all(sum(each["count"] for each in group["sources"]) == group["count"] for group in groups)
    vendors = [{each["source"] for each in group["sources"]} for group in groups]
    assert set().union(*vendors) == set(sources.load()) - SIGNALS_ALONE
    assert sum(len(told) > 1 for told in vendors) >= 4, "problems that several vendors tell"
    (hero,) = [group for group in groups if "PaymentDeclined" in group["title"]]
    assert {each["source"] for each in hero["sources"]} == {"sentry", "otlp", "rollbar", "datadog"}
    assert "Traceback" not in stderr.decode()
    assert stderr.decode().count("broke by its locator") == 1


def assert_ended_by(number, given=()):
    """The demo ends in good order by a signal, and tells the ledger."""
    controller, terminal = pty.openpty()
    with demo(given=given, stdin=terminal, stdout=terminal, stderr=terminal) as running:
        os.close(terminal)
        read_until(controller, b" out of ", 240)
        pids = descendants(running.pid)
        assert len(pids) >= len(app.ROLES) + (0 if given else 2), "workers, a broker and a database"
        os.kill(running.pid, number)
        shown = read_to_end(controller)
        assert running.wait(60) == 0, shown.decode(errors="replace")
        assert b"The ledger: bodies" in shown
        assert b"missing 0" in shown
        assert b"Traceback" not in shown
        assert comes_true(lambda: not alive(pids), 5), pids
    os.close(controller)


@by_proc
@pytest.mark.usefixtures("parts_are_here")
def test_ctrl_c_ends_everything_and_tells_the_ledger():
    assert_ended_by(signal.SIGINT)


@by_proc
@pytest.mark.long  # what is told by Ctrl-C, above, tells it too
def test_a_demo_that_is_told_to_end_does_so_too(elsewhere):
    assert_ended_by(signal.SIGTERM, elsewhere)


@by_proc
@pytest.mark.usefixtures("parts_are_here")
def test_a_demo_that_is_killed_leaves_no_process():
    with demo(stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        read_until(running.stdout.fileno(), b" out of ", 240)
        pids = descendants(running.pid)
        assert len(pids) >= 5
        running.kill()
        assert comes_true(lambda: not alive(pids), 15), alive(pids)
