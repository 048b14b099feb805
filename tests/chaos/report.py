"""The table that `make chaos` prints."""

from typing import NamedTuple

from verdict import Score

HEAD = ("fault", "bodies", "lost", "twice", "counted wrong", "worked on again", "s until ready")


class Row(NamedTuple):
    """One fault and what came of it."""

    fault: str
    score: Score
    seconds: float  # until ready again, at the worst


def lines(rows, seed):
    """The table, as it stands in docs/chaos.md."""
    said = [HEAD, *(_words(row) for row in rows)]
    widths = [max(len(line[at]) for line in said) for at in range(len(HEAD))]
    ruler = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    table = [_line(_aligned(line, widths)) for line in said]
    return [f"ARGUS_CHAOS_SEED={seed}", "", table[0], _line(ruler), *table[1:]]


def _words(row):
    bodies, lost, twice, wrong, repeated = row.score
    numbers = (f"{bodies:,}", f"{lost:,}", f"{twice:,}", f"{wrong:,}", f"{repeated:,}", f"{row.seconds:.1f}")
    return (row.fault.replace("_", " "), *numbers)


def _line(cells):
    return f"| {' | '.join(cells)} |"


def _aligned(line, widths):
    first, *rest = zip(line, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
