"""What the page says about a broken locator, where a failure tells the page: who is likeliest meant, and how sure."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import structs

from argus_streams.core.elements import Element
from argus_streams.core.findings import AnalysisRequest
from argus_streams.core.healing.advice import Advice
from argus_streams.core.healing.asking import question
from argus_streams.core.healing.case import Case
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.described import described
from argus_streams.core.healing.page.repair import Likeliest, Lost, Repaired, Repairer
from argus_streams.core.healing.page.scrubbing import Cleaner
from argus_streams.core.healing.page.snapshot import Page, given, snapshot
from argus_streams.core.healing.page.surroundings import Known
from argus_streams.core.healing.similarity.ranker import Ranker
from argus_streams.core.healing.similarity.ranking import located
from argus_streams.core.repairs import HealingDecision, RepairSource

_WHOLE = frozenset({"html", "head", "body"})
_NOBODY = Likeliest((), 0.0, "ask")  # where the locator tells nothing of its element


class Rank(Protocol):
    """Who of a page's elements is likeliest the one that is lost."""

    def __call__(self, target: Element, elements: Sequence[Element], /) -> Likeliest: ...


class Similar:
    """``Rank`` by how like the elements are to the one that is lost."""

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker

    def __call__(self, target: Element, elements: Sequence[Element], /) -> Likeliest:
        (ranked,) = located(self._ranker, (target,), elements)
        return Likeliest(ranked.ranking, ranked.probability, ranked.verdict, ranked.reason)


class Looker:
    """One deployment's way to look at pages."""

    def __init__(self, repairer: Repairer, rank: Rank, cleaner: Cleaner) -> None:
        self._repairer = repairer
        self._rank = rank
        self._cleaner = cleaner

    def look(self, case: Case) -> Advice:
        """Which element is meant, and how it is named best; bounded in time and memory whatever the page is."""
        page, lost = _page(case), _lost(case)
        if page is None:
            return Advice("ask", "no_page", "Neither the page nor its elements were told.")
        hopeless = self._repairer.hopeless(page, lost)
        if hopeless is not None:
            return _advice(hopeless)
        target = lost.target or described(lost.locator)
        likeliest = _NOBODY if target is None else self._likeliest(target, page)
        return _advice(self._repairer.repaired(page, lost, likeliest))

    def against(self, case: Case, healed: str, source: RepairSource) -> Advice | None:
        """What the failure's page says against a known repair; ``None`` = nothing, or no page is told."""
        page = _page(case)
        found = None if page is None else self._repairer.against(page, _lost(case), healed, source)
        return None if found is None else _advice(found)

    def _likeliest(self, target: Element, page: Page) -> Likeliest:
        """Who of the page's elements it is; the page as a whole is like everything on it, and no element of a test."""
        places = [place for place, each in enumerate(page.elements) if each.tag.lower() not in _WHOLE]
        ranked = self._rank(target, [page.elements[place] for place in places])
        return structs.replace(ranked, order=tuple(places[number] for number in ranked.order))

    def question(self, case: Case, decision: HealingDecision) -> AnalysisRequest | None:
        """What a model is to be asked about a decision, without secrets; ``None`` = nothing."""
        told = case.told
        target = None if told.element is None else self._cleaner.element(told.element)
        return question(decision, message=told.message and self._cleaner.text(told.message), target=target)


def _page(case: Case) -> Page | None:
    told = case.told
    if told.dom is not None:
        return snapshot(told.dom)
    return given(told.candidates) if told.candidates else None


def _lost(case: Case) -> Lost:
    known = Known(scope=case.scope, url=case.told.url, broken=case.broken)
    return Lost(parsed(case.locator), case.told.element, known)


def _advice(found: Repaired) -> Advice:
    usable = found.verdict in {"apply", "validate"}
    return Advice(
        found.verdict,
        found.reason,
        found.detail,
        healed=found.healed if usable else None,
        source=found.proposals[0].source if usable and found.proposals else None,
        confidence=found.confidence if usable else 0.0,
        proposals=found.proposals,
    )
