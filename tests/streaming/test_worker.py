"""A worker process, from start to each of its ends: nothing is lost, everything is counted once."""

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from broker import Topics
from counting import Counting
from fleet import Fleet
from processes import comes_true
from prometheus_client import CollectorRegistry

from argus_streams.errors import Misconfigured
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Reader
from argus_streams.streaming.supervisor import MISCONFIGURED, STOP_SECONDS
from argus_streams.streaming.worker import CRASHED, Broker, Job, Worker

pytestmark = pytest.mark.kafka


# -- one worker -------------------------------------------------------------------------------------------------------


def test_a_worker_gets_ready_works_and_ends_in_time_with_everything_committed(kafka, tmp_path):
    with Fleet(kafka, tmp_path) as fleet:
        fleet.publish(2000)
        worker = fleet.start()
        assert comes_true(lambda: worker.probe("/livez"), 60)
        status, body = worker.probe("/readyz")
        assert (status, body["ready"]) == (503, False)
        assert "not yet a member of its consumer group" in body["obstacles"]

        assert comes_true(lambda: worker.ready, 60)
        assert comes_true(lambda: worker.probe("/readyz")[1]["records"] == 2000, 60)
        status, body = worker.probe("/readyz")
        assert (status, body["obstacles"], body["partitions"]) == (200, [], 4)

        code, seconds = worker.terminate()
        assert code == 0
        assert seconds < STOP_SECONDS
        assert fleet.lag() == 0
        assert fleet.counted() == fleet.published()
        assert fleet.forwarded() == dict.fromkeys(fleet.places(), 1)
        assert commits(fleet) == {topic_id(fleet)}
        assert list(fleet.working.iterdir()) == []  # a container's may be read-only


def commits(fleet):
    """The topic ids that the group's commits carry."""
    reader = Reader({"bootstrap.servers": fleet.topics.bootstrap}, fleet.group)
    places = asyncio.run(reader.committed([Partition(fleet.input, p) for p in range(fleet.partitions)]))
    return {place[1] for place in places.values() if place}


def topic_id(fleet):
    reader = Reader({"bootstrap.servers": fleet.topics.bootstrap}, fleet.group)
    return asyncio.run(reader.topics([fleet.input]))[fleet.input][0]


@pytest.mark.parametrize(
    ("partitions", "why"), [(None, "has no topic changelog"), (3, "need equal partition counts")], ids=["missing", "3"]
)
def test_a_topic_that_is_not_as_declared_refuses_the_start(kafka, partitions, why):
    topics = Topics(kafka)
    changelog = topics.make("changelog", partitions) if partitions else "changelog.that.nobody.made"
    job = Job("counting", "g", [topics.make("in", 2)], CollectorRegistry(), changelog=changelog)
    with pytest.raises(Misconfigured, match=why):
        asyncio.run(Worker(Broker({"bootstrap.servers": kafka}), job).run_keyed(Counting("out")))


def test_a_changelog_made_anew_under_positions_that_go_with_the_old_one_refuses_the_start(kafka, tmp_path):
    with Fleet(kafka, tmp_path) as fleet:
        fleet.publish(40)
        worker = fleet.start("state")
        assert comes_true(lambda: fleet.lag() == 0, 20)
        assert worker.terminate()[0] == 0
        fleet.topics.delete(fleet.changelog)
        fleet.topics.make_again(fleet.changelog, fleet.partitions)
        refused = fleet.start("state")
        assert refused.ends(30) == MISCONFIGURED
        assert "was deleted or made anew, and the state in it is gone" in refused.log
        assert fleet.topics.lines(fleet.changelog) == []


# -- what takes session time-outs: all at the same time -------------------------------------------------------------


def killed(fleet):
    """A worker is killed in the midst of its work, and started again on its folder."""
    stop = fleet.load(2000)
    worker = fleet.start("state")
    assert comes_true(lambda: worker.ready, 60)
    time.sleep(2)
    worker.kill()
    stop()
    fleet.start("state")
    assert fleet.drained(90)


def joined_and_left(fleet):
    """Two workers under load, a third comes and goes, at every point of its joining; one of the two as well."""
    stop = fleet.load(600)
    workers = [fleet.start("one"), fleet.start()]
    assert comes_true(lambda: all(worker.ready for worker in workers), 60)
    for stay in (4.5, 1.5, 3.0):
        guest = fleet.start()
        assert comes_true(lambda: guest.probe("/livez"), 60)  # noqa: B023 - called at once
        time.sleep(stay)
        code, seconds = guest.terminate()
        assert (code, seconds < STOP_SECONDS) == (0, True)
    assert workers[0].terminate()[0] == 0
    again = fleet.start("one")
    assert comes_true(lambda: again.ready, 60)
    stop()
    assert fleet.drained(90)
    return ["newly assigned partitions {" in process.log for process in fleet.started[2:]]


def suspended(fleet):
    """A worker stops for longer than its session, in the midst of a turn, and wakes up when another owns its keys."""
    stop = fleet.load(200)
    zombie = fleet.start("zombie")
    assert comes_true(lambda: zombie.ready, 60)
    begun = zombie.turns()
    assert comes_true(lambda: zombie.turns() > begun, 60)
    zombie.send(signal.SIGSTOP)  # between two turns it would have nothing to be fenced for
    owner = fleet.start()
    assert comes_true(lambda: owner.ready, 90)
    time.sleep(2)
    zombie.send(signal.SIGCONT)
    code = zombie.ends(30)
    stop()
    fleet.start("zombie")
    assert fleet.drained(90)
    return code, zombie.log


def made_anew(fleet):
    """The input is deleted and made again under the worker."""
    fleet.publish(40)
    worker = fleet.start("state")
    assert comes_true(lambda: fleet.lag() == 0, 60)
    fleet.topics.delete(fleet.input)
    fleet.topics.make_again(fleet.input, fleet.partitions)
    fleet.publish(30)
    code, before = worker.ends(30), fleet.forwarded()
    fleet.start("state")
    assert comes_true(lambda: fleet.forwarded() - before == dict.fromkeys(fleet.places(), 1), 90)
    return code, worker.log


SCENARIOS = {killed: {}, joined_and_left: {"pause": 0.4, "partitions": 6}, suspended: {"pause": 2.0}, made_anew: {}}


@pytest.fixture(scope="module")
def outcomes(kafka, tmp_path_factory):
    """Each scenario's fleet and result, as futures; a failed one tells its test."""
    with ThreadPoolExecutor(len(SCENARIOS)) as pool:

        def run(scenario, options):
            with Fleet(kafka, tmp_path_factory.mktemp(scenario.__name__), **options) as fleet:
                found = scenario(fleet)
                return fleet, found, (fleet.counted(), fleet.published(), fleet.forwarded(), fleet.places())

        yield {scenario: pool.submit(run, scenario, options) for scenario, options in SCENARIOS.items()}


def test_a_worker_killed_at_work_and_started_again_counts_each_record_once(outcomes):
    _, _, (counted, published, forwarded, places) = outcomes[killed].result()
    assert counted == published
    assert set(forwarded) == places


def test_workers_that_join_and_leave_in_good_order_process_each_record_once(outcomes):
    _, guests_got_partitions, (counted, published, forwarded, places) = outcomes[joined_and_left].result()
    assert any(guests_got_partitions)
    assert counted == published
    assert forwarded == dict.fromkeys(places, 1)


def test_a_worker_that_wakes_up_after_its_keys_went_to_another_is_fenced(outcomes):
    _, (code, log), (counted, published, forwarded, places) = outcomes[suspended].result()
    assert code == CRASHED
    assert "has a newer owner" in log
    assert counted == published
    assert set(forwarded) == places


def test_an_input_deleted_and_made_anew_ends_the_worker_and_is_read_from_its_beginning(outcomes):
    _, (code, log), _ = outcomes[made_anew].result()
    assert code == CRASHED
    assert "was made anew under another id" in log
