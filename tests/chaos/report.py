"""The table that `make chaos` prints."""

from typing import NamedTuple

from verdict import Score

HEAD = ("fault", "bodies", "lost", "twice", "counted wrong", "worked on again", "s until ready")
PAUSED = ("seconds at the worst", "all of it stood still", "one partition did", "a record waited")


class Row(NamedTuple):
    """One fault and what came of it."""

    fault: str
    score: Score
    seconds: float  # until ready again, at the worst


def lines(rows, seed):
    """The table, as it stands in docs/chaos.md."""
    return [f"ARGUS_CHAOS_SEED={seed}", "", *_table([HEAD, *(_words(row) for row in rows)])]


def paused(scenes):
    """A table for each scene of what stood still in it, as they stand there too."""
    for name, pauses in scenes:
        yield from ("", f"{_named(name)}, {pauses.rate:,.0f} bodies/s", "")
        yield from _table([PAUSED, *((what, *(f"{span:.1f}" for span in spans)) for what, *spans in pauses.told())])


def _table(said):
    widths = [max(len(line[at]) for line in said) for at in range(len(said[0]))]
    ruler = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    table = [_line(_aligned(line, widths)) for line in said]
    return [table[0], _line(ruler), *table[1:]]


def _words(row):
    bodies, lost, twice, wrong, repeated = row.score
    numbers = (f"{bodies:,}", f"{lost:,}", f"{twice:,}", f"{wrong:,}", f"{repeated:,}", f"{row.seconds:.1f}")
    return (_named(row.fault), *numbers)


def _named(fault):
    return fault.replace("_", " ")


def _line(cells):
    return f"| {' | '.join(cells)} |"


def _aligned(line, widths):
    first, *rest = zip(line, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
