"""Two targets are rarely the same candidate: what one of them surely is, the others are not."""

from collections import Counter
from collections.abc import Mapping, Sequence

_ROUNDS = 20


def exclusive(rows: Sequence[Mapping[int, float]]) -> list[dict[int, float]]:
    """The rows' probabilities by candidate, balanced so that no candidate is claimed more than once in all.

    Rows and columns are scaled in turns (Sinkhorn and Knopp 1967), columns only where they add up to more than 1. A
    single row stays as it is. Takes some twenty passes over all entries.
    """
    found = [dict(row) for row in rows]
    for _ in range(_ROUNDS if len(rows) > 1 else 0):
        claims: Counter[int] = Counter()
        for row in found:
            claims.update(row)
        found = [_whole({at: share / max(1.0, claims[at]) for at, share in row.items()}) for row in found]
    return found


def _whole(row: Mapping[int, float]) -> dict[int, float]:
    total = sum(row.values()) or 1.0
    return {at: share / total for at, share in row.items()}
