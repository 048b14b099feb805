"""What is to be done about a lost element, by its page: who it is, what speaks against it, how it is named anew."""

from typing import Literal, NamedTuple

from msgspec import Struct, structs

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.anchor import Anchor
from argus_streams.core.healing.locators.locator import Locator
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.locators.writing import written
from argus_streams.core.healing.page.anchors import Rated, best
from argus_streams.core.healing.page.contract import contract
from argus_streams.core.healing.page.findings import Finding, asked, passed
from argus_streams.core.healing.page.guards import enabled, guarded, visible
from argus_streams.core.healing.page.matching import located, matching
from argus_streams.core.healing.page.scrubbing import Cleaner
from argus_streams.core.healing.page.snapshot import Page
from argus_streams.core.healing.page.surroundings import Known, surroundings
from argus_streams.core.healing.page.terms import PageTerms
from argus_streams.core.repairs import PROPOSALS, Proposal, RepairSource, RepairVerdict

_LOCATOR = 200  # characters of it that are looked at for words
_FEW = 5  # elements, of which a locator may find all
_DERIVED = frozenset({"rule", "cross_test_learning"})


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
        """Why there is nothing to rank; ``None`` = there is. It is to be asked before elements are compared."""
        if not page.elements:
            return self._told("ask", "no_page", page.notes[-1] if page.notes else "nothing of the page is told")
        found = surroundings(page, lost.known, lost.locator.text[:_LOCATOR], self._terms)
        worst = _worst(found)
        if worst and worst.verdict == "refuse":
            return structs.replace(self._told("refuse", worst.guard, worst.detail), findings=self._cleaned(found))
        if _inaccessible(page, lost):
            return self._told("ask", "frame", f"the element is in a frame that was not read: {'; '.join(page.notes)}")
        count = matching(page, lost.locator)
        if count is not None and count > max(_FEW, self._terms.everything * len(page.elements)):
            detail = (
                f"the locator finds {count} of the page's {len(page.elements)} elements: no particular one is meant"
            )
            return self._told("ask", "matches_everything", detail)
        if count == 1 and not page.flat:
            return self._told("ask", "still_found", "the locator finds one element of this page: it may have come late")
        return None

    def against(self, page: Page, lost: Lost, healed: str, source: RepairSource) -> Repaired | None:
        """What the page says against a repair that is known, for pages that are not ``hopeless``; ``None`` = nothing.

        A person who repaired or pinned it knew that the element had changed; nobody looked at what a rename suggests.
        """
        found = located(page, parsed(healed))
        if found is None or (page.partial and len(found) != 1):
            return None
        if len(found) != 1:
            return self._told("ask", "unique", f"what is known of it finds {len(found)} elements of this page")
        winner = page.elements[found[0]]
        looked = [visible(winner), enabled(lost.target, winner)]
        if source in _DERIVED:
            looked += guarded(lost.locator, lost.target, page, found[0], self._terms)
            looked += contract(lost.locator, lost.target, winner, self._terms)
        worst = _worst(tuple(looked))
        return (
            self._told("refuse" if worst.verdict == "refuse" else "ask", worst.guard, worst.detail) if worst else None
        )

    def repaired(self, page: Page, lost: Lost, likeliest: Likeliest) -> Repaired:
        """The answer by whoever is likeliest, held against all guards; for pages that are not ``hopeless``.

        It is never of more certainty than the ranking. Of an answer that is ``ask`` those proposals have a locator
        that no guard speaks against: a model or a person may choose one of them.
        """
        if not likeliest.order:
            return self._told("ask", "not_found", "no element of the page is like the one that is lost")
        around = surroundings(page, lost.known, lost.locator.text[:_LOCATOR], self._terms)
        looks = [self._look(page, lost, index) for index in likeliest.order[:PROPOSALS]]
        first = looks[0]
        found = (*around, *first.findings)
        verdict, reason, detail = _decided(page, lost, likeliest, around, first.findings)
        if first.healed is None and verdict in {"apply", "validate"}:
            verdict, reason, detail = "ask", "unknown_locator", "the test's locator is in no language that is known"
        told = self._told(verdict, reason, f"{detail}; {first.rated.reason}" if first.rated else detail)
        refused = verdict == "refuse"
        return structs.replace(
            told,
            winner=self._cleaner.element(page.elements[first.at]),
            index=first.at,
            healed=first.healed if verdict in {"apply", "validate"} else None,
            anchor=first.rated.anchor if first.rated and not refused else None,
            confidence=0.0 if refused else likeliest.probability,
            proposals=() if refused else self._proposals(page, looks, likeliest),
            findings=self._cleaned(found),
        )

    def _look(self, page: Page, lost: Lost, index: int) -> "_Look":
        """One element against the guards, with its new locator where there is one and nothing speaks against it."""
        findings = (
            *guarded(lost.locator, lost.target, page, index, self._terms),
            *contract(lost.locator, lost.target, page.elements[index], self._terms),
        )
        if _worst(findings):
            return _Look(index, findings)
        like = lost.locator

        def usable(anchor: Anchor) -> bool:
            return self._is_usable(anchor, like) and _is_read_back(page, index, written(anchor, like), like)

        rated = best(page, index, like, self._terms, usable)
        if rated is None:
            return _Look(index, (*findings, asked("unique", "nothing tells the element from others of the page")))
        healed = written(rated.anchor, like) if like.language != "unknown" else None
        return _Look(index, (*findings, passed("unique", "its new locator finds it alone")), rated, healed)

    def _proposals(self, page: Page, looks: list["_Look"], likeliest: Likeliest) -> tuple[Proposal, ...]:
        """Of all but the first nobody has said how likely they are."""
        return tuple(
            Proposal(
                healed=look.healed,
                source=likeliest.source,
                confidence=0.0 if number else likeliest.probability,
                element=self._cleaner.element(page.elements[look.at]),
            )
            for number, look in enumerate(looks)
        )

    def _cleaned(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(structs.replace(each, detail=self._cleaner.text(each.detail)) for each in findings)

    def _is_usable(self, anchor: Anchor, like: Locator) -> bool:
        """Whether it holds no secret, and the test's language says it: for a bare CSS selector no XPath may stand."""
        if like.language == "css" and anchor.by in {"role", "label", "text"}:
            return False
        unescaped = anchor.value.replace("\\", "")  # a selector has a backslash before the @ of an address
        return all(map(self._cleaner.is_clean, (anchor.value, unescaped, anchor.name)))

    def _told(self, verdict: RepairVerdict, reason: str, detail: str) -> Repaired:
        return Repaired(verdict=verdict, reason=reason, detail=self._cleaner.text(detail[:1].upper() + detail[1:]))


class _Look(NamedTuple):
    """What came of looking at one element."""

    at: int  # index on the page
    findings: tuple[Finding, ...]
    rated: Rated | None = None
    healed: str | None = None


def _decided(
    page: Page, lost: Lost, likeliest: Likeliest, around: tuple[Finding, ...], own: tuple[Finding, ...]
) -> tuple[RepairVerdict, str, str]:
    worst = _worst((*around, *own))
    said = likeliest.reason or f"the likeliest element is right in {likeliest.probability:.0%} of such cases"
    if likeliest.verdict == "ask" and (worst is None or worst not in around):
        return "ask", "not_sure", f"{said}; {worst.detail}" if worst else said  # it need not even be the one
    if worst is not None:
        return ("refuse" if worst.verdict == "refuse" else "ask"), worst.guard, worst.detail
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


def _inaccessible(page: Page, lost: Lost) -> bool:
    """Whether what is lost is in a frame or shadow root, and the snapshot holds none."""
    inside = any(step.combinator in {"frame", "shadow"} for step in lost.locator.steps)
    inside = inside or (lost.target is not None and lost.target.frame is not None)
    return inside and all(scope.kind == "page" for scope in page.reading.scopes)


def _is_read_back(page: Page, index: int, healed: str, like: Locator) -> bool:
    """Whether what is written down finds the element alone, as far as a snapshot can tell."""
    inside = any(step.combinator == "frame" for step in like.steps)
    document = 0 if inside else page.reading.document(page.reading.nodes[index].scope)
    return located(page, parsed(healed), document) in {None, (index,)}
