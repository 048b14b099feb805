"""What was learned about a broken locator before."""

from collections.abc import Iterable
from typing import NamedTuple

from argus_streams.core.healing.advice import Advice
from argus_streams.core.healing.case import Case
from argus_streams.core.repairs import PROPOSALS, Pattern, Proposal

APPLY = 0.9  # the lower bound is above it
TRY = 0.5


class Recollection:
    """A project's patterns, found by the locator that they repair."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_locator: dict[tuple[str, str, str], list[Pattern]] = {}
        for pattern in patterns:
            self._by_locator.setdefault((pattern.scope, pattern.locator, pattern.failure), []).append(pattern)

    def advice(self, case: Case) -> Advice:
        """Pinned before learned, the surest first; one that is vetoed or suppressed is none."""
        found = self._by_locator.get((case.scope, case.locator, case.kind), [])
        ranked = sorted(map(_weighed, found), key=lambda each: (-each.weight, each.pattern.fingerprint))
        proposals = tuple(
            Proposal(healed=each.pattern.healed, source="pattern", confidence=each.pattern.bound) for each in ranked
        )[:PROPOSALS]
        usable = [each for each in ranked if each.weight >= TRY]
        if not usable:
            return Advice("ask", "unknown", "Nothing that is known is sure enough.", proposals=proposals)
        weight, best = usable[0]
        return Advice(
            "apply" if weight > APPLY else "validate",
            "pattern_pinned" if best.standing == "pinned" else "pattern",
            f"{best.healed} in its place: {best.reason}.",
            healed=best.healed,
            source="pin" if best.standing == "pinned" else "pattern",
            confidence=1.0 if best.standing == "pinned" else best.bound,
            pattern=best.fingerprint,
            proposals=proposals,
        )


class _Weighed(NamedTuple):
    weight: float
    pattern: Pattern


def _weighed(pattern: Pattern) -> _Weighed:
    weights = {"pinned": 2.0, "active": pattern.bound, "suppressed": 0.0, "vetoed": 0.0}
    return _Weighed(weights[pattern.standing], pattern)
