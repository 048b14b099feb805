"""What is to be done about a lost element, by its page: who it is, what speaks against it, how it is named anew."""

from typing import Literal, NamedTuple

from msgspec import Struct

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.anchor import Anchor
from argus_streams.core.healing.locators.locator import Locator
from argus_streams.core.healing.locators.writing import written
from argus_streams.core.healing.page.anchors import Rated, anchors
from argus_streams.core.healing.page.contract import contract
from argus_streams.core.healing.page.findings import Finding, asked, passed
from argus_streams.core.healing.page.guards import guarded
from argus_streams.core.healing.page.matching import matching
from argus_streams.core.healing.page.scrubbing import Cleaner
from argus_streams.core.healing.page.snapshot import Page
from argus_streams.core.healing.page.surroundings import Known, surroundings
from argus_streams.core.healing.page.terms import PageTerms
from argus_streams.core.repairs import PROPOSALS, Proposal, RepairSource, RepairVerdict

_FEW = 5  # elements, of which a locator may find all


class Likeliest(Struct, frozen=True):
    """Who is likely to be meant; whoever ranks makes it."""

    order: tuple[int, ...]  # indices of the page's elements, the likeliest first
    probability: float  # that the first is the right one
    verdict: Literal["apply", "validate", "ask"]
    reason: str = ""  # for people
    source: RepairSource = "similarity"


class Lost(NamedTuple):
    """What is known of the element that was not found."""

    locator: Locator
    target: Element | None  # as it was when the locator last worked
    known: Known = Known()


class Repaired(Struct, frozen=True, kw_only=True):
    """The page's answer; nothing in it has a secret."""

    verdict: RepairVerdict
    reason: str  # short and fixed, counted
    detail: str  # one sentence for people
    winner: Element | None = None
    index: int | None = None  # of the winner on its page
    healed: str | None = None  # in the language and style of the test's own locator
    anchor: Anchor | None = None
    confidence: float = 0.0
    proposals: tuple[Proposal, ...] = ()  # the likeliest first
    findings: tuple[Finding, ...] = ()  # all that was looked at


class Repairer:
    """One deployment's way to answer."""

    def __init__(self, terms: PageTerms, cleaner: Cleaner) -> None:
        self._terms = terms
        self._cleaner = cleaner

    def hopeless(self, page: Page, lost: Lost) -> Repaired | None:
        """Why there is nothing to rank; ``None`` = there is. It is asked before the elements are compared."""
        if not page.elements:
            return self._told("ask", "no_page", page.notes[-1] if page.notes else "nothing of the page is told")
        looked_for = lost.locator.text[:200]
        found = surroundings(page, lost.known, looked_for, self._terms)
        if (worst := _worst(found)) and worst.verdict == "refuse":
            return self._told("refuse", worst.guard, worst.detail, findings=found)
        count = matching(page, lost.locator)
        if count is not None and count > max(_FEW, self._terms.everything * len(page.elements)):
            detail = (
                f"the locator finds {count} of the page's {len(page.elements)} elements: no particular one is meant"
            )
            return self._told("ask", "matches_everything", detail)
        if count == 1 and not page.flat:
            return self._told("ask", "still_found", "the locator finds one element of this page: it may have come late")
        return None

    def repaired(self, page: Page, lost: Lost, likeliest: Likeliest) -> Repaired:
        """The answer by whoever is likeliest, held against all guards. Never of more certainty than the ranking has."""
        if hopeless := self.hopeless(page, lost):
            return hopeless
        if not likeliest.order:
            return self._told("ask", "not_found", "no element of the page is like the one that is lost")
        index = likeliest.order[0]
        rated = [each for each in anchors(page, index, lost.locator, self._terms) if self._is_clean(each.anchor)]
        found = (
            *surroundings(page, lost.known, lost.locator.text[:200], self._terms),
            *guarded(lost.target, page, index),
            *contract(lost.locator, lost.target, page.elements[index], self._terms),
            _unique(rated),
        )
        verdict, reason, detail = _decided(page, lost, likeliest, found)
        best = rated[0].anchor if rated else None
        writes = best is not None and verdict != "refuse" and lost.locator.language != "unknown"
        healed = written(best, lost.locator) if best and writes else None
        if healed is None and verdict in {"apply", "validate"}:
            verdict, reason, detail = "ask", "unknown_locator", "the test's locator is in no language that is known"
        winner = self._cleaner.element(page.elements[index])
        if verdict in {"apply", "validate"} and rated:
            detail = f"{detail}; {rated[0].reason}"
        return self._told(
            verdict, reason, detail, findings=found, winner=winner, index=index, anchor=best, healed=healed,
            confidence=likeliest.probability if verdict != "refuse" else 0.0,
            proposals=self._proposals(page, likeliest, healed) if verdict != "refuse" else (),
        )  # fmt: skip

    def _proposals(self, page: Page, likeliest: Likeliest, healed: str | None) -> tuple[Proposal, ...]:
        """The first as it would be written; of the others nobody has said how likely they are."""
        first, *others = likeliest.order[:PROPOSALS]
        clean = self._cleaner.element
        best = Proposal(
            healed=healed,
            source=likeliest.source,
            confidence=likeliest.probability,
            element=clean(page.elements[first]),
        )
        rest = (
            Proposal(source=likeliest.source, confidence=0.0, element=clean(page.elements[each])) for each in others
        )
        return (best, *rest)

    def _is_clean(self, anchor: Anchor) -> bool:
        return self._cleaner.is_clean(anchor.value) and self._cleaner.is_clean(anchor.name)

    def _told(self, verdict: RepairVerdict, reason: str, detail: str, **more: object) -> Repaired:
        detail = self._cleaner.text(detail[:1].upper() + detail[1:])
        return Repaired(verdict=verdict, reason=reason, detail=detail, **more)  # type: ignore[arg-type]


def _decided(
    page: Page, lost: Lost, likeliest: Likeliest, found: tuple[Finding, ...]
) -> tuple[RepairVerdict, str, str]:
    worst = _worst(found)
    if worst is not None:
        return ("refuse" if worst.verdict == "refuse" else "ask"), worst.guard, worst.detail
    said = likeliest.reason or f"the likeliest element is right in {likeliest.probability:.0%} of such cases"
    if likeliest.verdict == "ask":
        return "ask", "not_sure", said
    if likeliest.verdict == "validate":
        return "validate", likeliest.source, said
    if lost.target is None:
        return "validate", likeliest.source, f"{said}; how the element was is not known, so it is tried first"
    if page.partial:
        return "validate", likeliest.source, f"{said}; not all of the page is known, so it is tried first"
    return "apply", likeliest.source, said


def _worst(found: tuple[Finding, ...]) -> Finding | None:
    """What forbids it; a bug is told before a doubt."""
    for verdict in ("refuse", "ask"):
        for finding in found:
            if finding.verdict == verdict:
                return finding
    return None


def _unique(rated: list[Rated]) -> Finding:
    if rated:
        return passed("unique", "its new locator finds it alone")
    return asked("unique", "nothing tells the element from others of the page")
