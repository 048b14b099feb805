"""A project's knowledge of repairs during one turn: the states of ``core.healing.knowledge`` as the table keeps them.

A kill may leave any beginning of what a turn writes. Entries, rules and index each know by a mark of their own what
they have counted, so that they are written first; which outcomes were heard of, whoever tells them again, comes last.
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Protocol, TypeVar

import msgspec

from argus_streams.core.events import Origin
from argus_streams.core.healing.advice import Advice
from argus_streams.core.healing.case import HEALABLE, Case, run_of
from argus_streams.core.healing.knowledge import index as indices
from argus_streams.core.healing.knowledge import known as knowledge
from argus_streams.core.healing.knowledge import record as records
from argus_streams.core.healing.knowledge import rulebook as rulebooks
from argus_streams.core.healing.knowledge import spreading
from argus_streams.core.healing.knowledge.deciding import decide
from argus_streams.core.healing.knowledge.known import Known, Learnt
from argus_streams.core.healing.knowledge.learning import bound
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.question import Question
from argus_streams.core.healing.knowledge.record import Entry, Record
from argus_streams.core.healing.knowledge.units import read
from argus_streams.core.incidents.seen import Seen, shard_of
from argus_streams.core.messages import Version
from argus_streams.core.repairs import Outcome, Pattern, PatternCommand, RepairSource, Standing
from argus_streams.errors import Malformed

SPREAD = 100  # locators of a turn's outcomes that are looked for in the rest of the suite
WORDS = 256  # repairs of one locator that people decide on: none is forgotten, so that no more are taken
RULES = 4 * 1024 * 1024  # bytes of a project's rules: a record of the changelog has room for twice as many

_SOURCES: tuple[RepairSource, ...] = ("pin", "pattern", "rule", "cross_test_learning", "similarity", "model")


T = TypeVar("T")


class Values(Protocol):
    """A project's part of the table."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes | None) -> None: ...


class Book:
    """A project's repairs; nothing is put before ``close``."""

    def __init__(self, project: str, values: Values, limits: Limits) -> None:
        self._project = project
        self._values = values
        self._limits = limits
        self._rules = _read(values.get("rules"), rulebooks.decode, rulebooks.Rulebook())
        self._index = _read(values.get("index"), indices.decode, indices.Index())
        self._before = (self._rules, self._index)
        self._stored: dict[str, Entry] = {}  # by place
        self._entries: dict[str, Entry] = {}  # those that have changed
        self._seen: dict[str, Seen] = {}
        self._healed: dict[str, int] = {}  # locator → ms, of which outcomes of the turn told

    def learn(self, outcome: Outcome, *, at: int, origin: Origin) -> bool:
        """Count an outcome, Kafka's time of which is ``at`` (ms); whether it was news."""
        if not self._is_news("heard", outcome.outcome_id, at):
            return False
        place = records.place(self._project, outcome.locator)
        source = source_of(outcome.decision_id)
        learnt = knowledge.learn(self._known(place), outcome, origin, at, self._limits, source)
        self._keep(place, learnt)
        if learnt.how == "counted" and len(self._healed) < SPREAD:
            self._healed[outcome.locator] = at
        return learnt.how == "counted"

    def meet(self, case: Case) -> None:
        """Know a locator that broke as one of the project's."""
        if case.kind in HEALABLE:
            place = records.place(self._project, case.locator)
            known, test = self._known(place), case.told.test
            self._keep(place, knowledge.met(known, self._question(case), test, case.at, self._limits))

    def obey(self, command: PatternCommand, *, at: int, origin: Origin) -> bool:
        """Heed a command, unless a later one was heard; whether it changes anything. Raises ``Malformed``."""
        named = command.pattern
        place = records.place(self._project, command.locator or "") if named is None else records.place_of(named)
        learnt = knowledge.command(self._known(place), command, at, origin)
        if len(learnt.known.entry.records) > max(WORDS, len(self._known(place).entry.records)):
            raise Malformed("too many commands", f"people have decided on {WORDS} repairs of this locator already")
        self._keep(place, learnt)
        return learnt.how == "counted"

    def advice(self, case: Case) -> Advice:
        """What is known of a broken locator."""
        known = self._known(records.place(self._project, case.locator))
        return decide(known, self._question(case), case.at, self._limits)

    def standing(self, case: Case, healed: str) -> Standing | None:
        """How this repair of the locator stands; ``None`` = nobody has told of it."""
        meant = Record(case.locator, healed, case.scope, case.kind, "pattern", 0, 0)
        name = records.fingerprint(self._project, meant)
        known = self._known(records.place(self._project, case.locator)).entry.records
        return next((each.standing for each in known if records.fingerprint(self._project, each) == name), None)

    def asks(self, case: Case) -> bool:
        """Whether a model is to be asked about this locator: once a run, however many tests it breaks."""
        return self._is_news("asked", repr((case.locator, case.kind, run_of(case))), case.at)

    def close(self, epoch: int) -> list[Pattern]:
        """Put what has changed; a snapshot of each pattern that looks another way now."""
        told = told_so_far(self._values)
        changed = []
        for place, entry in sorted(self._entries.items()):
            known = set(_snapshots(self._stored[place], self._project, self._limits))
            changed += [each for each in _snapshots(entry, self._project, self._limits) if each not in known]
            self._values.put(f"entry/{place}", records.encode(entry) if entry != Entry() else None)
        changed += self._spread()
        if self._rules is not self._before[0]:
            self._values.put("rules", rulebooks.within(self._rules, RULES, self._limits))
        if self._index is not self._before[1]:
            self._values.put("index", indices.encode(self._index))
        if changed:
            count_on(self._values, told + len(changed))
        for name, seen in self._seen.items():
            self._values.put(name, seen.encoded())
        return [
            msgspec.structs.replace(each, version=Version(epoch, told + number))
            for number, each in enumerate(changed, start=1)
        ]

    def _is_news(self, what: str, identity: str, at: int) -> bool:
        number = int.from_bytes(blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest())
        name = f"{what}/{shard_of(number)}"
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = Seen(self._values.get(name))
        return seen.add(number, at)

    def _known(self, place: str) -> Known:
        entry = self._entries.get(place, self._stored.get(place))
        if entry is None:
            entry = self._stored[place] = _read(self._values.get(f"entry/{place}"), records.decode, Entry())
        return Known(entry, self._rules, self._index)

    def _keep(self, place: str, learnt: Learnt) -> None:
        if learnt.known.entry is not self._known(place).entry:
            self._entries[place] = learnt.known.entry
        self._rules, self._index = learnt.known.rulebook, learnt.known.index
        for gone in learnt.dropped:
            self._drop(records.place(self._project, gone))

    def _question(self, case: Case) -> Question:
        release = case.told.release
        return Question(
            project=self._project, locator=case.locator, scope=case.scope, failure=case.kind, release=release
        )

    def _spread(self) -> list[Pattern]:
        """What the repairs of the turn say of other locators, unless something is known of that already."""
        found: dict[str, Pattern] = {}
        for locator, at in self._healed.items():
            for each in spreading.suggestions(self._rules, self._index, read(locator), at, self._limits):
                entry = self._known(records.place(self._project, each.locator)).entry
                told = spreading.pattern(each, entry.tests, self._project, at, self._limits)
                if told.fingerprint not in {records.fingerprint(self._project, known) for known in entry.records}:
                    found.setdefault(told.fingerprint, told)
        return list(found.values())

    def _drop(self, place: str) -> None:
        """Forget a locator that there is no room for, unless a person has said a word about it."""
        entry = self._known(place).entry
        if not entry.waiting and all(each.word is None for each in entry.records):
            self._entries[place] = Entry()


def _read(stored: bytes | None, decode: Callable[[bytes], T], empty: T) -> T:
    return empty if stored is None else decode(stored)


def source_of(decision_id: str | None) -> RepairSource:
    """Whence a decision took its answer, as its id begins; without a decision a person has repaired it."""
    told = (decision_id or "").partition("-")[0]
    return next((source for source in _SOURCES if source == told), "pattern")


def told_so_far(values: Values) -> int:
    """How many snapshots of the project were told, which is the version of the last one."""
    return int(values.get("told") or 0)


def count_on(values: Values, told: int) -> None:
    """Let the next snapshot have the version after this one."""
    values.put("told", str(told).encode())


def patterns_of(key: bytes, value: bytes, limits: Limits) -> list[Pattern]:
    """The patterns that a value of the table tells of, below every version that an owner writes."""
    project, _, name = key.decode().partition("/")
    return list(_snapshots(records.decode(value), project, limits)) if name.startswith("entry/") else []


def _snapshots(entry: Entry, project: str, limits: Limits) -> Iterator[Pattern]:
    """All patterns of an entry as of their last use, so that the same state is told the same."""
    for each in entry.records:
        rivals = sum(other.won for other in entry.records if other is not each and _rivals(each, other))
        least = bound(each, rivals, each.last_used_at, None, limits)
        yield records.snapshot(msgspec.structs.replace(each, writes=0), project=project, bound=least, epoch=0)


def _rivals(one: Record, other: Record) -> bool:
    return other.standing == "active" and (one.scope, one.failure) == (other.scope, other.failure)
