"""Several agents in one worker, over one table: each gets the slices of its topics."""

from collections.abc import Mapping, Sequence

from argus_streams.core.tracing import Span
from argus_streams.streaming.agent import Effects, KeyedAgent, Slice, State
from argus_streams.streaming.producer import Outgoing


class Together:
    """Takes the agents' turns one after the other; their keys in the table must not be alike."""

    def __init__(self, name: str, agents: Mapping[KeyedAgent, Sequence[str]]) -> None:
        self.name = name
        self._agents = {agent: frozenset(topics) for agent, topics in agents.items()}

    async def turn(self, slices: Sequence[Slice], state: State) -> Effects:
        """Let each agent decide on what is its own; without slices, let all decide on what is due by time."""
        records: list[Outgoing] = []
        spans: list[Span] = []
        for agent, topics in self._agents.items():
            own = [piece for piece in slices if piece.topic in topics]
            if own or not slices:
                effects = await agent.turn(own, state)
                records += effects.records
                spans += effects.spans
        return Effects(records, spans)
