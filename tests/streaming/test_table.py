"""State is its changelog's: that alone brings it back, whatever the local copy says."""

import asyncio
import struct

import pytest
from world import Counted, Stuck, keep

from argus_streams.streaming.reader import Reader
from argus_streams.streaming.store import Mark, MemoryStore, RocksStore
from argus_streams.streaming.table import CLAIM

pytestmark = pytest.mark.kafka


# -- ownership --------------------------------------------------------------------------------------------------------


def test_the_offset_of_a_claim_is_the_epoch_of_its_owner_and_rises_with_each(world):
    async def scenario():
        first = await world.owner(partitions=(0, 1))
        await keep(first, (b"a", b"1"))
        second = await world.owner(partitions=(0, 1))
        assert [first.epoch(0), first.epoch(1)] == [0, 0]
        assert [second.epoch(0), second.epoch(1)] == [2, 1]

    asyncio.run(scenario())
    assert [line.key for line in world.lines()] == [CLAIM, b"a", CLAIM, CLAIM, CLAIM]


def test_every_record_carries_the_epoch_of_its_writer(world):
    async def scenario():
        await keep(await world.owner(), (b"a", b"1"))
        await keep(await world.owner(), (b"a", b"2"))

    asyncio.run(scenario())
    assert [struct.unpack(">q", line.value[:8])[0] for line in world.lines() if line.key == b"a"] == [0, 2]


def test_a_table_is_ready_from_its_assignment_to_its_release(world):
    async def scenario():
        table = await world.table()
        assert not table.ready([0])
        await table.assign([0])
        assert table.ready([0])
        assert not table.ready([0, 1])
        table.release()
        assert not table.ready([0])

    asyncio.run(scenario())


def test_what_was_logged_is_read_only_once_it_is_applied(world):
    async def scenario():
        table = await world.owner()
        logged = await table.log({(0, b"a"): b"1"})
        assert table.get((0, b"a")) is None
        table.apply(logged)
        assert table.get((0, b"a")) == b"1"

    asyncio.run(scenario())


# -- recovery ---------------------------------------------------------------------------------------------------------


def test_an_empty_store_is_filled_from_the_changelog(world):
    async def scenario():
        before = await world.owner(partitions=(0, 1))
        await keep(before, (b"a", b"1"), (b"b", b"1"), (b"gone", b"1"))
        await keep(before, (b"a", b"2"), (b"gone", None))
        await keep(before, (b"a", b"other"), partition=1)
        after = await world.owner(partitions=(0, 1))
        keys = [(0, b"a"), (0, b"b"), (0, b"gone"), (1, b"a"), (1, b"b")]
        assert [after.get(key) for key in keys] == [b"2", b"1", None, b"other", None]

    asyncio.run(scenario())


def test_a_deletion_is_a_record_with_an_epoch_and_no_value(world):
    async def scenario():
        table = await world.owner()
        await keep(table, (b"a", b"1"))
        await keep(table, (b"a", None))
        assert table.get((0, b"a")) is None

    asyncio.run(scenario())
    assert world.last(b"a") == (0, b"")


def test_a_local_copy_is_carried_on_from_its_mark(world, tmp_path):
    async def scenario():
        store = RocksStore(tmp_path)
        table = await world.owner(store)
        await keep(table, (b"a", b"1"), (b"b", b"1"))
        mark = store.mark(0)
        table.close()
        await keep(await world.owner(), (b"b", b"2"))

        world.topics.cut(world.topic, 0, mark.offset + 1)  # only the copy knows of `a` now
        table = await world.owner(RocksStore(tmp_path))
        assert [table.get((0, key)) for key in (b"a", b"b")] == [b"1", b"2"]
        table.close()

    asyncio.run(scenario())


def test_a_local_copy_is_void_where_the_changelog_was_cut_behind_its_mark(world):
    async def scenario():
        store = MemoryStore()
        await keep(await world.owner(store), (b"a", b"1"))
        await keep(await world.owner(), (b"b", b"2"), (b"c", b"2"))
        world.topics.cut(world.topic, 0, store.mark(0).offset + 2)
        table = await world.owner(store)
        assert [table.get((0, key)) for key in (b"a", b"b", b"c")] == [None, b"2", b"2"]

    asyncio.run(scenario())


def test_a_local_copy_is_void_under_another_topic_of_the_same_name(world):
    async def scenario():
        store = MemoryStore()
        await keep(await world.owner(store), (b"a", b"1"))
        world.topics.delete(world.topic)
        world.topics.make_again(world.topic, 2)
        table = await world.owner(store)
        assert table.get((0, b"a")) is None
        assert store.mark(0).topic_id == (await Reader(world._client, "g").topics([world.topic]))[world.topic][0]  # noqa: SLF001

    asyncio.run(scenario())


def test_a_local_copy_ahead_of_the_changelog_is_void(world):
    async def scenario():
        table = await world.owner()
        store = MemoryStore()
        topic_id = (await Reader(world._client, "g").topics([world.topic]))[world.topic][0]  # noqa: SLF001
        store.write(0, {b"a": struct.pack(">q", 0) + b"lost by the broker"}, Mark(topic_id, 1000))
        table = await world.owner(store)
        assert table.get((0, b"a")) is None

    asyncio.run(scenario())


def test_fifty_thousand_keys_come_back_in_fetches(world):
    count = 50_000
    records = [(0, b"key-%d" % n, struct.pack(">q", 0) + b"x" * 100) for n in range(count)]
    world.topics.publish(world.topic, [(0, CLAIM, struct.pack(">q", 0)), *records])

    async def scenario():
        store = Counted()
        table = await world.owner(store)
        assert store.writes < 100
        assert all(table.get((0, key)) == b"x" * 100 for _, key, _ in records)
        assert store.mark(0).offset == count + 1

    asyncio.run(scenario())


def test_an_assignment_that_was_overtaken_leaves_the_later_one_alone(world):
    async def scenario():
        await keep(await world.owner(), (b"a", b"1"))
        reader = world.reader()
        table = await world.table(reader=reader)
        early = asyncio.create_task(table.assign([0, 1]))
        await reader.asked.wait()
        await table.assign([0])
        reader.go.set()
        await early
        assert table.ready([0])
        assert not table.ready([1])
        assert table.get((0, b"a")) == b"1"
        await keep(table, (b"a", b"2"))

    asyncio.run(scenario())


def test_a_recovery_that_was_overtaken_in_a_write_does_not_write_over_the_later_one(world):
    async def scenario():
        await keep(await world.owner(), (b"a", b"1"))
        store = Stuck()
        table = await world.table(store)
        early = asyncio.create_task(table.assign([0]))
        await asyncio.to_thread(store.begun.wait, 10)
        await keep(await world.owner(), (b"a", b"2"))
        late = asyncio.create_task(table.assign([0]))
        await asyncio.sleep(0.5)
        store.go.set()
        await asyncio.gather(early, late)
        assert table.get((0, b"a")) == b"2"
        assert table.ready([0])

    asyncio.run(scenario())
