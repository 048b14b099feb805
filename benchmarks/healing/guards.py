"""What the guards say of elements of redesigned pages: of the right one, and of the wrong one that is most like it.

Reads Similo's pairs (`pairs.py`), whose pages are 12 to 59 months apart. The locator of each is an id that is gone, so
that no text is promised. Sites of which the candidates are the right answers alone ("trivial") are told apart.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pairs import Paired, load

from argus_streams.adapters.healing_terms import load_page_terms
from argus_streams.adapters.similarity import load_ranker
from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.contract import contract
from argus_streams.core.healing.page.findings import Finding
from argus_streams.core.healing.page.guards import guarded
from argus_streams.core.healing.page.snapshot import Page, given
from argus_streams.core.healing.page.terms import PageTerms
from argus_streams.core.healing.similarity.ranking import located

_LOCATOR = parsed("#an-id-that-is-gone")
_VERDICTS = ("pass", "ask", "refuse")


class _Judged(NamedTuple):
    """One element that was held against the guards."""

    kind: str
    findings: tuple[Finding, ...]


def main() -> None:
    """Print a line for the right and for the wrong ones of each set, and for those that the ranking is sure of."""
    told: dict[str, Counter[str]] = {}
    terms = load_page_terms()
    for paired in load():
        for judged in _judged(paired, terms):
            counted = told.setdefault(judged.kind, Counter())
            stopped = [each for each in judged.findings if each.verdict != "pass"]
            counted[_worst(stopped)] += 1
            counted.update(f"{each.guard}:{each.verdict}" for each in stopped)
    for kind, counted in sorted(told.items()):
        shares = ", ".join(f"{verdict} {counted[verdict]}" for verdict in _VERDICTS)
        guards = ", ".join(f"{name} {count}" for name, count in counted.most_common() if ":" in name)
        print(f"{kind:44} {sum(counted[each] for each in _VERDICTS):4}: {shares} ({guards})")


def _worst(stopped: list[Finding]) -> str:
    verdicts = {each.verdict for each in stopped}
    return next((verdict for verdict in reversed(_VERDICTS) if verdict in verdicts), "pass")


def _judged(paired: Paired, terms: PageTerms) -> Iterator[_Judged]:
    page = given(paired.candidates)
    name = f"{paired.set}{' (trivial)' if paired.trivial else ''}"
    decisions = located(load_ranker(), paired.targets, paired.candidates)
    for target, right, ranked in zip(paired.targets, paired.answers, decisions, strict=True):
        yield _Judged(f"{name}: the right one", _findings(target, page, right, terms))
        wrong = next((index for index in ranked.ranking if index != right), None)
        if wrong is not None:
            yield _Judged(f"{name}: the likeliest wrong one", _findings(target, page, wrong, terms))
        if ranked.best is not None and ranked.verdict == "apply":
            kind = "right" if ranked.best == right else "wrong"
            yield _Judged(f"ranked for apply, and {kind}", _findings(target, page, ranked.best, terms))


def _findings(target: Element, page: Page, index: int, terms: PageTerms) -> tuple[Finding, ...]:
    return (
        *guarded(_LOCATOR, target, page, index, terms),
        *contract(_LOCATOR, target, page.elements[index], terms),
    )


if __name__ == "__main__":
    main()
