"""What an outcome or a person's command changes of a locator's entry: pure, and each outcome counts once.

What stands at or below its partition's mark is counted already, for the outcomes of one partition arrive in their
order; what a sender tells again is known by its id.
"""

from hashlib import blake2b
from typing import NamedTuple

from msgspec import structs

from argus_streams.core.events import Origin
from argus_streams.core.healing.knowledge.evidence import faded, lower_bound
from argus_streams.core.healing.knowledge.identity import same
from argus_streams.core.healing.knowledge.lexing import canonical
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.marks import marked, passed
from argus_streams.core.healing.knowledge.record import Counted, Entry, Record, Word, fingerprint
from argus_streams.core.repairs import Outcome, PatternCommand, RepairSource

RECENT = 32  # ids of outcomes that are remembered
TESTS = 20  # of one pattern
WAITING = 32  # words about patterns of one locator that nobody has told of yet
WORDINGS = 4  # of one pattern


class Learnt(NamedTuple):
    """What an outcome or a command did to an entry."""

    entry: Entry
    how: Counted
    changed: tuple[Record, ...]  # those to tell of


def learn(
    entry: Entry, outcome: Outcome, origin: Origin, now: int, limits: Limits, *, source: RepairSource = "similarity"
) -> Learnt:
    """Count an outcome; ``source`` = whence the healed locator came, where a decision proposed it.

    A person's own repair is told by no decision. ``now`` is Kafka's time of the outcome, ms.
    """
    if passed(entry.marks, origin):
        return Learnt(entry, "repeat", ())
    told = _told(outcome)
    after = structs.replace(entry, marks=marked(entry.marks, origin))
    if told in entry.recent:
        return Learnt(after, "duplicate", ())
    after = structs.replace(after, recent=(*entry.recent, told)[-RECENT:])
    if canonical(outcome.locator) == canonical(outcome.healed):
        return Learnt(after, "unchanged", ())
    own = outcome.decision_id is None
    known = _same(entry, outcome)
    first = Record(
        outcome.locator, outcome.healed, outcome.scope, outcome.failure, "pattern" if own else source, now, now
    )
    after, before = _begun(after, known, first, outcome.project)
    used = _used(_aged(before, now, limits), outcome, origin)
    record = _succeeded(used, limits, own=own) if outcome.worked else _failed(used, now)
    others = tuple([each for each in entry.records if each is not known])
    if own and outcome.worked:
        others = tuple([_outdated(each, limits) if _beside(each, record) else each for each in others])
    lifted = {id(each): _spoken_for(each, limits) for each in others if outcome.worked and _alike(each, outcome)}
    records = (*(lifted.get(id(each), each) for each in others), record)
    kept = _kept(records, now, limits)
    return Learnt(structs.replace(after, records=kept), "counted", (*lifted.values(), record))


def command(entry: Entry, order: PatternCommand, time: int, origin: Origin) -> Learnt:
    """Let the last command by (time, origin) win, whatever arrived first, also of commands and outcomes.

    It may precede all outcomes: where it tells the pattern whole it makes it, else it waits for it.
    """
    word = Word(time, origin, order.action, order.by, order.reason)
    known = next((each for each in entry.records if _meant(order, each)), None)
    if known is None and order.pattern is not None:
        return _waits(entry, order.pattern, word)
    before = known or Record(order.locator or "", order.healed or "", order.scope, order.failure, "pin", time, 0)
    if before.word is not None and before.word >= word:
        return Learnt(entry, "repeat", ())
    created_at = min(before.created_at, time) if order.pattern is None else before.created_at
    record = structs.replace(before, word=word, created_at=created_at, writes=before.writes + 1)
    records = (*(each for each in entry.records if each is not known), record)
    return Learnt(structs.replace(entry, records=records), "counted", (record,))


def bound(record: Record, rivals: float, now: int, release: str | None, limits: Limits) -> float:
    """The lower bound of a record's rate of success, ``rivals`` = what speaks for others in its place."""
    left = faded(now - record.last_used_at, limits)
    if release is not None and record.last_release is not None and release != record.last_release:
        left *= limits.another_release
    return lower_bound(record.won * left, record.lost * left + rivals, limits.z)


def _begun(entry: Entry, known: Record | None, first: Record, project: str) -> tuple[Entry, Record]:
    """The record that an outcome is counted on; one that only a command has made begins with its first outcome."""
    if known is None:
        name = fingerprint(project, first)
        waiting = {each: word for each, word in entry.waiting.items() if each != name}
        return structs.replace(entry, waiting=waiting), structs.replace(first, word=entry.waiting.get(name))
    if known.successes + known.failures:
        return entry, known
    return entry, structs.replace(
        first, word=known.word, created_at=min(first.created_at, known.created_at), writes=known.writes
    )


def _waits(entry: Entry, name: str, word: Word) -> Learnt:
    """The word is kept for a pattern that nobody has told of yet."""
    known = entry.waiting.get(name)
    if known is not None and known >= word:
        return Learnt(entry, "repeat", ())
    waiting = {each: other for each, other in entry.waiting.items() if each != name} | {name: word}
    return Learnt(structs.replace(entry, waiting=dict(list(waiting.items())[-WAITING:])), "counted", ())


def _told(outcome: Outcome) -> int:
    data = outcome.outcome_id.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


def _same(entry: Entry, outcome: Outcome) -> Record | None:
    near = [each for each in entry.records if each.scope == outcome.scope and each.failure == outcome.failure]
    return next((each for each in near if same(each.healed, outcome.healed)), None)


def _alike(record: Record, outcome: Outcome) -> bool:
    """Whether it is the same repair in another scope, and suppressed there."""
    return record.suppressed and same(record.healed, outcome.healed)


def _meant(order: PatternCommand, record: Record) -> bool:
    if order.pattern is not None:
        return fingerprint(order.project, record) == order.pattern
    here = record.scope == order.scope and record.failure == order.failure
    return here and order.healed is not None and same(record.healed, order.healed)


def _aged(record: Record, now: int, limits: Limits) -> Record:
    left = faded(now - record.last_used_at, limits)
    return structs.replace(
        record, won=record.won * left, lost=record.lost * left, last_used_at=max(now, record.last_used_at)
    )


def _used(record: Record, outcome: Outcome, origin: Origin) -> Record:
    tests = record.tests
    if outcome.test is not None:
        tests = (*(each for each in tests if each != outcome.test), outcome.test)[-TESTS:]
    return structs.replace(
        record,
        locator=outcome.locator,
        healed=outcome.healed,
        tests=tests,
        first_release=record.first_release or outcome.release,
        last_release=outcome.release or record.last_release,
        wordings=_worded(record.wordings, canonical(outcome.locator), outcome.healed),
        origin=origin,
        writes=record.writes + 1,
    )


def _worded(wordings: dict[str, str], broken: str, healed: str) -> dict[str, str]:
    told = {**{text: each for text, each in wordings.items() if text != broken}, broken: healed}
    return dict(list(told.items())[-WORDINGS:])


def _succeeded(record: Record, limits: Limits, *, own: bool) -> Record:
    counted = structs.replace(record, successes=record.successes + 1)
    if own:  # who writes it down after it failed knows of the failure
        weight = limits.own_again if record.won else limits.own_repair
        return structs.replace(counted, won=record.won + weight, lost=0.0, suppressed=False, since=0)
    return _spoken_for(structs.replace(counted, won=record.won + 1.0), limits)


def _failed(record: Record, now: int) -> Record:
    return structs.replace(
        record, failures=record.failures + 1, lost=record.lost + 1.0, suppressed=True, since=0, failed_at=now
    )


def _beside(one: Record, other: Record) -> bool:
    return one.scope == other.scope and one.failure == other.failure


def _outdated(record: Record, limits: Limits) -> Record:
    """What a person has put something else in the place of since."""
    return structs.replace(record, won=record.won * limits.outdated)


def _spoken_for(record: Record, limits: Limits) -> Record:
    """One success more, here or elsewhere, of what may be suppressed."""
    if not record.suppressed:
        return record
    since = record.since + 1
    lifted = since >= limits.elsewhere
    return structs.replace(record, suppressed=not lifted, since=0 if lifted else since, writes=record.writes + 1)


def _kept(records: tuple[Record, ...], now: int, limits: Limits) -> tuple[Record, ...]:
    """As many as are kept of one locator: those that a person decided on, then those that are worth most."""
    if len(records) <= limits.patterns:
        return records
    worth = [
        (each.word is not None, (each.won + each.lost) * faded(now - each.last_used_at, limits), each.last_used_at)
        for each in records
    ]
    least = min(range(len(records) - 1), key=lambda at: worth[at])  # never the one that was learnt last
    return (*records[:least], *records[least + 1 :])
