"""What the knowledge base proposes for a broken locator, and why.

A person's word wins, then what held in this very scope, then what held elsewhere, a rule, or another test's rename:
those are tried at most, and never written down untried.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from argus_streams.core.healing.advice import Advice
from argus_streams.core.healing.knowledge.identity import known_as
from argus_streams.core.healing.knowledge.index import similarity
from argus_streams.core.healing.knowledge.known import Known
from argus_streams.core.healing.knowledge.learning import bound
from argus_streams.core.healing.knowledge.lexing import canonical
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.question import Question
from argus_streams.core.healing.knowledge.record import Record, fingerprint
from argus_streams.core.healing.knowledge.rulebook import TELLING, Rule, Use, hashed, uses
from argus_streams.core.healing.knowledge.units import Read, read
from argus_streams.core.repairs import PROPOSALS, Proposal, RepairSource

_COMPARED = 40  # locators that may be meant, of which those that are barred are taken out


class _Option(NamedTuple):
    """One locator that may be meant."""

    bound: float
    text: str  # without style
    healed: str
    source: RepairSource
    of: Record | Rule

    def rank(self, limits: Limits) -> tuple[bool, float, int, int, str]:
        """Of two the greater is the better: what held in this very scope, where it did as often as a try asks for."""
        here = self.source == "pattern" and self.bound >= limits.validate
        if isinstance(self.of, Rule):
            return here, self.bound, self.of.rename.literal, self.of.used_at, self.healed
        return here, self.bound, 0, self.of.last_used_at, self.healed

    @property
    def detail(self) -> str:
        """One sentence for people."""
        of = self.of
        if isinstance(of, Record):
            where = "" if self.source == "pattern" else f" in {of.scope or 'another place'}"
            return f"it held {of.successes} of {of.successes + of.failures} times{where}"
        if self.source == "rule":
            return f"{of.rename.text} explains {len(of.explained)} repairs, and {len(of.excepted)} not"
        return f"{of.example[0]} became {of.example[1]}"


def decide(known: Known, question: Question, now: int, limits: Limits) -> Advice:
    """Propose what is known of a broken locator; never the broken one itself. ``now`` = Kafka's time of the failure."""
    broken = read(question.locator)
    here = [each for each in known.entry.records if _is_here(each, question)]
    pinned = [each for each in here if each.standing == "pinned" and canonical(each.healed) != broken.text]
    if pinned:
        return _pinned(max(pinned, key=lambda each: (each.word, each.healed)), question)
    barred = {known_as(each.healed) for each in here if each.standing in {"vetoed", "suppressed"}}
    # What is known of the locator itself is contradicted by rules alone, not by what another locator became.
    least = limits.support if any(each.standing == "active" for each in here) else 1
    options = [*_of_records(known, broken, question, now, limits), *_of_rules(known, broken, least, now, limits)]
    best = [
        each
        for each in _best(options, limits)
        if each.text != broken.text and not (barred and known_as(each.healed) in barred)
    ]
    return _advice(best, here, question.project, limits) if best else _nothing(here)


def _is_here(record: Record, question: Question) -> bool:
    return record.scope == question.scope and record.failure == question.failure


def _best(options: Iterable[_Option], limits: Limits) -> list[_Option]:
    """The best first, each locator once."""
    found: dict[str, _Option] = {}
    for each in sorted(options, key=lambda each: each.rank(limits), reverse=True):
        found.setdefault(each.text, each)
    return list(found.values())[:_COMPARED]


def _of_records(known: Known, broken: Read, question: Question, now: int, limits: Limits) -> Iterator[_Option]:
    live = [each for each in known.entry.records if each.standing == "active"]
    for each in live:
        rivals = sum([other.won for other in live if other is not each and _same_place(each, other)])
        least = bound(each, rivals, now, question.release, limits)
        healed = each.healed_for(broken.text)
        if _is_here(each, question):
            yield _Option(least, canonical(healed), healed, "pattern", each)
        else:
            least *= limits.elsewhere_confidence
            yield _Option(least, canonical(healed), healed, "cross_test_learning", each)


def _same_place(one: Record, other: Record) -> bool:
    return one.scope == other.scope and one.failure == other.failure


def _of_rules(known: Known, broken: Read, least: int, now: int, limits: Limits) -> Iterator[_Option]:
    """Of the renames that explain at least so many other repairs."""
    told = hashed(broken)
    for use in uses(known.rulebook, broken):
        rule = use.rule.without(told)
        if len(rule.explained) >= least:
            yield _of_rule(use._replace(rule=rule), broken, now, limits)


def _of_rule(use: Use, broken: Read, now: int, limits: Limits) -> _Option:
    rule, least = use.rule, use.rule.bound(now, limits)
    if len(rule.explained) >= limits.support:
        return _Option(least, use.text, use.healed, "rule", rule)
    near = rule.rename.kind in TELLING and similarity(broken.text, rule.example[0]) >= limits.similar
    least *= limits.elsewhere_confidence if near else limits.elsewhere_confidence / 2
    return _Option(least, use.text, use.healed, "cross_test_learning", rule)


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
            detail=f"{len(best)} are known, none is sure enough: of the likeliest {first.detail}",
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
        pattern=fingerprint(project, first.of) if isinstance(first.of, Record) else None,
        rule=first.of.rule if isinstance(first.of, Record) else first.of.id,
        proposals=proposals,
    )


_REASONS: dict[RepairSource, str] = {
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
