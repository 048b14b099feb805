"""Records and slices as the engine hands them to agents, and what agents answer, decoded."""

import asyncio
from typing import NamedTuple

import msgspec
from ledgers import added_up

from argus_streams import sources
from argus_streams.adapters.bursts import load_bursts
from argus_streams.adapters.memory import MemoryFields
from argus_streams.agents.group import GroupAgent
from argus_streams.agents.lookout import Lookout
from argus_streams.agents.normalize import NormalizeAgent
from argus_streams.agents.normalize_turn import Sending
from argus_streams.agents.wire import Topics
from argus_streams.core import letters
from argus_streams.core.clip import Limits
from argus_streams.core.grouping import sighting
from argus_streams.core.messages import Group, KeptEvent, LedgerRecord, Sighting
from argus_streams.core.normalization import Norms
from argus_streams.core.scrub import scrubber
from argus_streams.streaming.agent import Slice, State

NOW = 1_800_000_000_000  # ms
TOPICS = Topics.under("argus.")
SHOP = (("ce_source", b"argus"), ("project", b"shop"))


class Record(NamedTuple):
    """One Kafka record."""

    topic: str = TOPICS.incoming
    partition: int = 0
    offset: int = 0
    timestamp: int = NOW
    key: bytes | None = None
    value: bytes | None = b"{}"
    headers: tuple = SHOP


class Answer(NamedTuple):
    """What a turn made, by topic."""

    records: list

    def of(self, topic):
        return [record for record in self.records if record.topic == topic]

    def sightings(self):
        return [msgspec.json.decode(record.value, type=Sighting) for record in self.of(TOPICS.normalized)]

    def groups(self):
        return [msgspec.json.decode(record.value, type=Group) for record in self.of(TOPICS.groups) if record.value]

    def kept(self):
        return [msgspec.json.decode(record.value, type=KeptEvent) for record in self.of(TOPICS.kept)]

    def signals(self):
        return [msgspec.json.decode(record.value) for record in self.of(TOPICS.signals)]

    def ledger(self):
        return [msgspec.json.decode(record.value, type=LedgerRecord) for record in self.of(TOPICS.ledger)]

    def letters(self):
        """(letter, body) of each, from whatever dead-letter topic."""
        return [(letters.read(r.headers), r.value) for r in self.records if r.topic.endswith(".dlq")]

    def totals(self, end, *, topic="topic-id", partition=0):
        """What the ledger tells of offsets [0, end) of one partition."""
        return added_up(self.ledger(), (topic, partition), end).total


def piece(*records, topic=TOPICS.incoming, topic_id="topic-id", partition=0, expired=None):
    """Consecutive records of one partition, numbered from 0 where they do not say."""
    return Slice(topic, topic_id, partition, records, expired)


def bodies(*values, **fields):
    return piece(*(Record(value=value, offset=offset, **fields) for offset, value in enumerate(values)))


def norms(found=None, **limits):
    return Norms(sources=found or sources.load(), limits=Limits(**limits), scrubber=scrubber(()))


def normalizer(read=None, *, fold=sighting.Coalesced, defaults=None, lookout=None, since=0, **options):
    lookout = lookout or Lookout({}, MemoryFields(), str)
    sending = Sending(TOPICS, fold, since)
    return NormalizeAgent(sending, read or norms(), defaults=defaults or {}, lookout=lookout, **options)


def turn(agent, *slices):
    return Answer(list(asyncio.run(agent.turn(slices)).records))


class Memory:
    """A table as a turn sees it: what is stored, and the epoch of the owner."""

    def __init__(self):
        self.values = {}

    def get(self, at):
        return self.values.get(at)

    def epoch(self, _partition):
        return 5

    def scan(self, partition, prefix):
        return sorted(
            key for (at, key), value in self.values.items() if at == partition and value and key.startswith(prefix)
        )

    def keep(self, changes):
        self.values.update(changes)


class Grouping:
    """GROUP over a table in memory; each turn's changes are kept, as the engine does once all is confirmed."""

    def __init__(self, **options):
        self.agent = GroupAgent(TOPICS, **{"bursts": load_bursts(None)} | options)
        self.table = Memory()

    def turn(self, *slices):
        state = State(self.table)
        answer = Answer(list(asyncio.run(self.agent.turn(slices, state)).records))
        self.table.keep(state.changes())
        return answer
