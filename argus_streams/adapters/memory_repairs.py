"""Repairs in memory: the same promises as Postgres, for tests of what stands on them."""

from collections import Counter
from collections.abc import Sequence

from argus_streams.adapters.memory import MemoryStore
from argus_streams.core.repairs import HealingDecision, Pattern
from argus_streams.ports.repairs import DecisionQuery, PatternQuery


class MemoryRepairs:
    """``ports.Repairs`` over a store in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def patterns(self, query: PatternQuery) -> Sequence[Pattern]:
        found = [
            pattern
            for pattern in self._store.all(Pattern)
            if query.project in {None, pattern.project}
            and (not query.standings or pattern.standing in query.standings)
            and pattern.fingerprint.startswith(query.fingerprint or "")
        ]
        return sorted(found, key=lambda each: (-each.last_used_at, each.project, each.fingerprint))[: query.limit]

    async def decisions(self, query: DecisionQuery) -> Sequence[HealingDecision]:
        found = [
            decision
            for decision in self._store.all(HealingDecision)
            if query.project in {None, decision.project}
            and (not query.verdicts or decision.verdict in query.verdicts)
            and query.since <= decision.at < query.until
        ]
        return sorted(found, key=lambda each: (-each.at, each.project, each.decision_id))[: query.limit]


class MemoryHealingMeter:
    """``ports.repairs.HealingMeter`` as plain numbers."""

    def __init__(self) -> None:
        self.decisions: Counter[tuple[str, str, str]] = Counter()
        self.others: Counter[str] = Counter()
        self.told: Counter[str] = Counter()

    def decided(self, decision: HealingDecision) -> None:
        self.decisions[decision.verdict, decision.source or "", decision.reason] += 1

    def passed(self, reason: str) -> None:
        self.others[reason] += 1

    def heard(self, kind: str) -> None:
        self.told[kind] += 1
