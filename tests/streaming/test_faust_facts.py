# ruff: noqa: SLF001 - the private names of others are what this file is about
"""What we override of Faust and aiokafka, and what we rely on: a fact that changes upstream fails here (ADR 0002)."""

import asyncio
import inspect
import re
from types import SimpleNamespace

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher, FetchResult
from aiokafka.consumer.group_coordinator import BaseCoordinator, GroupCoordinator
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaConnectionError
from aiokafka.structs import TopicPartition
from faust.app.base import App
from faust.assignor.client_assignment import CopartitionedAssignment
from faust.assignor.copartitioned_assignor import CopartitionedAssignor
from faust.assignor.partition_assignor import PartitionAssignor
from faust.streams import Stream
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer as BaseConsumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, ConsumerRebalanceListener
from faust.transport.drivers.aiokafka import Consumer as FaustConsumer
from faust.types.tuples import TP
from mode.utils.queues import FlowControlEvent, FlowControlQueue
from parts import ROOT

from argus_streams.streaming.application import POLL_SECONDS
from argus_streams.streaming.application import App as OurApp
from argus_streams.streaming.assignor import Assignor
from argus_streams.streaming.consumer_thread import ConsumerThread as ChunkThread
from argus_streams.streaming.transport import ChunkConsumer

RECORD = ROOT / "docs" / "adr" / "0002-position-of-our-own.md"
HERE = TP("in", 0)


def offline(**settings):
    """A Faust app that was never started."""
    return faust.App("facts", broker="kafka://127.0.0.1:1", web_enabled=False, **settings)


def stock(app=None):
    """Faust's own consumer, offline."""
    app = app or offline()
    return FaustConsumer(app.transport, callback=_nothing, on_partitions_revoked=None, on_partitions_assigned=None)


def source(thing):
    return inspect.getsource(thing)


def in_order(text, *parts):
    """Whether the parts stand in the text, one behind the other."""
    at = 0
    for part in parts:
        at = text.find(part, at) + 1
        if not at:
            return False
    return True


# -- what we override -------------------------------------------------------------------------------------------------

OVERRIDDEN = [
    (ours, upstream, name)
    for ours, upstream in (
        (ChunkConsumer, FaustConsumer),
        (ChunkThread, AIOKafkaConsumerThread),
        (OurApp, App),
        (Assignor, PartitionAssignor),
    )
    for name in vars(ours)
    if inspect.isfunction(vars(ours)[name]) and hasattr(upstream, name)
]


@pytest.mark.parametrize(("ours", "upstream", "name"), OVERRIDDEN, ids=lambda value: getattr(value, "__name__", value))
def test_what_we_override_is_still_called_that_way(ours, upstream, name):
    mine, theirs = (list(inspect.signature(getattr(owner, name)).parameters) for owner in (ours, upstream))
    assert mine == theirs
    assert inspect.iscoroutinefunction(getattr(ours, name)) == inspect.iscoroutinefunction(getattr(upstream, name))


def test_we_override_what_the_decision_record_lists():
    rows = [line for line in RECORD.read_text().splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in rows))) == {name for *_, name in OVERRIDDEN}


def test_the_gap_books_let_a_commit_pass_a_hole_in_what_was_fetched():
    """Why the commit is ours: the records 2..9 were dropped by a rebalance, and count as done."""

    async def fact():
        consumer = stock()
        consumer._committed_offset[HERE] = None
        for offset in (0, 1):
            consumer._acked[HERE].append(offset)
        await consumer._add_gap(HERE, 2, 10)
        consumer._acked[HERE].append(10)
        return consumer._new_offset(HERE)

    assert asyncio.run(fact()) == 11


def test_the_drain_makes_four_tasks_a_message():
    """Why delivery is ours: `wait_first` wraps callback and event into tasks, for each message."""
    assert (
        "await self.wait_first(\n                                callback(message), self.suspend_flow.wait()"
        in source(BaseConsumer._drain_messages)
    )


def test_fetched_records_are_dropped_when_the_flow_stops_while_the_fetch_position_has_moved():
    """Why holes are asked for again: Faust forgets what it fetched, aiokafka's position has passed it."""
    assert in_order(source(BaseConsumer.getmany), "_wait_next_records", "if not self.flow_active:\n", "break")
    assert in_order(source(FetchResult.getall), "_update_position", "return ret_list")


def test_a_stopped_flow_makes_the_fetch_seek_beside_the_rebalance():
    """Why getmany is ours: a second `perform_seek` from the fetch loop races the one of the rebalance."""
    assert in_order(source(BaseConsumer.getmany), "getmany called while flow not active", "await self.perform_seek()")


def test_resuming_the_flow_clears_what_agents_have_not_taken_yet():
    async def fact():
        flow = FlowControlEvent()
        queue = FlowControlQueue(flow_control=flow, clear_on_resume=True)
        queue.put_nowait(1)
        flow.resume()
        return queue.empty()

    assert asyncio.run(fact())


def test_recovery_resumes_partitions_then_seeks_then_clears_queues():
    """What `perform_seek` hangs on: Recovery calls it, also where the app has no Faust table."""
    assert in_order(
        source(Recovery._resume_streams),
        "consumer.resume_partitions(",
        "consumer.perform_seek()",
        "flow_control.resume()",
        "consumer.resume_flow()",
    )
    assert "if not self.tables" in source(Recovery._restart_recovery.fun)


def test_recovery_seeks_nothing_where_nothing_is_assigned():
    """Why the loop does not wait for `starts` after an empty assignment."""
    assert in_order(source(Recovery._resume_streams), "if assignment:", "perform_seek", "else:", "empty assignment")


def test_a_commit_the_broker_does_not_answer_crashes_the_app():
    async def fact():
        crashed = []

        async def fails(_offsets):
            raise KafkaConnectionError("the broker is away")

        async def crash(error):
            crashed.append(error)

        thread = SimpleNamespace(
            _ensure_consumer=lambda: SimpleNamespace(commit=fails),
            assignment=lambda: {HERE},
            tp_last_committed_at={},
            log=SimpleNamespace(exception=lambda *_: None),
            crash=crash,
        )
        assert not await AIOKafkaConsumerThread._commit(thread, {HERE: 5})
        return crashed

    assert isinstance(asyncio.run(fact())[0], KafkaConnectionError)


def test_a_commit_carries_no_metadata():
    assert 'OffsetAndMetadata(offset, "")' in source(AIOKafkaConsumerThread._commit)


def test_a_commit_that_failed_is_booked_as_committed():
    """Why `_commit_offsets` is ours: nothing would try again until the next record."""

    async def fact():
        consumer = stock()
        consumer.app._producer = SimpleNamespace(flush=_nothing)
        consumer.assignment = lambda: {HERE}
        consumer._commit = _nothing
        assert not await consumer._commit_offsets({HERE: 7})
        return consumer._committed_offset[HERE]

    assert asyncio.run(fact()) == 7


async def _nothing(*_):
    return False


def test_commits_are_chosen_from_ack_books():
    assert "for tp in self._acked" in source(BaseConsumer._filter_tps_with_pending_acks)
    assert "self._new_offset(tp)" in source(BaseConsumer._filter_committable_offsets)


def test_a_stream_acks_its_event_also_when_the_agent_raised():
    """Why acks are worth nothing: this `finally` runs on any exception in an agent's body."""
    assert in_order(source(Stream._py_aiter), "yield value", "finally:", "event.ack()")


@pytest.mark.parametrize("stop", [App._on_partitions_revoked, App._stop_consumer], ids=["rebalance", "stop"])
def test_partitions_are_given_up_only_after_the_flow_stopped_queues_were_cleared_and_streams_are_empty(stop):
    """What `wait_empty`, our wait for the running turn, hangs on."""
    assert in_order(
        source(stop), "consumer.stop_flow", "flow_control.suspend", "flow_control.clear", "_consumer_wait_empty"
    )
    assert "if self.conf.stream_wait_empty" in source(App._consumer_wait_empty)


def test_wait_empty_waits_for_acks():
    assert "self._unacked_messages" in source(BaseConsumer.wait_empty)


def test_a_stopping_app_closes_the_connection_when_a_rebalance_begins_and_then_leaves_no_group():
    assert "consumer.close()" in source(App._on_rebalance_when_stopped)
    assert in_order(source(AIOKafkaConsumerThread.close), "_closed = True", "_client.close()")
    assert in_order(source(AIOKafkaConsumer.stop), "if self._closed:", "return", "_coordinator.close()")


def test_a_commit_that_is_under_way_is_taken_for_the_one_that_was_asked_for():
    assert in_order(source(BaseConsumer.commit), "maybe_wait_for_commit_to_finish", "return False", "force_commit")


def test_a_starting_app_makes_folders_in_the_current_directory():
    assert "datadir.mkdir" in source(App._create_directories)


def test_a_consumer_outside_transactions_reads_what_was_never_committed():
    assert in_order(
        source(AIOKafkaConsumerThread._create_worker_consumer),
        '"read_uncommitted"',
        "in_transaction",
        '"read_committed"',
    )
    assert "isolation_level=self._isolation_level" in source(AIOKafkaConsumer.start)


def test_aiokafka_asks_for_more_while_an_answer_waits_and_takes_no_setting_for_that():
    assert inspect.signature(Fetcher).parameters["prefetch_backoff"].default == 0.1
    assert "prefetch_backoff" not in source(AIOKafkaConsumer)
    assert "self._consumer.start()" in source(AIOKafkaConsumerThread.on_start)


# -- what we rely on --------------------------------------------------------------------------------------------------


def test_the_generation_is_known_before_partitions_are_assigned():
    assert in_order(
        source(ConsumerRebalanceListener.on_partitions_assigned),
        "app.consumer_generation_id = generation",
        "_thread.on_partitions_assigned(",
    )


def test_a_stream_skips_events_of_another_generation():
    assert "message.generation_id != self.app.consumer_generation_id" in source(Stream._py_aiter)


def test_a_seek_discards_what_was_fetched_before_it():
    """What the answer to a question hangs on."""
    assert in_order(source(FetchResult.check_assignment), "position = tp_state.position", "next_fetch_offset")


def test_seek_and_highwater_of_a_partition_that_has_gone_raise_what_the_fetch_loop_expects():
    async def fact():
        consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1")
        consumer._closed = True  # it was never started
        consumer.assign([TopicPartition("in", 1)])
        with pytest.raises(IllegalStateError):
            consumer._subscription.seek(TopicPartition("in", 0), 1)
        with pytest.raises(AssertionError):
            consumer.highwater(TopicPartition("in", 0))

    asyncio.run(fact())


@pytest.mark.parametrize("name", [
    "_active_partitions", "_buffered_partitions", "_committed_offset", "_stopped", "_thread", "callback", "flow_active",
    "suspend_flow",
])  # fmt: skip
def test_the_consumer_s_own_state_that_we_use_is_there(name):
    async def fact():
        return hasattr(stock(), name)

    assert asyncio.run(fact())


@pytest.mark.parametrize(("standbys", "ours"), [(1, True), (0, False)])
def test_faust_s_assignor_is_chosen_by_the_number_of_standbys(standbys, ours):
    async def fact():
        app = offline(table_standby_replicas=standbys)
        thread = stock(app)._thread
        consumer = thread._create_worker_consumer(app.transport)
        consumer._closed = True
        return thread._assignor, app.assignor

    chosen, faust_s = asyncio.run(fact())
    assert chosen is (faust_s if ours else RoundRobinPartitionAssignor)


def test_faust_s_assignor_lets_new_members_idle():
    """Why the shares are ours: 16 members keep 4 of 64 partitions each, for 20 may have 4 at most."""
    names = [f"member-{number}" for number in range(20)]
    held = {
        name: CopartitionedAssignment(actives=set(range(4 * place, 4 * place + 4)) if place < 16 else set())
        for place, name in enumerate(names)
    }
    shared = CopartitionedAssignor({"in"}, held, num_partitions=64, replicas=1).get_assignment()
    assert sorted(len(each.actives) for each in shared.values()) == [0] * 4 + [4] * 16


def test_aiokafka_leaves_a_group_after_it_was_let_in():
    """Why a join that is under way is given up at the end: to be let in takes as long as the slowest of the others."""
    close = source(GroupCoordinator.close)
    assert in_order(close, "_closing.set_result", "await self._coordination_task", "_maybe_leave_group")


@pytest.mark.parametrize("name", ["_performed_join_prepare", "_closing", "_client", "member_id", "coordinator_id"])
def test_the_coordinator_s_own_state_that_we_use_is_there(name):
    assert f"self.{name} = " in source(GroupCoordinator) + source(BaseCoordinator)


def test_topics_of_equal_size_are_handed_out_together_and_a_missing_one_is_only_left_out():
    """What state keyed like its inputs hangs on; and why a worker checks its topics itself."""
    sizes = {"a": {0, 1}, "b": {0, 1}, "c": {0, 1, 2}}
    cluster = SimpleNamespace(partitions_for_topic=sizes.get)
    groups = PartitionAssignor._get_copartitioned_groups({*sizes, "gone"}, cluster, {"member": [*sizes, "gone"]})
    assert {count: [set(group) for group in found] for count, found in groups.items()} == {2: [{"a", "b"}], 3: [{"c"}]}


def test_two_workers_of_one_url_would_share_an_assignment():
    """Why every worker has a `canonical_url` of its own."""
    assert "assert metadata.url == str(self._url)" in source(PartitionAssignor.on_assignment)


def test_a_consumer_that_fetches_nothing_for_long_leaves_the_group_and_does_not_come_back():
    """Why the longest pause between two fetches is ten years: who holds fetches nothing."""
    assert in_order(source(GroupCoordinator._heartbeat_routine), "idle_time < self._max_poll_interval", "leave_group")
    assert in_order(
        source(GroupCoordinator.ensure_active_group),
        "idle_time >= self._max_poll_interval",
        "return None",
        "_do_rejoin",
    )


def test_an_error_of_the_coordinator_stops_it_until_somebody_takes_it_and_faust_takes_none():
    assert "self._error_consumed_fut" in source(GroupCoordinator._push_error_to_user)
    routine = source(GroupCoordinator._GroupCoordinator__coordination_routine)
    assert in_order(
        routine, "task.exception()", "_push_error_to_user"
    )  # of a heartbeat that ended; it is not begun again
    assert "_error_consumed_fut.set_result(None)" in source(GroupCoordinator.check_errors)
    assert "check_errors" not in source(AIOKafkaConsumerThread)


def test_our_settings_reach_aiokafka():
    async def fact():
        app = offline(
            broker_session_timeout=10.0,
            broker_rebalance_timeout=15.0,
            consumer_max_fetch_size=1024,
            broker_max_poll_interval=POLL_SECONDS,
        )
        consumer = stock(app)._thread._create_worker_consumer(app.transport)
        consumer._closed = True
        times = consumer._session_timeout_ms, consumer._rebalance_timeout_ms, consumer._max_poll_interval_ms
        return times, consumer._max_partition_fetch_bytes

    assert asyncio.run(fact()) == ((10_000, 15_000, POLL_SECONDS * 1000), 1024)
