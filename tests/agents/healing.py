"""HEAL over a table in memory."""

import asyncio

import msgspec
from records import NOW, TOPICS, Answer, Memory, Record, piece

from argus_streams.adapters.healing_terms import load_knowledge_limits, load_page_terms
from argus_streams.adapters.memory_repairs import MemoryHealingMeter
from argus_streams.agents.heal import HealAgent
from argus_streams.agents.heal_turn import Terms
from argus_streams.agents.tracing import untraced
from argus_streams.core.events import TestFailure
from argus_streams.core.findings import AnalysisRequest
from argus_streams.core.healing.looking import Looker
from argus_streams.core.healing.page.repair import Likeliest, Repairer
from argus_streams.core.healing.page.scrubbing import Cleaner
from argus_streams.core.repairs import HealingDecision, Outcome, Pattern, PatternCommand
from argus_streams.core.scrub import scrubber
from argus_streams.streaming.agent import State

MINUTE = 60_000


class Healed(Answer):
    def decisions(self):
        return [msgspec.json.decode(record.value, type=HealingDecision) for record in self.of(TOPICS.decisions)]

    def requests(self):
        return [msgspec.json.decode(record.value, type=AnalysisRequest) for record in self.of(TOPICS.requests)]

    def patterns(self):
        return [msgspec.json.decode(record.value, type=Pattern) for record in self.of(TOPICS.patterns)]


def nobody(_target, _elements):
    return Likeliest((), 0.0, "ask")


class Healing:
    """HEAL; each turn's changes are kept, as the engine does once all is confirmed."""

    def __init__(self, rank=nobody, trace=untraced, **options):
        self.meter = MemoryHealingMeter()
        cleaner = Cleaner(scrubber(()))
        looker = Looker(Repairer(load_page_terms(), cleaner), rank, cleaner)
        self.agent = HealAgent(TOPICS, self.meter, Terms(load_knowledge_limits(), looker, **options), trace)
        self.table = Memory()
        self.offsets = {}

    def turn(self, *slices, keep=True):
        state = State(self.table)
        answer = Healed(list(asyncio.run(self.agent.turn(slices, state)).records))
        if keep:
            self.table.keep(state.changes())
        return answer

    def hear(self, *messages, key=b"shop", at=NOW):
        """A turn over messages of one kind, a minute apart, as they follow in their topic."""
        return self.turn(self.piece(*messages, key=key, at=at))

    def piece(self, *messages, key=b"shop", at=NOW, topic=None):
        topic = topic or topic_of(messages[0])
        first = self.offsets.get(topic, 0)
        self.offsets[topic] = first + len(messages)
        records = [
            Record(topic=topic, offset=first + n, key=key, value=encoded(each), timestamp=at + n * MINUTE, headers=())
            for n, each in enumerate(messages)
        ]
        return piece(*records, topic=topic, topic_id=f"{topic}-id")


def topic_of(message):
    kinds = {TestFailure: TOPICS.failed, Outcome: TOPICS.outcomes, PatternCommand: TOPICS.heal_commands}
    return kinds[type(message)]


def encoded(message):
    return message if isinstance(message, bytes) else msgspec.json.encode(message)


def failure(**changes):
    fields = {
        "test": "cart pays", "framework": "playwright", "status": "failed", "project": "shop", "failure_id": "f1",
        "failure": "not_found", "locator": "#pay-now", "scope": "/cart", "file": "cart.spec.ts", "line": 18,
    }  # fmt: skip
    return TestFailure(**fields | changes)


def outcome(number=1, **changes):
    fields = {
        "project": "shop", "outcome_id": f"o{number}", "locator": "#pay-now", "healed": "#pay", "worked": True,
        "scope": "/cart", "test": "cart pays",
    }  # fmt: skip
    return Outcome(**fields | changes)


def command(action, **changes):
    fields = {"locator": "#pay-now", "healed": "#pay", "scope": "/cart"}
    fields = {} if "pattern" in changes else fields
    return PatternCommand(project="shop", action=action, by="ada", **fields | changes)
