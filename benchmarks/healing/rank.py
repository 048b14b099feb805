"""Rankers on pairs of elements that people made, cross-validated by site, and CPU time of 500 candidates.

    python benchmarks/healing/rank.py [FILE.jsonl.gz]

`alone` = each target by itself, `together` = all targets of a page in one call, which may not be the same candidate.
Ours is judged on each site by weights and a calibration that the other sites taught (`crossing.py`); Similo and
Healenium have nothing to learn. `hard` is the set of elements of interest without the sites whose only candidates are
right answers.
The exit code is 1 when a bar is missed; the ranking's are held by `together`, which is what `argus locate` does.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from crossing import Outcome, crossed, measured
from pairs import FILE, Paired, load
from rivals import healenium, similo

from argus_streams.adapters.similarity import load_ranker
from argus_streams.core.elements import Element
from argus_streams.core.healing.similarity.ranker import Ranker
from argus_streams.core.healing.similarity.ranking import located, probability

SETS = ("origin_data", "hard", "our_data")
BARS = {"origin_data": 0.93, "hard": 0.91, "our_data": 0.93}  # right at the first place
FIRST_THREE, PRECISION, COVERAGE = 0.97, 0.99, 0.60
MILLISECONDS, CANDIDATES = 10.0, 500
OVERLAP = 0.85  # of two boxes, from which on people see one thing (VON Similo)


class Placed(NamedTuple):
    """Where a ranker put the right candidate of one target, 0 = first."""

    paired: Paired
    rank: int


def by_score(pages: Sequence[Paired], score: Callable[[Element, Element], float]) -> list[Placed]:
    """The places by a score of two elements."""
    found = []
    for page in pages:
        for target, answer in zip(page.targets, page.answers, strict=True):
            scores = [score(target, each) for each in page.candidates]
            order = sorted(range(len(scores)), key=lambda at: -scores[at])
            found.append(Placed(page, order.index(answer)))
    return found


def of(name: str, page: Paired) -> bool:
    """Whether a page is of a set."""
    return page.set == name or (name == "hard" and page.set == "origin_data" and not page.trivial)


def shown(name: str, placed: Sequence[Placed]) -> dict[str, tuple[float, float]]:
    """Print the line of a ranker; shares at the first place and among three by set."""
    told, texts = {}, []
    for each in SETS:
        ranks = [one.rank for one in placed if of(each, one.paired)]
        first, three, ten = (sum(rank < most for rank in ranks) / len(ranks) for most in (1, 3, 10))
        told[each] = first, three
        texts.append(f"{first:6.1%} {three:6.1%} {ten:6.1%} of {len(ranks)}")
    print(f"{name:<12}" + " | ".join(texts))
    return told


def verdicts(name: str, told: Sequence[tuple[Outcome, float]], apply: float, validate: float) -> bool:
    """Print what is applied, tried and asked; whether the bars of `apply` hold."""
    print(f"\n{name}: share, and how many of them are right")
    fine = True
    for each in SETS:
        ours = [(one.judged.right, sure) for one, sure in told if of(each, one.case.paired)]
        kept = [right for right, sure in ours if sure >= apply]
        tried = [right for right, sure in ours if validate <= sure < apply]
        asked = len(ours) - len(kept) - len(tried)
        fine = fine and sum(kept) >= PRECISION * len(kept) and len(kept) >= COVERAGE * len(ours)
        print(
            f"{each:<12} apply {len(kept) / len(ours):.1%}, {sum(kept)} of {len(kept)} right; "
            f"validate {len(tried) / len(ours):.1%}, {sum(tried)} of {len(tried)} right; ask {asked / len(ours):.1%}"
        )
    return fine


def unfounded(told: Sequence[tuple[Outcome, float]], ranker: Ranker) -> None:
    """Print how often a target whose element is gone from the page is applied to another one all the same."""
    gone = [one.gone for one, _ in told if one.gone]
    sure = [probability(ranker.calibration, each.margin, each.likeness) for each in gone]
    print(f"with its element gone: {sum(each >= ranker.apply for each in sure)} of {len(gone)} are applied")


def curve(told: Sequence[tuple[Outcome, float]]) -> None:
    """Print the precision at each coverage, and what the probabilities promised."""
    ordered = sorted(((sure, one.judged.right) for one, sure in told), reverse=True)
    print("\ncoverage    right   least probability")
    for share in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        kept = ordered[: max(1, round(share * len(ordered)))]
        print(f"{share:8.0%} {sum(right for _, right in kept) / len(kept):8.1%} {kept[-1][0]:8.3f}")
    print("\npromised    right")
    for low, high in ((0.0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        part = [(sure, right) for sure, right in ordered if low <= sure < high]
        if part:
            mean = sum(sure for sure, _ in part) / len(part)
            print(f"{mean:8.1%} {sum(right for _, right in part) / len(part):8.1%} of {len(part)}")


def spread(told: Sequence[tuple[Outcome, float]]) -> None:
    """Print how sites differ, and what the misses are."""
    sites: dict[str, list[bool]] = {}
    for one, _ in told:
        sites.setdefault(one.case.paired.site, []).append(one.judged.right)
    shares = sorted((sum(right) / len(right), len(right), site) for site, right in sites.items())
    print(f"\nright by site, of {len(shares)}: all of it on {sum(share == 1 for share, _, _ in shares)}; the worst:")
    print("  " + ", ".join(f"{site} {share:.0%} of {count}" for share, count, site in shares[:6]))
    misses = [one for one, _ in told if not one.judged.right]
    pairs = [(one.case.paired.candidates[one.order[0]], one.case.paired.candidates[one.case.answer]) for one in misses]
    nested = [_nested(*pair) for pair in pairs]
    over = [_overlap(*pair) >= OVERLAP for pair in pairs]
    print(f"{len(misses)} misses: {sum(nested)} parent or child of the right one, {sum(over)} over it; "
          f"{sum(a or b for a, b in zip(nested, over, strict=True))} one or the other")  # fmt: skip


def _nested(one: Element, other: Element) -> bool:
    return one.xpath.startswith(f"{other.xpath}/") or other.xpath.startswith(f"{one.xpath}/")


def _overlap(one: Element, other: Element) -> float:
    """The share of the box around both that both have; 0 where a box is not known."""
    sides = [_sides(each) for each in (one, other)]
    if sides[0] is None or sides[1] is None:
        return 0.0
    (left, top, right, bottom), (left2, top2, right2, bottom2) = sides[0], sides[1]
    inner = max(0.0, min(right, right2) - max(left, left2)) * max(0.0, min(bottom, bottom2) - max(top, top2))
    outer = (max(right, right2) - min(left, left2)) * (max(bottom, bottom2) - min(top, top2))
    return inner / outer if outer else 0.0


def _sides(element: Element) -> tuple[float, float, float, float] | None:
    box = element.location
    if box.x is None or box.y is None or box.width is None or box.height is None:
        return None
    return box.x, box.y, box.x + box.width, box.y + box.height


def milliseconds(pages: Sequence[Paired]) -> float:
    """CPU time of one target among 500 candidates, elements to decision: the mean over pages of the best of five."""
    ranker, best = load_ranker(), []
    for page in pages:
        if len(page.candidates) >= CANDIDATES:
            few, took = page.candidates[:CANDIDATES], []
            for _ in range(5):
                start = time.process_time()
                located(ranker, page.targets[:1], few)
                took.append(time.process_time() - start)
            best.append(1_000 * min(took))
    return sum(best) / len(best) if best else 0.0  # no page is as large


def main() -> int:
    """Print it all; 1 when a bar is missed."""
    pages = load(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
    ranker = load_ranker()
    print(f"right first, among 3, among 10: {' | '.join(SETS)}")
    shown("Healenium", by_score(pages, healenium))
    shown("Similo", by_score(pages, similo))
    alone, together = crossed(measured(pages))
    shown("alone", [Placed(one.case.paired, one.rank) for one, _ in alone])
    shares = shown("together", [Placed(one.case.paired, one.rank) for one, _ in together])
    fine = [first >= BARS[each] for each, (first, _) in shares.items()]
    fine += [three >= FIRST_THREE for each, (_, three) in shares.items() if each != "hard"]
    for name, told in (("alone", alone), ("together", together)):
        fine.append(verdicts(name, told, ranker.apply, ranker.validate))
        unfounded(told, ranker)
    curve(together)
    spread(together)
    took = milliseconds(pages)
    print(f"\n{took:.1f} ms of CPU for {CANDIDATES} candidates")
    fine.append(took < MILLISECONDS)
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main())
