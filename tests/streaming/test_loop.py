"""A turn's steps come in one order; a crash after any of them repeats effects, and loses none."""

import asyncio
from types import SimpleNamespace

import pytest
from rig import IN, OTHER, OUT, STEPS, TP, Died, Journal, Rig, Store, Taking, filled, until

from argus_streams.streaming.loop import TURN_BYTES
from argus_streams.streaming.position import Chunk
from argus_streams.streaming.producer import NotDelivered
from argus_streams.streaming.store import MemoryStore
from argus_streams.streaming.table import Fenced

# -- order and crashes ------------------------------------------------------------------------------------------------


def test_a_turn_forwards_then_logs_then_stores_then_confirms():
    async def scenario():
        Store.journal = journal = Journal()
        worker = await Rig(filled(6), journal, store=Store()).join()
        await worker.deliver_rest()
        assert journal.steps == STEPS
        assert worker.position.done() == {TP: 6}
        assert (worker.health.turns, worker.health.records) == (1, 6)

    asyncio.run(scenario())


@pytest.mark.parametrize("disk", ["kept", "lost"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_repeats_effects_and_counts_each_record_once(step, disk):
    async def scenario():
        kafka, store = filled(6), Store()
        Store.journal = journal = Journal(dies_after=step)
        worker = await Rig(kafka, journal, store=store).join()
        with pytest.raises(Died):
            await worker.deliver_rest()
        assert (worker.position.done()[TP] == 6) == (step == "confirm")
        worker.commit()

        Store.journal = Journal()
        again = await Rig(kafka, store=store if disk == "kept" else MemoryStore()).join()
        for number in range(6, 9):
            kafka.append(IN, b"key-%d" % (number % 3), b"")
        await until(lambda: not again.health.recovering)
        await again.deliver_rest()
        assert [again.count(b"key-%d" % n) for n in range(3)] == [3, 3, 3]
        told = {int(record.value.split()[2]) for record in kafka.log(OUT)}
        assert told == set(range(9))
        assert again.position.done() == {TP: 9}

    asyncio.run(scenario())


@pytest.mark.parametrize("error", [NotDelivered("refused"), RuntimeError("unforeseen")])
def test_an_error_in_a_step_ends_the_process_and_confirms_nothing(error):
    async def fails(_slices):
        raise error

    async def scenario():
        worker = await Rig(filled(3), stateless=SimpleNamespace(turn=fails)).join()
        with pytest.raises(Died):
            await worker.deliver_rest()
        assert worker.position.done() == {TP: 0}

    asyncio.run(scenario())


def test_a_newer_owner_ends_the_process_before_its_store_is_touched():
    async def scenario():
        kafka = filled(3)
        zombie = await Rig(kafka).join()
        await until(lambda: not zombie.health.recovering)
        owner = await Rig(kafka).join()
        await until(lambda: not owner.health.recovering)
        with pytest.raises(Died) as died:
            await zombie.deliver_rest()
        assert isinstance(died.value.__cause__, Fenced)
        assert zombie.count(b"key-0") == 0
        assert zombie.position.done() == {TP: 0}

    asyncio.run(scenario())


# -- what makes a turn ------------------------------------------------------------------------------------------------


def test_chunks_that_wait_together_are_one_turn():
    async def scenario():
        agent, kafka = Taking(), filled(4, (0, 1))
        worker = await Rig(kafka, stateless=agent).join(TP, OTHER)
        waiting = iter([True, True, False])
        chunks = [(TP, kafka.log(IN)[:2]), (OTHER, kafka.log(IN, 1)), (TP, kafka.log(IN)[2:])]
        await worker.deliver(*((tp, worker.chunk(r)) for tp, r in chunks), more=lambda: next(waiting))
        assert agent.turns == [[(0, [0, 1, 2, 3], None), (1, [0, 1, 2, 3], None)]]

    asyncio.run(scenario())


def test_a_turn_is_not_larger_than_memory_allows_however_much_waits():
    async def scenario():
        agent, kafka = Taking(), filled(4)
        worker = await Rig(kafka, stateless=agent).join()
        chunks = [(TP, worker.chunk([record], size=TURN_BYTES // 2)) for record in kafka.log(IN)]
        await worker.deliver(*chunks, more=lambda: True)
        assert agent.turns == [[(0, [0, 1], None)], [(0, [2, 3], None)]]

    asyncio.run(scenario())


def test_a_chunk_of_another_generation_is_nobodys():
    async def scenario():
        agent, kafka = Taking(), filled(2)
        worker = await Rig(kafka, stateless=agent).join()
        await worker.deliver((TP, worker.chunk(kafka.log(IN), generation=0)))
        assert agent.turns == []
        await worker.deliver_rest()
        assert agent.turns == [[(0, [0, 1], None)]]

    asyncio.run(scenario())


@pytest.mark.parametrize(("first", "expired"), [(3, (0, 3)), (0, None)], ids=["retention", "compaction"])
def test_only_a_hole_that_ends_where_the_log_begins_is_told_as_expired(first, expired):
    async def scenario():
        agent, kafka = Taking(), filled(5)
        kafka.first[TP] = first
        worker = await Rig(kafka, stateless=agent).join()
        worker.position.reset(TP, 0, "in-id", 0.0)
        await worker.deliver((TP, worker.chunk(kafka.log(IN)[3:])))
        worker.position.asked(TP, 0.0)
        answer = Chunk(kafka.log(IN)[3:], size=1, fetch=worker.position.fetches()[TP], generation=1)
        await worker.deliver((TP, answer))
        assert agent.turns == [[(0, [3, 4], expired)]]
        assert worker.position.expired.total() == (3 if expired else 0)

    asyncio.run(scenario())


def test_a_log_that_begins_again_under_the_worker_ends_it_before_anything_of_it_is_taken_for_the_old_one_s():
    async def scenario():
        agent, kafka = Taking(), filled(3)
        worker = await Rig(kafka, stateless=agent).join()
        await worker.deliver_rest()
        kafka.ids[IN] = "another-id"
        with pytest.raises(Died) as died:
            await worker.deliver((TP, worker.chunk(filled(5).log(IN))))
        assert "was made anew under another id" in str(died.value.__cause__)
        assert agent.turns == [[(0, [0, 1, 2], None)]]

    asyncio.run(scenario())


def test_a_fetch_that_repeats_the_same_log_is_no_other_one():
    async def scenario():
        agent, kafka = Taking(), filled(5)
        worker = await Rig(kafka, stateless=agent).join()
        await worker.deliver((TP, worker.chunk(kafka.log(IN)[:3])), (TP, worker.chunk(kafka.log(IN))))
        assert agent.turns == [[(0, [0, 1, 2], None)], [(0, [3, 4], None)]]

    asyncio.run(scenario())


# -- something outside is down ----------------------------------------------------------------------------------------


def test_while_something_is_down_the_turn_is_held_declared_and_then_made_with_the_same_records():
    async def scenario():
        agent, kafka = Taking(unavailable=1), filled(3)
        worker = await Rig(kafka, stateless=agent).join()
        turn = asyncio.create_task(worker.deliver_rest())
        await until(lambda: worker.health.holding)
        assert worker.health.obstacles() == ["holding: the database is down"]
        assert worker.position.done() == {TP: 0}
        await turn
        assert agent.turns[0] == agent.turns[1] == [(0, [0, 1, 2], None)]
        assert worker.position.done() == {TP: 3}
        assert worker.health.obstacles() == []

    asyncio.run(scenario())
