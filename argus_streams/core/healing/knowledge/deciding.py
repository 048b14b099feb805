"""What the knowledge base proposes for a broken locator, and why.

A person's word wins, then what held in this very scope, then what held elsewhere, a rule, or another test's rename:
those are tried at most, and never written down untried.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from argus_streams.core.events import FailureKind
from argus_streams.core.healing.knowledge.identity import known_as
from argus_streams.core.healing.knowledge.index import similarity
from argus_streams.core.healing.knowledge.known import Known
from argus_streams.core.healing.knowledge.learning import bound
from argus_streams.core.healing.knowledge.lexing import canonical
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.record import Record, fingerprint
from argus_streams.core.healing.knowledge.rulebook import Use, uses
from argus_streams.core.healing.knowledge.units import Read, read
from argus_streams.core.repairs import PROPOSALS, Proposal, RepairSource

AdviceReason = Literal[
    "pinned", "proven", "likely", "rule", "cross_test", "conflicting", "weak", "suppressed", "vetoed", "unknown"
]


_COMPARED = 40  # locators that may be meant, of which those that are barred are taken out


class Question(Struct, frozen=True, kw_only=True):
    """A locator that failed, and where."""

    project: str
    locator: str
    scope: str = ""
    failure: FailureKind = "not_found"
    release: str | None = None


class Advice(Struct, frozen=True, kw_only=True):
    """What the knowledge base says; ``ask`` = it can not tell, whatever ``proposals`` are not sure enough."""

    verdict: Literal["apply", "validate", "ask"]
    reason: AdviceReason
    detail: str  # one sentence for people
    healed: str | None = None
    source: RepairSource | None = None
    confidence: float = 0.0
    pattern: str | None = None  # fingerprint
    rule: str | None = None  # id
    proposals: tuple[Proposal, ...] = ()


class _Option(NamedTuple):
    """One locator that may be meant."""

    bound: float
    healed: str
    source: RepairSource
    detail: str
    used_at: int
    literal: int = 0  # how much of the locator a rename tells
    record: Record | None = None  # that it is of
    rule: str | None = None  # id

    def rank(self, limits: Limits) -> tuple[bool, float, int, int, str]:
        """Of two the greater is the better: what held in this very scope, where it did as often as a try asks for."""
        here = self.source == "pattern" and self.bound >= limits.validate
        return here, self.bound, self.literal, self.used_at, self.healed


def decide(known: Known, question: Question, now: int, limits: Limits) -> Advice:
    """Propose what is known of a broken locator; never the broken one itself. ``now`` = Kafka's time of the failure."""
    broken = read(question.locator)
    here = [each for each in known.entry.records if _is_here(each, question)]
    pinned = [each for each in here if each.standing == "pinned" and canonical(each.healed) != broken.text]
    if pinned:
        return _pinned(max(pinned, key=lambda each: (each.word, each.healed)), question)
    barred = {known_as(each.healed) for each in here if each.standing in {"vetoed", "suppressed"}}
    options = [*_of_records(known, broken, question, now, limits), *_of_rules(known, broken, limits)]
    best = [
        each
        for each in _best(options, limits)
        if canonical(each.healed) != broken.text and not (barred and known_as(each.healed) in barred)
    ]
    return _advice(best, here, question.project, limits) if best else _nothing(here)


def _is_here(record: Record, question: Question) -> bool:
    return record.scope == question.scope and record.failure == question.failure


def _best(options: Iterable[_Option], limits: Limits) -> list[_Option]:
    """The best first, each locator once."""
    found: dict[str, _Option] = {}
    for each in sorted(options, key=lambda each: each.rank(limits), reverse=True):
        found.setdefault(canonical(each.healed), each)
    return list(found.values())[:_COMPARED]


def _of_records(known: Known, broken: Read, question: Question, now: int, limits: Limits) -> Iterator[_Option]:
    live = [each for each in known.entry.records if each.standing == "active"]
    for each in live:
        rivals = sum([other.won for other in live if other is not each and _same_place(each, other)])
        least = bound(each, rivals, now, question.release, limits)
        told = f"{each.successes} of {each.successes + each.failures} times it held"
        healed = each.healed_for(broken.text)
        if _is_here(each, question):
            yield _Option(least, healed, "pattern", f"{told} here", each.last_used_at, record=each, rule=each.rule)
        else:
            told, least = f"{told} in {each.scope or 'another place'}", least * limits.elsewhere_confidence
            yield _Option(least, healed, "cross_test_learning", told, each.last_used_at, record=each)


def _same_place(one: Record, other: Record) -> bool:
    return one.scope == other.scope and one.failure == other.failure


def _of_rules(known: Known, broken: Read, limits: Limits) -> Iterator[_Option]:
    for use in uses(known.rulebook, broken):
        rule = use.rule.without(broken)
        if rule.explained:
            yield _of_rule(Use(rule, use.healed), broken, limits)


def _of_rule(use: Use, broken: Read, limits: Limits) -> _Option:
    rule, least = use.rule, use.rule.bound(limits)
    if len(rule.explained) >= limits.support:
        told = f"{rule.rename.text} explains {len(rule.explained)} repairs, and {len(rule.excepted)} not"
        return _Option(least, use.healed, "rule", told, rule.used_at, rule.rename.literal, rule=rule.id)
    near = similarity(broken.text, rule.example[0]) >= limits.similar
    least *= limits.elsewhere_confidence if near else limits.elsewhere_confidence / 2
    told = f"{rule.example[0]} became {rule.example[1]}"
    return _Option(least, use.healed, "cross_test_learning", told, rule.used_at, rule.rename.literal, rule=rule.id)


def _pinned(record: Record, question: Question) -> Advice:
    by = record.word.by if record.word else ""
    proposal = Proposal(healed=record.healed, source="pin", confidence=1.0)
    return Advice(
        verdict="apply",
        reason="pinned",
        detail=f"{by or 'a person'} decided on it",
        healed=record.healed,
        source="pin",
        confidence=1.0,
        pattern=fingerprint(question.project, record),
        rule=record.rule,
        proposals=(proposal,),
    )


def _advice(best: Sequence[_Option], here: Sequence[Record], project: str, limits: Limits) -> Advice:
    first = best[0]
    proposals = tuple(
        [Proposal(healed=each.healed, source=each.source, confidence=each.bound) for each in best[:PROPOSALS]]
    )
    if first.bound < limits.validate:
        conflicting = sum([each.standing == "active" for each in here]) > 1
        return Advice(
            verdict="ask",
            reason="conflicting" if conflicting else "weak",
            detail=f"{len(best)} are known, the likeliest is not sure enough: {first.detail}",
            proposals=proposals,
        )
    proven = first.source == "pattern" and first.bound > limits.apply
    return Advice(
        verdict="apply" if proven else "validate",
        reason="proven" if proven else _REASONS[first.source],
        detail=first.detail,
        healed=first.healed,
        source=first.source,
        confidence=first.bound,
        pattern=fingerprint(project, first.record) if first.record else None,
        rule=first.rule,
        proposals=proposals,
    )


_REASONS: dict[RepairSource, AdviceReason] = {
    "pattern": "likely",
    "rule": "rule",
    "cross_test_learning": "cross_test",
}


def _nothing(here: Sequence[Record]) -> Advice:
    standings = {each.standing for each in here}
    if "suppressed" in standings:
        return Advice(verdict="ask", reason="suppressed", detail="what is known of it failed when it was last tried")
    if "vetoed" in standings:
        return Advice(verdict="ask", reason="vetoed", detail="a person forbade what is known of it")
    return Advice(verdict="ask", reason="unknown", detail="nothing like it was repaired before")
