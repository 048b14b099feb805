"""Workers that run: who they are, what they hold, and Kafka's clock by what they are given."""

import threading

import pytest
from commands import process, unset
from processes import comes_true
from sites import PATIENT, Site

from argus_streams.diagnosis.run import diagnose

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

IDLE = {"normalize", "analyze", "heal", "store"}
CLOCK = ("clock", "fine", "Kafka")


def test_workers_that_run_are_found_fine_and_tell_the_clock_of_kafka(kafka, database, tmp_path):
    site = Site.made(kafka, database).beside(
        ARGUS_STATE_DIR=str(tmp_path), ARGUS_HEALTH_HOST="127.0.0.1", ARGUS_HEALTH_PORT="0"
    )
    with process("worker", "correlate", **site.environment) as worker:
        threading.Thread(target=worker.stderr.read, daemon=True).start()
        assert comes_true(lambda: idle(site) == IDLE, 60)
        held = next(each for each in found(site) if each.check == "state folder")
        assert (held.verdict, "held by the worker that runs" in held.what) == ("fine", True)
        with publishing(site):
            assert comes_true(lambda: CLOCK in clocks(site), 20)
    assert comes_true(lambda: "correlate" in idle(site), 60)


def found(site):
    with unset():
        return diagnose(site.settings, pace=PATIENT._replace(pause=1.0))


def idle(site):
    """The roles of which no worker runs."""
    told = [each.what.split() for each in found(site) if (each.check, each.verdict) == ("groups", "warning")]
    return {words[3] for words in told if words[:3] == ["no", "worker", "of"]}


def clocks(site):
    return [(each.check, each.verdict, each.what.split()[0]) for each in found(site) if each.check == "clock"]


class publishing:  # noqa: N801 - a block
    """Publishes on and on for a block, to a topic whose records carry Kafka's time."""

    def __init__(self, site):
        self._site = site
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._end.wait(0.1):
            self._site.publish(self._site.topics.feedback, 1)

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
