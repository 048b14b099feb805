"""A worker that stands still without a declared reason ends, and says why; one that has a reason does not."""

from concurrent.futures import ThreadPoolExecutor

import faults
import pytest
from fleet import Fleet
from processes import comes_true

from argus_streams.streaming.worker import CRASHED

pytestmark = pytest.mark.kafka

STALLS = {
    faults.never_decides: "a turn does not end within 3 s, and nothing that is declared explains it",
    faults.blocks_the_loop: "the event loop has not answered for",
    faults.is_cancelled: "the agent's task has ended",
    faults.blocks_the_consumer_thread: "the fetch loop asks for nothing any more",
    faults.ends_the_consumer_thread: "the fetch loop asks for nothing any more",
    faults.fails_to_fetch: "nobody knows why",
    faults.fetches_nothing: "stands still at offset 0",
    faults.commits_nothing: "but not committed from 0 on",
    faults.never_recovers: "recovery has stopped after 0 offsets",
    faults.never_knows_where_to_begin: "a rebalance does not come to an end",
}
AGAIN = [faults.never_decides, faults.commits_nothing]  # after which the next worker has to do all
DECLARED = [faults.holds_then_works, faults.is_slow, faults.recovers_slowly]
ENDS = [faults.never_ends, faults.blocks_the_interpreter]


OBSTACLES = {
    faults.never_knows_where_to_begin: "rebalancing",
    faults.never_recovers: "recovering state",
    faults.recovers_slowly: "recovering state",
    faults.holds_then_works: "holding: the database is down",
}


def shows(worker, fault):
    """Readiness tells what is in the way, and the worker lives."""
    if fault in OBSTACLES:
        assert comes_true(lambda: OBSTACLES[fault] in obstacles(worker), 60), worker.log
        assert worker.probe("/livez")[0] == 200


def obstacles(worker):
    status, body = worker.probe("/readyz") or (0, {"obstacles": []})
    return body["obstacles"] if status == 503 else []


def stalled(kafka, folder, fault):
    """The exit code and the log of a worker that met the fault."""
    with Fleet(kafka, folder) as fleet:
        fleet.publish(40)
        worker = fleet.start("-", fault.__name__)
        shows(worker, fault)
        code = worker.ends(60)
        if fault in AGAIN:
            fleet.start()
            assert fleet.drained(60)
            assert fleet.counted() == fleet.published()
        return code, worker.log


def declared(kafka, folder, fault):
    """The exit code and the log of a worker that was left alone till all was done."""
    with Fleet(kafka, folder) as fleet:
        fleet.publish(40)
        worker = fleet.start("-", fault.__name__)
        shows(worker, fault)
        drained = fleet.drained(60)
        assert comes_true(lambda: worker.code is not None or worker.ready, 20)
        return drained, worker.terminate()[0], worker.log


def unended(kafka, folder, fault):
    """The exit code and the log of a worker that is told to end and can not, or that can not even hear it."""
    with Fleet(kafka, folder) as fleet:
        worker = fleet.start("-", fault.__name__)
        assert comes_true(lambda: worker.ready, 60)
        fleet.publish(4)
        if fault is faults.never_ends:
            worker.terminate()
        return worker.ends(60), worker.log


@pytest.fixture(scope="module")
def outcomes(kafka, tmp_path_factory):
    """What became of each worker, as futures: most of the time they wait."""
    plays = {**dict.fromkeys(STALLS, stalled), **dict.fromkeys(DECLARED, declared), **dict.fromkeys(ENDS, unended)}
    with ThreadPoolExecutor(8) as pool:
        yield {
            fault: pool.submit(play, kafka, tmp_path_factory.mktemp(fault.__name__), fault)
            for fault, play in plays.items()
        }


@pytest.mark.parametrize("fault", STALLS, ids=lambda fault: fault.__name__)
def test_a_worker_ends_with_its_reason_when_it(outcomes, fault):
    code, log = outcomes[fault].result()
    assert code == CRASHED
    assert STALLS[fault] in next(line for line in log.splitlines() if "CRITICAL" in line)


@pytest.mark.parametrize("fault", DECLARED, ids=lambda fault: fault.__name__)
def test_a_worker_is_left_alone_when_it(outcomes, fault):
    drained, code, log = outcomes[fault].result()
    assert drained, log
    assert code == 0
    assert "CRITICAL" not in log


def test_an_end_that_does_not_come_to_an_end_is_cut_and_says_where_it_hung(outcomes):
    code, log = outcomes[faults.never_ends].result()
    assert code == CRASHED
    assert "the end does not come to an end" in log
    assert "run_keyed (worker.py" in log


def test_an_interpreter_that_is_blocked_is_ended_from_outside_it(outcomes):
    code, log = outcomes[faults.blocks_the_interpreter].result()
    assert code == 1
    assert "Timeout" in log
    assert "in block" in log
