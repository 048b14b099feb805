"""What agents put on the wire: topic names of a deployment, keys, letters, ledger records."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct, structs

from argus_streams.agents.tracing import headers_of
from argus_streams.core import letters, tracing
from argus_streams.core.events import Origin, Signal
from argus_streams.core.ledger import Entry, encode
from argus_streams.core.letters import Letter
from argus_streams.core.messages import Stage
from argus_streams.core.regions import home
from argus_streams.core.tracing import Context
from argus_streams.streaming.letter_lines import Example
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing

DEAD = ".dlq"
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError)  # what decoding a message raises
_JSON = msgspec.json.Encoder()


class Topics(NamedTuple):
    """The names of a deployment's topics, prefix included."""

    incoming: str
    replayed: str
    normalized: str
    commands: str
    groups: str
    changelog: str
    kept: str
    signals: str
    failed: str
    ledger: str
    incident_commands: str
    correlated: str
    scores: str
    requests: str
    feedback: str
    analyses: str
    analysis_changelog: str
    outcomes: str
    heal_commands: str
    decisions: str
    patterns: str
    heal_changelog: str

    @classmethod
    def under(cls, prefix: str, derived: str | None = None) -> "Topics":
        """The declared names (`topics/*.yaml`) under a deployment's prefix; a generation has ``derived`` ones apart."""
        own = prefix if derived is None else derived
        return cls(
            incoming=f"{prefix}events.incoming",
            replayed=f"{prefix}events.replayed",
            normalized=f"{own}events.normalized",
            commands=f"{prefix}groups.commands",
            groups=f"{own}groups",
            changelog=f"{own}groups.changelog",
            kept=f"{own}events.kept",
            signals=f"{own}signals",
            failed=f"{own}tests.failed",
            ledger=f"{own}ledger",
            incident_commands=f"{prefix}incidents.commands",
            correlated=f"{own}events.correlated",
            scores=f"{own}quality.scores",
            requests=f"{own}analysis.requests",
            feedback=f"{prefix}analysis.feedback",
            analyses=f"{own}analyses",
            analysis_changelog=f"{own}analysis.changelog",
            outcomes=f"{prefix}healing.outcomes",
            heal_commands=f"{prefix}healing.commands",
            decisions=f"{own}healing.decisions",
            patterns=f"{own}healing.patterns",
            heal_changelog=f"{own}healing.changelog",
        )

    def dead(self, topic: str) -> str:
        """The dead-letter topic for records of one of these: letters are derived, also those about an input.

        What was mirrored dies where records of the topic of that name do that is this region's own.
        """
        topic = self.home(topic)
        if topic not in self._inputs():
            return topic + DEAD
        prefix, own = self.incoming.removesuffix("events.incoming"), self.normalized.removesuffix("events.normalized")
        return own + topic.removeprefix(prefix) + DEAD

    def home(self, topic: str) -> str:
        """The topic of this region that holds the same as ``topic``, which may be another region's mirrored one."""
        return home(topic, self.mirrored())

    def mirrored(self) -> tuple[str, ...]:
        """The topics that regions mirror to each other: all else is derived in each of them.

        A letter is replayed where it lies; feedback is about an analysis that its region alone has.
        """
        return (
            self.incoming, self.commands, self.incident_commands, self.heal_commands, self.outcomes,
        )  # fmt: skip

    def _inputs(self) -> tuple[str, ...]:
        decided = (self.commands, self.incident_commands, self.feedback, self.heal_commands)
        return (self.incoming, self.replayed, *decided, self.outcomes)


def key_of(project: str, fingerprint: str) -> bytes:
    """The record key of all that concerns one group."""
    return f"{project}:{fingerprint}".encode()


def outgoing(topic: str, key: bytes | None, message: Struct, cause: Context | None = None) -> Outgoing:
    """A message as JSON under its key; ``cause`` is the span that it goes on from."""
    return Outgoing(topic, key, _JSON.encode(message), headers_of(cause))


def signal_of(topics: Topics, signal: Signal, since: int, cause: Context | None = None) -> Outgoing:
    """A signal; one that was caused before ``since``, when its generation began, is marked as replayed."""
    told = structs.replace(signal, replayed=True) if signal.received_at < since else signal
    return outgoing(topics.signals, signal.project.encode(), told, cause)


def letter_of(topic: str, letter: Letter, record: Record) -> Outgoing:
    """A letter about a record, in this dead-letter topic."""
    body = record.value or b""
    value, headers = letters.fitting(body, record.headers)
    whole = len(body) if len(value) < len(body) else None
    letter = structs.replace(letter, time=record.timestamp, whole=whole)
    key = record.key if record.key is None or len(record.key) <= letters.KEY_BYTES else None
    return Outgoing(topic, key, value, tuple(letters.headers(letter, headers)))


def told_by(letter: Outgoing) -> tuple[str, str]:
    """Stage and reason of a letter that is written."""
    told = dict(letter.headers)
    return told[f"{letters.OURS}stage"].decode(), told[f"{letters.OURS}reason"].decode()


def example_of(letter: Outgoing) -> Example:
    """What a letter that is written is about: the first of its origins, and its producer's trace."""
    told = dict(letter.headers)
    first = msgspec.json.decode(told[f"{letters.OURS}origins"], type=tuple[Origin, ...])[0]
    return Example(
        first, tracing.parse((told.get(tracing.HEADER) or b"")[: tracing.LONGEST].decode("utf-8", "replace"))
    )


def ledger_of(
    topics: Topics, stage: Stage, topic_id: str, partition: int, algorithm: str, entries: Sequence[Entry]
) -> list[Outgoing]:
    """The ledger records of one origin partition."""
    key = f"{stage}:{partition}".encode()
    records = encode(entries, stage=stage, topic=topic_id, partition=partition, algorithm=algorithm)
    return [outgoing(topics.ledger, key, record) for record in records]
