"""The knowledge base on repairs that people made, in the order of the file, each judged before it is learned.

    python benchmarks/healing/patterns.py [FILE.csv.gz] [--cross]

What counts as a repair, as answered, hit and wrong is told in docs/healing.md. Rows that change style, the call around
a selector, numbers or variables alone are left out first, and counted. `distinct` = each pair of locators of a
repository once, where it is seen first: what is left when one change of code is told row by row.
`--cross` asks whether the numbers of defaults/healing.yaml are fitted to some repositories: each quarter of them is
judged by the numbers that are best on the other three; some minutes.
The exit code is 1 when a bar is missed.
"""

import argparse
import csv
import gzip
import sys
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

from msgspec import structs

from argus_streams.adapters.healing_terms import load_knowledge_limits
from argus_streams.core.healing.knowledge.deciding import Question, decide
from argus_streams.core.healing.knowledge.known import Known
from argus_streams.core.healing.knowledge.lexing import canonical
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.replaying import Line, Replay, Row
from argus_streams.core.healing.knowledge.scoring import Score, Scores

FILE = Path(__file__).parents[2] / "../shared/benchmarks/reprobreak.dev.csv.gz"
ANSWERED, WRONG, MILLISECONDS = 0.70, 0.02, 1.0
SHOWN = 25  # repositories, those with most repairs
GRID = {"own_repair": (3.4, 4.0, 5.0), "own_again": (1.0, 1.5, 2.0), "outdated": (0.3, 0.5, 0.8)}
FOLDS = 4


def load(file: Path) -> list[Row]:
    """The repairs in the order of the file."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as told:
        columns = ("repository", "old_locator", "new_locator")
        return [Row(**{name: row[name] for name in columns}) for row in csv.DictReader(told)]


def replayed(rows: Iterable[Row], limits: Limits) -> list[Line]:
    """What was said of each before it was learned."""
    replay = Replay(limits)
    return [replay.take(row, number) for number, row in enumerate(rows, start=1)]


def scored(lines: Iterable[Line]) -> Score:
    """The score of these rows."""
    score = Score()
    for line in lines:
        score.add(line)
    return score


def by_repository(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    """The rows of each, the one with most of them first."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.repository, []).append(line)
    return dict(sorted(found.items(), key=lambda each: -len(each[1])))


def first_seen(rows: Sequence[Row], lines: Iterable[Line]) -> list[Line]:
    """The rows whose pair of locators is the first of its kind in its repository."""
    seen: set[tuple[str, str, str]] = set()
    found = []
    for line in lines:
        row = rows[line.row - 1]
        pair = (row.repository, canonical(row.old_locator), canonical(row.new_locator))
        if pair not in seen:
            seen.add(pair)
            found.append(line)
    return found


def show(rows: Sequence[Row], lines: Sequence[Line], repairs: Sequence[Line]) -> None:
    """Print all of it."""
    scores = Scores()
    for line in lines:
        scores.add(line)
    print("\n".join(scores.texts()))
    print("distinct")
    print("\n".join(scored(first_seen(rows, repairs)).texts()))
    print(f"\n{'repository':<36}{'repairs':>8}{'hit':>6}{'wrong':>6}{'unseen':>7}{'known':>7}{'hit':>6}")
    repositories = by_repository(repairs)
    for name, told in list(repositories.items())[:SHOWN]:
        print(_row(name, scored(told)))
    others = [line for told in list(repositories.values())[SHOWN:] for line in told]
    print(_row(f"{len(repositories) - SHOWN} others", scored(others)))


def _row(name: str, score: Score) -> str:
    wrong, unseen = (sum(score.of(each, what) for each in ("apply", "validate", "ask")) for what in ("wrong", "unseen"))
    return f"{name:<36}{score.rows:>8}{score.hits:>6}{wrong:>6}{unseen:>7}{score.known:>7}{score.known_hits:>6}"


def milliseconds(rows: Sequence[Row], limits: Limits) -> list[float]:
    """CPU time of decisions with all repositories in one project, in order of size."""
    replay = Replay(limits)
    for number, row in enumerate(rows):
        replay.take(structs.replace(row, repository="all"), number)
    taken = []
    for row in rows:
        known: Known = replay.known("all", row.old_locator)
        begun = time.thread_time()
        decide(known, Question(project="all", locator=row.old_locator), 0, limits)
        taken.append((time.thread_time() - begun) * 1000)
    return sorted(taken)


def crossed(rows: Sequence[Row], limits: Limits) -> None:
    """Print how each quarter of the repositories is judged by the numbers that are best on the others."""
    points = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]
    told = [by_repository(_repairs(replayed(rows, structs.replace(limits, **point)))) for point in points]
    judged = []
    for fold in range(FOLDS):
        best = max(range(len(points)), key=lambda at: _worth(_outside(told[at], fold)))
        judged += [line for name, lines in told[best].items() if _fold(name) == fold for line in lines]
        print(f"  quarter {fold + 1}: {points[best]}")
    print("\n".join(scored(judged).texts()))


def _worth(score: Score) -> tuple[bool, int]:
    return _wrong(score) <= WRONG * 0.75, score.known_hits


def _wrong(score: Score) -> float:
    wrong = score.of("apply", "wrong")
    return wrong / max(1, wrong + score.of("apply", "hit"))


def _outside(told: Mapping[str, list[Line]], fold: int) -> Score:
    return scored(line for name, lines in told.items() if _fold(name) != fold for line in lines)


def _fold(name: str) -> int:
    return zlib.crc32(name.encode()) % FOLDS


def _repairs(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.change == "locator"]


def main() -> int:
    """Print the figures; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", type=Path, default=FILE, help="repairs, as `argus heal replay` reads them")
    parser.add_argument("--cross", action="store_true", help="judge the numbers by repositories that they never saw")
    given = parser.parse_args()
    if not given.file.is_file():
        print(f"no file {given.file}: the repairs are beside a checkout, not in it", file=sys.stderr)
        return 1
    rows, limits = load(given.file), load_knowledge_limits()
    if given.cross:
        crossed(rows, limits)
        return 0
    lines = replayed(rows, limits)
    repairs = _repairs(lines)
    show(rows, lines, repairs)
    taken = milliseconds(rows, limits)
    half = taken[len(taken) // 2]
    print(f"\na decision: {half:.2f} ms of CPU at the median, {taken[int(len(taken) * 0.99)]:.2f} ms in 99 of 100")
    score = scored(repairs)
    missed = (score.known_hits < ANSWERED * score.known, _wrong(score) > WRONG, half > MILLISECONDS)
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
