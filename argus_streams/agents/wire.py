"""What agents put on the wire: topic names of a deployment, keys, letters, ledger records."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct, structs

from argus_streams.core import letters
from argus_streams.core.ledger import Entry, encode
from argus_streams.core.letters import Letter
from argus_streams.core.messages import Stage
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

    @classmethod
    def under(cls, prefix: str) -> "Topics":
        """The declared names (`topics/*.yaml`) under a deployment's prefix."""
        return cls(
            incoming=f"{prefix}events.incoming",
            replayed=f"{prefix}events.replayed",
            normalized=f"{prefix}events.normalized",
            commands=f"{prefix}groups.commands",
            groups=f"{prefix}groups",
            changelog=f"{prefix}groups.changelog",
            kept=f"{prefix}events.kept",
            signals=f"{prefix}signals",
            failed=f"{prefix}tests.failed",
            ledger=f"{prefix}ledger",
        )


def key_of(project: str, fingerprint: str) -> bytes:
    """The record key of all that concerns one group."""
    return f"{project}:{fingerprint}".encode()


def outgoing(topic: str, key: bytes | None, message: Struct) -> Outgoing:
    """A message as JSON under its key."""
    return Outgoing(topic, key, _JSON.encode(message))


def letter_of(topic: str, letter: Letter, record: Record) -> Outgoing:
    """A letter in the dead-letter topic of the one that its record came from."""
    body = record.value or b""
    value, headers = letters.fitting(body, record.headers)
    whole = len(body) if len(value) < len(body) else None
    letter = structs.replace(letter, time=record.timestamp, whole=whole)
    key = record.key if record.key is None or len(record.key) <= letters.KEY_BYTES else None
    return Outgoing(topic + DEAD, key, value, tuple(letters.headers(letter, headers)))


def ledger_of(
    topics: Topics, stage: Stage, topic_id: str, partition: int, algorithm: str, entries: Sequence[Entry]
) -> list[Outgoing]:
    """The ledger records of one origin partition."""
    key = f"{stage}:{partition}".encode()
    records = encode(entries, stage=stage, topic=topic_id, partition=partition, algorithm=algorithm)
    return [outgoing(topics.ledger, key, record) for record in records]
