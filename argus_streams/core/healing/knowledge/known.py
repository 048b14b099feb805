"""What is known where one broken locator is looked at: three states of its project, changed together.

Each counts an outcome once by a mark of its own, so that it does not matter which of them were written when a worker
ended.
"""

from typing import NamedTuple

from msgspec import Struct, structs

from argus_streams.core.events import Origin
from argus_streams.core.healing.knowledge import index as indices
from argus_streams.core.healing.knowledge import learning, rulebook
from argus_streams.core.healing.knowledge.index import Index
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.question import Question
from argus_streams.core.healing.knowledge.record import Counted, Entry, Record
from argus_streams.core.healing.knowledge.rulebook import Rulebook
from argus_streams.core.healing.knowledge.units import read
from argus_streams.core.repairs import Outcome, PatternCommand, RepairSource


class Known(Struct, frozen=True):
    """The entry of one locator, and what its project has in common."""

    entry: Entry = Entry()
    rulebook: Rulebook = Rulebook()
    index: Index = Index()


class Learnt(NamedTuple):
    """What an outcome, a failure or a command did."""

    known: Known
    how: Counted
    changed: tuple[Record, ...] = ()  # patterns to tell of
    dropped: tuple[str, ...] = ()  # locators whose entries there is no room for any more


def learn(
    known: Known, outcome: Outcome, origin: Origin, now: int, limits: Limits, source: RepairSource = "similarity"
) -> Learnt:
    """Count an outcome of the entry's locator; ``now`` = Kafka's time of it, ms.

    One that was counted changes nothing. ``source`` = whence the healed locator was proposed, where it was.
    """
    heal = read(outcome.locator), read(outcome.healed)
    learnt = _with_rule(
        learning.learn(known.entry, outcome, origin, now, limits, source=source),
        rulebook.explaining(known.rulebook, heal, limits),
    )
    book = known.rulebook
    if learnt.how in {"counted", "repeat"} and heal[0].text != heal[1].text:
        weight = limits.own_repair if outcome.decision_id is None else 1.0
        if outcome.worked:
            book = rulebook.taught(book, heal, weight, origin=origin, now=now, limits=limits)
        else:
            book = rulebook.doubted(book, heal, weight, origin=origin)
    index: Index = known.index
    dropped: tuple[str, ...] = ()
    if learnt.how == "counted":
        for locator in (outcome.healed, outcome.locator) if outcome.worked else (outcome.locator,):
            index, gone = indices.met(index, locator, outcome.scope, outcome.failure, at=now, limits=limits)
            dropped += gone
    return Learnt(Known(learnt.entry, book, index), learnt.how, learnt.changed, dropped)


def _with_rule(learnt: learning.Learnt, rule: str | None) -> learning.Learnt:
    """With the rename that explains the pattern that was counted last, where one does."""
    if learnt.how != "counted" or rule is None:
        return learnt
    *others, last = learnt.entry.records
    told = structs.replace(last, rule=rule)
    return learnt._replace(
        entry=structs.replace(learnt.entry, records=(*others, told)), changed=(*learnt.changed[:-1], told)
    )


def met(known: Known, question: Question, test: str, now: int, limits: Limits) -> Learnt:
    """Note that a test has this locator, for it has failed with it; telling it twice changes nothing."""
    index, dropped = indices.met(known.index, question.locator, question.scope, question.failure, at=now, limits=limits)
    tests = known.entry.tests
    if test not in tests:
        tests = (*tests, test)[-limits.tests :]
    changed = index is not known.index or tests is not known.entry.tests
    after = Known(structs.replace(known.entry, tests=tests), known.rulebook, index)
    return Learnt(after, "counted" if changed else "unchanged", (), dropped)


def command(known: Known, order: PatternCommand, time: int, origin: Origin) -> Learnt:
    """Let a person decide about a pattern of the entry; ``time`` = Kafka's of the command, ms."""
    learnt = learning.command(known.entry, order, time, origin)
    return Learnt(structs.replace(known, entry=learnt.entry), learnt.how, learnt.changed)
