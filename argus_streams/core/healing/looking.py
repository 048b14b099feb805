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

_UNTOLD = frozenset({"no_page", "frame"})  # reasons with which a page says nothing of a repair
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

    def at(self, case: Case) -> "Sight | None":
        """The failure's page, read once, in bounded time and memory whatever it is; ``None`` = none is told."""
        page = _page(case)
        return None if page is None else Sight(page, _lost(case), self._repairer, self._rank)

    def question(self, case: Case, decision: HealingDecision) -> AnalysisRequest | None:
        """What a model is to be asked about a decision, without secrets; ``None`` = nothing."""
        told = case.told
        target = None if told.element is None else self._cleaner.element(told.element)
        return question(decision, message=told.message and self._cleaner.text(told.message), target=target)


class Sight:
    """One failure's page."""

    def __init__(self, page: Page, lost: Lost, repairer: Repairer, rank: Rank) -> None:
        self._page = page
        self._lost = lost
        self._repairer = repairer
        self._rank = rank
        self._hopeless = repairer.hopeless(page, lost)

    def look(self) -> Advice:
        """Which element is meant, and how it is named best."""
        if self._hopeless is not None:
            return _advice(self._hopeless)
        target = self._lost.target or described(self._lost.locator)
        likeliest = _NOBODY if target is None else self._likeliest(target)
        return _advice(self._repairer.repaired(self._page, self._lost, likeliest))

    def against(self, healed: str, source: RepairSource) -> Advice | None:
        """What speaks against a known repair; ``None`` = nothing, or a snapshot can not tell."""
        if self._hopeless is not None:
            return None if self._hopeless.reason in _UNTOLD else _advice(self._hopeless)
        found = self._repairer.against(self._page, self._lost, healed, source)
        return None if found is None else _advice(found)

    def _likeliest(self, target: Element) -> Likeliest:
        """Who of the page's elements it is; the page as a whole is like everything on it, and no element of a test."""
        elements = self._page.elements
        places = [place for place, each in enumerate(elements) if each.tag.lower() not in _WHOLE]
        ranked = self._rank(target, [elements[place] for place in places])
        return structs.replace(ranked, order=tuple(places[number] for number in ranked.order))


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
