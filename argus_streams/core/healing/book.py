"""What is known of a project's repairs, as it is kept: in shards, each with the outcomes that it has heard.

A shard is one value of the table, so that a pattern and the mark that an outcome was counted are written together, or
not at all. The outcomes of one repair always meet in one shard.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Protocol

import msgspec
from msgspec import Struct, structs

from argus_streams.core.events import FailureKind, Origin
from argus_streams.core.healing import learning
from argus_streams.core.healing.learning import Known
from argus_streams.core.incidents.seen import Seen
from argus_streams.core.messages import Version
from argus_streams.core.repairs import Outcome, Pattern, PatternAction, PatternCommand, RepairSource, Standing

SHARDS = 128
MOST = 100  # patterns of a shard; of more those that were not used for the longest time are forgotten

_STANDING: dict[PatternAction, Standing] = {"pin": "pinned", "veto": "vetoed"}
_SOURCES: tuple[RepairSource, ...] = ("pin", "pattern", "rule", "cross_test_learning", "similarity", "model")


class Values(Protocol):
    """A project's part of the table."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes | None) -> None: ...


class Order(Struct, frozen=True, array_like=True, order=True):
    """What a person decided about a pattern; of several the last one by (time, origin) counts."""

    at: int  # ms, Kafka's
    origin: Origin
    action: PatternAction
    by: str = ""
    reason: str = ""


class Named(Struct, frozen=True, array_like=True):
    """A repair that a command names by its locators: it is known before it was ever tried."""

    locator: str
    healed: str
    scope: str
    failure: FailureKind
    at: int  # ms, Kafka's time of the first such command


class Entry(Struct, frozen=True, array_like=True):
    """One repair: what outcomes taught and, apart from it, what people say.

    The two come by topics of their own, in any order: neither may leave a trace in the other.
    """

    known: Known | None = None
    order: Order | None = None
    named: Named | None = None
    writes: int = 0

    @property
    def is_told(self) -> bool:
        """Whether it is known what it is about; of a command by a fingerprint alone that may still come."""
        return self.known is not None or self.named is not None


class _Shard(Struct, array_like=True):
    entries: dict[str, Entry] = {}
    heard: bytes = b""
    writes: int = 0  # of all its entries, so that one that was forgotten does not begin anew


_DECODER = msgspec.msgpack.Decoder(_Shard)


class Book:
    """A project's repairs during one turn; nothing is put before ``close``."""

    def __init__(self, project: str, values: Values) -> None:
        self._project = project
        self._values = values
        self._shards: dict[str, _Shard] = {}
        self._changed: dict[str, str] = {}  # fingerprint → shard

    def learn(self, outcome: Outcome, *, at: int, origin: Origin) -> bool:
        """Count an outcome, Kafka's time of which is ``at`` (ms); whether it was news."""
        print_ = learning.fingerprint(self._project, outcome.scope, outcome.locator, outcome.failure, outcome.healed)
        name = _shard_of(print_)
        shard = self._shard(name)
        heard = Seen(shard.heard)
        if not heard.add(_identity(outcome.outcome_id), at):
            return False
        entry = shard.entries.get(print_, Entry())
        source = source_of(outcome.decision_id)
        known = learning.learned(entry.known, outcome, source, at=at, origin=origin)
        self._enter(name, print_, structs.replace(entry, known=known))
        shard.heard = heard.encoded()
        return True

    def obey(self, command: PatternCommand, *, at: int, origin: Origin) -> bool:
        """Heed a command, unless a later one was heard; whether it changes anything."""
        print_ = self._meant(command)
        name = _shard_of(print_)
        entry = self._shard(name).entries.get(print_, Entry())
        order = Order(at, origin, command.action, command.by, command.reason)
        if entry.order is not None and (order.at, order.origin) <= (entry.order.at, entry.order.origin):
            return False
        self._enter(name, print_, structs.replace(entry, order=order, named=entry.named or _named(command, at)))
        return True

    def patterns(self) -> Iterator[Pattern]:
        """All that is known, as it is told."""
        for number in range(SHARDS):
            for print_, entry in self._shard(f"{number:02x}").entries.items():
                if entry.is_told:
                    yield snapshot(self._project, print_, entry, 0)

    def close(self, epoch: int) -> list[Pattern]:
        """Put what has changed; snapshots of it, by fingerprint."""
        for print_, name in self._changed.items():
            shard = self._shards[name]
            shard.writes += 1
            shard.entries[print_] = structs.replace(shard.entries[print_], writes=shard.writes)
        changed = [(print_, self._shards[name].entries[print_]) for print_, name in sorted(self._changed.items())]
        for name in sorted(set(self._changed.values())):
            shard = self._shards[name]
            _forget(shard)
            self._values.put(f"repairs/{name}", msgspec.msgpack.encode(shard))
        return [snapshot(self._project, print_, entry, epoch) for print_, entry in changed if entry.is_told]

    def _meant(self, command: PatternCommand) -> str:
        if command.pattern is not None:
            return command.pattern
        locator, healed = command.locator or "", command.healed or ""
        return learning.fingerprint(self._project, command.scope, locator, command.failure, healed)

    def _enter(self, name: str, print_: str, entry: Entry) -> None:
        self._shards[name].entries[print_] = entry
        self._changed[print_] = name

    def _shard(self, name: str) -> _Shard:
        found = self._shards.get(name)
        if found is None:
            stored = self._values.get(f"repairs/{name}")
            found = self._shards[name] = _Shard() if stored is None else _DECODER.decode(stored)
        return found


def snapshot(project: str, print_: str, entry: Entry, epoch: int) -> Pattern:
    """All that is known of a repair, as it is told. It is one that is told."""
    known = entry.known or _untried(entry.named)
    standing, reason = _stands(known, entry.order)
    created_at = known.created_at if entry.named is None else min(known.created_at, entry.named.at)
    return Pattern(
        project=project, fingerprint=print_, locator=known.locator, healed=known.healed, scope=known.scope,
        failure=known.failure, source=known.source, version=Version(epoch, entry.writes), standing=standing,
        reason=reason, successes=known.successes, failures=known.failures, confidence=learning.ratio(known),
        bound=learning.bound(known), tests=known.tests, first_release=known.first_release,
        last_release=known.last_release, created_at=created_at, last_used_at=known.last_used_at, origin=known.origin,
    )  # fmt: skip


def _untried(named: Named | None) -> Known:
    if named is None:
        raise ValueError("nobody has told what it is about")
    return Known(named.locator, named.healed, named.scope, named.failure, "pin", named.at, named.at)


def _named(command: PatternCommand, at: int) -> Named | None:
    if command.locator is None or command.healed is None:
        return None
    return Named(command.locator, command.healed, command.scope, command.failure, at)


def source_of(decision_id: str | None) -> RepairSource:
    """Whence a decision took its answer, as its id begins; without a decision a person has repaired it."""
    told = (decision_id or "").partition("-")[0]
    return next((source for source in _SOURCES if source == told), "pattern")


def _stands(known: Known, order: Order | None) -> tuple[Standing, str]:
    uses = known.successes + known.failures
    told = f"worked {known.successes} of {uses} times" if uses else "never tried"
    if order is not None and order.action in _STANDING:
        said = f"{_STANDING[order.action]} by {order.by or 'somebody'}"
        return _STANDING[order.action], f"{said}: {order.reason}" if order.reason else said
    return ("suppressed", f"{told}, and not the last time") if known.failing else ("active", told)


def _forget(shard: _Shard) -> None:
    """Leave room: what a person decided stays, and what was used last."""
    learned = [(entry.known.last_used_at if entry.known else 0, print_) for print_, entry in shard.entries.items()
               if entry.order is None or entry.order.action == "release"]  # fmt: skip
    for _, print_ in sorted(learned)[: max(0, len(shard.entries) - MOST)]:
        del shard.entries[print_]


def _shard_of(print_: str) -> str:
    return f"{int.from_bytes(blake2b(print_.encode(), digest_size=2).digest()) % SHARDS:02x}"


def _identity(outcome_id: str) -> int:
    return int.from_bytes(blake2b(outcome_id.encode("utf-8", "replace"), digest_size=8).digest())
