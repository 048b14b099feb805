"""Which earlier signals a signal may belong to: found by what they share, never by comparing all with all.

By each rule, of those that share a value only the nearest few are looked at: a storm costs what its signals cost.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from argus_streams.core.incidents.facts import ONE, OTHER, Fact, Values, shared
from argus_streams.core.incidents.known import Surroundings
from argus_streams.core.incidents.rules import CHANGES, Role, Rule, Rules, Shared, milliseconds, parties

UPSTREAM = frozenset({"callee", "upstream"})
NEAREST = 4  # of those that share a value, for an effect that looks for what brought it about
EFFECTS = 32  # for a cause that comes after its effects
SCANNED = 48
_ALIKE = frozenset({"file", *UPSTREAM})  # what the one and the other look at differently


End = Literal["one", "other"]  # of a rule


class Hit(NamedTuple):
    """One rule that holds between two signals."""

    rule: str
    window: int  # ms
    apart: int  # ms
    score: float
    facts: Mapping[str, str]
    causal: bool  # whether the one may have brought about the other
    hides: bool
    backward: bool  # the one came after the other


class Pair(NamedTuple):
    """An earlier signal, and all rules that hold between it and the one that looks."""

    fact: Fact
    score: float  # of all rules together
    hits: Sequence[Hit]

    @property
    def leads(self) -> bool:
        """Whether one of them fires over the other, or brought it about: then it is no coincidence of two problems."""
        return any(hit.hides or (hit.backward and hit.causal) for hit in self.hits)


class _Compiled(NamedTuple):
    name: str
    rule: Rule
    window: int
    causal: bool


class _Lookup(NamedTuple):
    """How signals of one role look for others by a rule."""

    compiled: _Compiled
    values: Values  # of the one that looks
    slot: int
    backward: bool


class Plan:
    """The rules of a project, arranged by role."""

    def __init__(self, rules: Rules) -> None:
        self._slots: dict[tuple[Role, End, Shared], int] = {}
        self.lookups: dict[Role, list[_Lookup]] = defaultdict(list)
        self.entries: dict[Role, list[tuple[int, Values]]] = defaultdict(list)
        for name, rule in rules.rules.items():
            causal = bool(UPSTREAM & set(rule.share)) or not set(parties(rule.one)) - {*CHANGES, "failed_deploy"}
            self._compile(_Compiled(name, rule, milliseconds(rule.window), causal))
        self.size = len(self._slots)

    def _compile(self, compiled: _Compiled) -> None:
        rule, key = compiled.rule, compiled.rule.share[0]
        ones, others = parties(rule.one), parties(rule.other)
        for role in others:
            found = [_Lookup(compiled, OTHER[key], self._slot(one, "one", key), backward=False) for one in ones]
            self.lookups[role] += found
        if rule.order == "any" and (ones != others or _ALIKE & set(rule.share)):
            for role in ones:
                found = [
                    _Lookup(compiled, ONE[key], self._slot(other, "other", key), backward=True) for other in others
                ]
                self.lookups[role] += found

    def _slot(self, role: Role, end: End, key: Shared) -> int:
        at = (role, end, key)
        if at not in self._slots:
            self._slots[at] = len(self._slots)
            self.entries[role].append((self._slots[at], OTHER[key] if end == "other" else ONE[key]))
        return self._slots[at]


class Index:
    """The signals of a project that may still be linked to, by what they share; added in order of time."""

    def __init__(self, plan: Plan, around: Surroundings) -> None:
        self._plan = plan
        self._around = around
        self._slots: list[dict[str, list[Fact]]] = [defaultdict(list) for _ in range(plan.size)]

    def add(self, fact: Fact) -> None:
        """Let later ones find this one."""
        if fact.role is None:
            return
        for slot, values in self._plan.entries.get(fact.role, ()):
            by_value = self._slots[slot]
            for value in values(fact, self._around):
                by_value[value].append(fact)

    def pairs(self, fact: Fact) -> list[Pair]:
        """All that this one may belong to, the best first."""
        if fact.role is None:
            return []
        found: dict[int, tuple[Fact, dict[str, Hit]]] = {}
        for lookup in self._plan.lookups.get(fact.role, ()):
            by_value = self._slots[lookup.slot]
            for value in lookup.values(fact, self._around):
                if value in by_value:
                    self._look(fact, lookup, by_value[value], found)
        pairs = [Pair(other, _together(hits.values()), tuple(hits.values())) for other, hits in found.values()]
        return sorted(pairs, key=lambda pair: (-pair.score, -pair.fact.at, pair.fact.id))

    def _look(
        self, fact: Fact, lookup: _Lookup, candidates: Sequence[Fact], found: dict[int, tuple[Fact, dict[str, Hit]]]
    ) -> None:
        (name, rule, window, _), backward = lookup.compiled, lookup.backward
        wanted = EFFECTS if backward else NEAREST
        for other in candidates[: -SCANNED - 1 : -1]:
            apart = abs(fact.at - other.at)
            if fact.at - other.at > window or not wanted:
                break
            if other.subject == fact.subject or apart > window:
                continue
            ends = (fact, other) if backward else (other, fact)
            facts = self._facts(rule, *ends)
            if facts is not None:
                wanted -= 1
                hits = found.setdefault(other.id, (other, {}))[1]
                if name not in hits:
                    score = rule.score * (1 - (1 - rule.fade) * apart / window)
                    hits[name] = Hit(name, window, apart, score, facts, lookup.compiled.causal, rule.hides, backward)

    def _facts(self, rule: Rule, one: Fact, other: Fact) -> dict[str, str] | None:
        """What the two share; ``None`` = the rule does not hold."""
        if rule.kinds and other.kind not in rule.kinds:
            return None
        if any(OTHER[name](other, self._around) for name in rule.lacks):
            return None
        if any(shared(name, one, other, self._around) is not None for name in rule.differ):
            return None
        facts: dict[str, str] = {}
        for name in rule.share:
            value = shared(name, one, other, self._around)
            if value is None:
                return None
            if value:
                facts[name] = value
        return facts


def _together(hits: Iterable[Hit]) -> float:
    """Independent reasons: what none of them leaves open."""
    doubt = 1.0
    for hit in hits:
        doubt *= 1 - hit.score
    return 1 - doubt
