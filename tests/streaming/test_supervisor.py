"""A worker that ends is started again, ever more patiently; all end with their supervisor, however that ends."""

import os
import sys

import pytest
from processes import comes_true, is_alive, python

from argus_streams.streaming.supervisor import MISCONFIGURED, PAUSES, Launch, Supervisor

WORKS = "import sys; print('working', file=sys.stderr, flush=True); sys.stdin.read()"
DRAINS = """
import pathlib, signal, sys, time
def drain(*_):
    time.sleep(0.3)
    pathlib.Path(sys.argv[1]).write_text("drained")
    sys.exit(0)
signal.signal(signal.SIGTERM, drain)
print("working", file=sys.stderr, flush=True)
sys.stdin.read()
"""
SUPERVISES = """
import os, sys, time
from argus_streams.streaming.supervisor import Launch, Supervisor
supervisor = Supervisor({"a": Launch([sys.executable, "-c", "import sys; sys.stdin.read()"], os.environ)})
supervisor.start()
print(supervisor.children["a"].process.pid, flush=True)
time.sleep(60)
"""


def launch(script, *arguments, log=None):
    return Launch([sys.executable, "-c", script, *map(str, arguments)], os.environ, log)


@pytest.fixture
def supervise():
    """Start workers, ended with the test."""
    started = []

    def supervise(**launches):
        started.append(Supervisor(launches))
        started[-1].start()
        return started[-1]

    yield supervise
    for supervisor in started:
        supervisor.stop()


def pid(supervisor, name):
    return supervisor.children[name].process.pid


def restarted(supervisor, name, times=1):
    """Whether it was started again so often in time."""
    return comes_true(lambda: supervisor.check() is None and supervisor.children[name].restarts >= times, 10)


def test_a_worker_that_runs_is_left_alone(supervise):
    supervisor = supervise(a=launch(WORKS))
    before = pid(supervisor, "a")
    assert supervisor.check() is None
    assert pid(supervisor, "a") == before


def test_a_worker_that_was_killed_is_started_again_and_its_neighbour_is_not(supervise):
    supervisor = supervise(a=launch(WORKS), b=launch(WORKS))
    before = {name: pid(supervisor, name) for name in "ab"}
    supervisor.kill("a")
    assert restarted(supervisor, "a")
    assert pid(supervisor, "a") != before["a"]
    assert pid(supervisor, "b") == before["b"]


def test_a_worker_that_ends_at_once_is_started_ever_more_rarely(supervise):
    supervisor = supervise(a=launch("raise SystemExit(70)"))
    assert supervisor.children["a"].pause == PAUSES[0]
    assert restarted(supervisor, "a", 2)
    assert supervisor.children["a"].pause == PAUSES[0] * 4


def test_a_worker_that_refuses_its_settings_is_not_started_again(supervise):
    supervisor = supervise(a=launch(WORKS), b=launch(f"raise SystemExit({MISCONFIGURED})"))
    assert comes_true(lambda: supervisor.check() == MISCONFIGURED, 10)
    assert supervisor.children["b"].restarts == 0


def test_workers_are_let_finish_their_turn(supervise, tmp_path):
    logs, drained = [tmp_path / f"{n}.log" for n in "ab"], [tmp_path / n for n in "ab"]
    supervisor = supervise(a=launch(DRAINS, drained[0], log=logs[0]), b=launch(DRAINS, drained[1], log=logs[1]))
    assert comes_true(lambda: all("working" in log.read_text() for log in logs), 10)
    supervisor.stop()
    assert [file.read_text() for file in drained] == ["drained", "drained"]
    assert [child.process.returncode for child in supervisor.children.values()] == [0, 0]


def test_what_a_worker_says_goes_to_its_log_through_restarts(supervise, tmp_path):
    supervisor = supervise(a=launch(WORKS, log=tmp_path / "a.log"))
    assert comes_true(lambda: "working" in (tmp_path / "a.log").read_text(), 10)
    supervisor.kill("a")
    assert restarted(supervisor, "a")
    assert comes_true(lambda: (tmp_path / "a.log").read_text().count("working") == 2, 10)


def test_workers_end_when_their_supervisor_is_killed():
    with python(SUPERVISES) as supervisor:
        worker = int(supervisor.stdout.readline())
        assert is_alive(worker)
        supervisor.kill()
        assert comes_true(lambda: not is_alive(worker), 10)
