"""What is kept of one repair, and of all repairs of one locator: states, and the snapshot that is told of them."""

from hashlib import blake2b
from typing import Literal

import msgspec
from msgspec import Struct

from argus_streams.core.events import FailureKind, Origin
from argus_streams.core.healing.knowledge.identity import known_as
from argus_streams.core.healing.knowledge.marks import Marks
from argus_streams.core.messages import Version
from argus_streams.core.repairs import Pattern, PatternAction, RepairSource, Standing

VERSION = "v1"
_HALF = 8  # bytes


class Word(Struct, frozen=True, array_like=True, order=True):
    """What a person decided last, by Kafka's time and then by origin, whatever arrived first."""

    time: int  # ms
    origin: Origin
    action: PatternAction
    by: str = ""
    reason: str = ""


class Record(Struct, frozen=True, array_like=True):
    """One healed locator in the place of a broken one, in one scope; new fields go to the end, with a default."""

    locator: str  # as it was written last
    healed: str
    scope: str
    failure: FailureKind
    source: RepairSource
    created_at: int  # ms
    last_used_at: int  # ms; 0 = only a command has told of it
    successes: int = 0
    failures: int = 0
    won: float = 0.0  # evidence, as worth at ``last_used_at``
    lost: float = 0.0
    suppressed: bool = False  # it failed, and nothing has spoken for it since
    since: int = 0  # successes after that
    word: Word | None = None
    rule: str | None = None
    tests: tuple[str, ...] = ()
    first_release: str | None = None
    last_release: str | None = None
    origin: Origin | None = None
    writes: int = 0
    failed_at: int = 0  # ms, Kafka's time of its last failure
    wordings: dict[str, str] = {}  # the broken locator's text without style → the healed one that was written for it

    def healed_for(self, text: str) -> str:
        """The healed locator in the words that it was given for a broken one of this text, else in its last ones."""
        return self.wordings.get(text, self.healed)

    @property
    def standing(self) -> Standing:
        if self.word is not None and self.word.action != "release":
            return "pinned" if self.word.action == "pin" else "vetoed"
        lifted = self.word is not None and self.word.time >= self.failed_at  # released since
        return "suppressed" if self.suppressed and not lifted else "active"


class Entry(Struct, frozen=True, array_like=True):
    """All that is known of one locator in a project, in all scopes."""

    records: tuple[Record, ...] = ()
    tests: tuple[str, ...] = ()  # that it stands in, the latest last
    marks: Marks = {}
    recent: tuple[int, ...] = ()  # ids of outcomes, as 64-bit hashes, the newest last
    waiting: dict[str, Word] = {}  # by fingerprint: about patterns that no outcome has told of yet


def encode(entry: Entry) -> bytes:
    """The entry as it lies in the changelog and the local store."""
    return msgspec.msgpack.encode(entry)


def decode(data: bytes) -> Entry:
    """The entry that ``encode`` wrote."""
    return msgspec.msgpack.decode(data, type=Entry)


def place(project: str, locator: str) -> str:
    """Where the entry of a locator lies: equal for all that are written alike, another in each project."""
    return _hash(project, known_as(locator))


def place_of(fingerprint: str) -> str:
    """Where the entry lies that a pattern of this fingerprint is in."""
    return fingerprint.removeprefix(f"{VERSION}:")[: 2 * _HALF]


def fingerprint(project: str, record: Record) -> str:
    """The identity of a pattern: where its entry lies, and the hash of all its named parts."""
    parts = (project, record.scope, known_as(record.locator), record.failure, known_as(record.healed))
    return f"{VERSION}:{place(project, record.locator)}{_hash(*parts)}"


def _hash(*parts: str) -> str:
    # Length before text: ("ab", "c") and ("a", "bc") are two identities.
    framed = "".join([f"{len(part)}:{part}" for part in parts])
    return blake2b(framed.encode("utf-8", "surrogatepass"), digest_size=_HALF).hexdigest()


def snapshot(record: Record, *, project: str, bound: float, epoch: int) -> Pattern:
    """The pattern in absolute numbers."""
    total = record.successes + record.failures
    return Pattern(
        project=project,
        fingerprint=fingerprint(project, record),
        locator=record.locator,
        healed=record.healed,
        scope=record.scope,
        failure=record.failure,
        source=record.source,
        version=Version(epoch, record.writes),
        standing=record.standing,
        reason=_reason(record),
        successes=record.successes,
        failures=record.failures,
        confidence=record.successes / total if total else 0.0,
        bound=bound,
        rule=record.rule,
        tests=record.tests,
        first_release=record.first_release,
        last_release=record.last_release,
        created_at=record.created_at,
        last_used_at=record.last_used_at or record.created_at,
        origin=record.origin,
    )


def _reason(record: Record) -> str:
    if record.standing in {"vetoed", "pinned"} and record.word is not None:
        said = f"{record.standing} by {record.word.by or 'somebody'}"
        return f"{said}: {record.word.reason}" if record.word.reason else said
    if record.standing == "suppressed":
        return "it failed, and nothing has spoken for it since"
    return "proposed as far as what it did bears out"


Counted = Literal["counted", "repeat", "duplicate", "unchanged"]
