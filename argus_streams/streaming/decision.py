"""How an agent decides on a turn: plainly, or over its table."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from argus_streams.streaming.agent import Agent, Effects, KeyedAgent, Slice, State
from argus_streams.streaming.table import Table


class Decided(NamedTuple):
    """What one decision brought: effects, and the state changes that go with them."""

    effects: Effects
    changes: Mapping[tuple[int, bytes], bytes | None]


Decide = Callable[[Sequence[Slice]], Awaitable[Decided]]


def plain(agent: Agent) -> Decide:
    """The decision of an agent without state."""

    async def decide(slices: Sequence[Slice]) -> Decided:
        return Decided(await agent.turn(slices), {})

    return decide


def keyed(agent: KeyedAgent, table: Table) -> Decide:
    """The decision of an agent over an overlay of its table, made anew for each try."""

    async def decide(slices: Sequence[Slice]) -> Decided:
        state = State(table)
        effects = await agent.turn(slices, state)
        return Decided(effects, state.changes())

    return decide
