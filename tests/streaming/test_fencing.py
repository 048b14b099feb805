"""A partition has one owner: who was left behind ends, and what it still wrote is written over."""

import asyncio

import pytest
from world import keep

from argus_streams.streaming.store import MemoryStore
from argus_streams.streaming.table import Fenced

pytestmark = pytest.mark.kafka


def test_who_writes_behind_a_newer_claim_is_told_before_the_local_store_is_touched(world):
    async def scenario():
        store = MemoryStore()
        zombie = await world.owner(store)
        await keep(zombie, (b"a", b"1"))
        await world.owner()
        with pytest.raises(Fenced, match="newer owner"):
            await keep(zombie, (b"a", b"2"))
        assert zombie.get((0, b"a")) == b"1"
        assert store.mark(0).offset == 1

    asyncio.run(scenario())


def test_who_writes_nothing_finds_the_newer_owner_by_looking(world):
    async def scenario():
        zombie = await world.owner()
        await zombie.verify()
        await world.owner()
        with pytest.raises(Fenced):
            await zombie.verify()

    asyncio.run(scenario())


def test_a_late_write_of_a_zombie_is_written_over_by_the_owner_in_its_next_turn(world):
    async def scenario():
        zombie = await world.owner()
        await keep(zombie, (b"a", b"old"))
        owner = await world.owner()
        await keep(owner, (b"a", b"new"))
        with pytest.raises(Fenced):
            await zombie.log({(0, b"a"): b"late", (0, b"stray"): b"late"})
        await keep(owner, (b"b", b"1"))
        assert owner.get((0, b"a")) == b"new"
        return owner.epoch(0)

    epoch = asyncio.run(scenario())
    assert world.last(b"a") == (epoch, b"new")
    assert world.last(b"stray") == (epoch, b"")


def test_a_late_write_to_a_key_of_the_running_turn_gives_way_to_the_turn(world):
    async def scenario():
        zombie = await world.owner()
        owner = await world.owner()
        await keep(owner, (b"a", b"1"))
        with pytest.raises(Fenced):
            await zombie.log({(0, b"a"): b"late"})
        await keep(owner, (b"a", b"2"))
        assert owner.get((0, b"a")) == b"2"
        return owner.epoch(0)

    epoch = asyncio.run(scenario())
    assert world.last(b"a") == (epoch, b"2")


def test_a_late_write_is_found_and_written_over_where_the_owner_writes_nothing(world):
    async def scenario():
        zombie = await world.owner()
        owner = await world.owner()
        await keep(owner, (b"a", b"new"))
        with pytest.raises(Fenced):
            await zombie.log({(0, b"a"): b"late"})
        await owner.verify()
        lines = len(world.lines())
        await owner.verify()
        assert len(world.lines()) == lines
        await keep(owner, (b"a", b"newer"))
        return owner.epoch(0)

    epoch = asyncio.run(scenario())
    assert world.last(b"a") == (epoch, b"newer")


def test_the_highest_epoch_of_a_key_wins_a_recovery_whatever_was_written_last(world):
    async def scenario():
        zombie = await world.owner()
        owner = await world.owner()
        await keep(owner, (b"a", b"new"), (b"gone", None))
        with pytest.raises(Fenced):
            await zombie.log({(0, b"a"): b"late", (0, b"gone"): b"late"})
        heir = await world.owner()
        assert [heir.get((0, key)) for key in (b"a", b"gone")] == [b"new", None]

    asyncio.run(scenario())


def test_a_partition_that_comes_back_shows_what_its_owner_meanwhile_wrote(world):
    async def scenario():
        first = await world.owner(partitions=(0, 1))
        await keep(first, (b"a", b"1"))
        second = await world.owner()
        await keep(second, (b"a", b"2"))
        await first.assign([1])
        assert not first.ready([0])
        await first.assign([0, 1])
        assert first.get((0, b"a")) == b"2"
        with pytest.raises(Fenced):
            await second.log({(0, b"a"): b"3"})

    asyncio.run(scenario())
