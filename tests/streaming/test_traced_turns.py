"""What is told of a turn is told once it is durable, and never before."""

import asyncio

import pytest
from rig import STEPS, Agent, Died, Journal, Rig, Store, filled

from argus_streams.adapters.memory_traces import MemoryTracer
from argus_streams.core.tracing import Context, Message, processed
from argus_streams.streaming.agent import Effects

SPAN = processed("count", Context("a" * 32, "b" * 16), Message("in", "in-id", 0, 0), {})


class Telling:
    """Counts as the agent that it holds, and tells a span."""

    name = "telling"

    def __init__(self, agent):
        self._agent = agent

    async def turn(self, slices, state):
        return Effects((await self._agent.turn(slices, state)).records, [SPAN])


async def worker(journal, tracer):
    Store.journal = journal
    return await Rig(filled(3), journal, store=Store(), agent=Telling(Agent(journal)), tracer=tracer).join()


@pytest.mark.parametrize("step", STEPS)
def test_a_turn_that_dies_tells_nothing(step):
    async def scenario():
        tracer = MemoryTracer()
        dying = await worker(Journal(dies_after=step), tracer)
        with pytest.raises(Died):
            await dying.deliver_rest()
        assert tracer.spans == []

    asyncio.run(scenario())


def test_a_turn_that_is_confirmed_tells_its_spans():
    async def scenario():
        tracer, journal = MemoryTracer(), Journal()
        running = await worker(journal, tracer)
        await running.deliver_rest()
        assert journal.steps == STEPS
        assert tracer.spans == [SPAN]

    asyncio.run(scenario())
