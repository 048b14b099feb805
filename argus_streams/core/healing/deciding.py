"""What is to be done about one broken locator: knowledge first, then the page; of what is left a model is asked."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Protocol

from msgspec import structs

from argus_streams.core.clip import clean
from argus_streams.core.healing.advice import Advice
from argus_streams.core.healing.case import HEALABLE, Case
from argus_streams.core.repairs import PROPOSALS, HealingDecision, Proposal, RepairSource, Standing

_NO_PAGE = Advice("ask", "no_page", "Neither the page nor its elements were told.")
TEXT = 1_000  # characters of what a decision tells
LINES = 2**31 - 1  # of a file; what is beyond them no store has a number for


class Knowledge(Protocol):
    """What is known of a project's repairs."""

    def advice(self, case: Case) -> Advice:
        """What it proposes for the locator."""
        ...

    def standing(self, case: Case, healed: str) -> Standing | None:
        """How this repair stands; ``None`` = nobody has told of it."""
        ...


class Sight(Protocol):
    """What the page of a failure tells."""

    def look(self) -> Advice:
        """Which element is meant."""
        ...

    def against(self, healed: str, source: RepairSource) -> Advice | None:
        """What speaks against a known repair; ``None`` = nothing."""
        ...


class Eyes(Protocol):
    """Who reads pages."""

    def at(self, case: Case) -> Sight | None:
        """The failure's page; ``None`` = none is told."""
        ...


def decide(case: Case, known: Knowledge, eyes: Eyes) -> HealingDecision:
    """What is to be done: what is known, unless the page speaks against it; then what the page says."""
    if case.kind not in HEALABLE:
        advice = Advice("refuse", "no_locator_error", f"It is no matter of a locator: {case.kind}.")
        return decision(case, advice)
    recalled, sight = known.advice(case), eyes.at(case)
    if recalled.healed is not None and recalled.source is not None:
        objection = None if sight is None else sight.against(recalled.healed, recalled.source)
        if objection is None:
            return decision(case, recalled)
        if objection.verdict == "refuse":
            return decision(case, objection)
    seen = _heeding(known, case, _NO_PAGE if sight is None else sight.look())
    if seen.reason == "no_page" and recalled.reason != "unknown":
        seen = recalled
    return decision(case, seen._replace(proposals=_proposals((*seen.proposals, *recalled.proposals))))


def _heeding(known: Knowledge, case: Case, advice: Advice) -> Advice:
    """The advice, unless it is what failed before or what a person forbade: nobody is offered that again."""
    standings = {each: known.standing(case, each) for each in (advice.healed, *_healed(advice.proposals)) if each}
    barred = {each for each, standing in standings.items() if standing in {"vetoed", "suppressed"}}
    kept = advice._replace(proposals=tuple(each for each in advice.proposals if each.healed not in barred))
    if advice.healed not in barred:
        return kept
    standing = standings[advice.healed] or ""
    told = "a person forbade it" if standing == "vetoed" else "it failed when it was last tried"
    return Advice("ask", standing, f"{advice.healed} is likely, but {told}.", proposals=kept.proposals)


def _healed(proposals: Iterable[Proposal]) -> list[str]:
    return [each.healed for each in proposals if each.healed is not None]


def _proposals(told: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """The first ones, each locator once."""
    found: dict[object, Proposal] = {}
    for number, each in enumerate(told):
        found.setdefault(each.healed or number, each)
    return tuple(found.values())[:PROPOSALS]


def decision(case: Case, advice: Advice) -> HealingDecision:
    """The advice as it is told, with an id that is the same for the same advice on the same failure.

    The id begins with whence the repair is taken, so that an outcome alone tells what it teaches.
    """
    told = case.told
    made = HealingDecision(
        project=told.project, decision_id="", failure_id=clean(told.failure_id, TEXT), verdict=advice.verdict,
        reason=advice.reason,
        detail=clean(advice.detail, TEXT), test=clean(told.test, TEXT), file=told.file and clean(told.file, TEXT),
        line=_line(told.line), locator=case.locator, scope=case.scope, failure=case.kind, healed=advice.healed,
        source=advice.source, confidence=advice.confidence, pattern=advice.pattern, proposals=advice.proposals,
        repository=_short(told.repository), commit=_short(told.commit), release=_short(told.release), at=case.at,
    )  # fmt: skip
    return structs.replace(made, decision_id=f"{advice.source or 'none'}-{_hash(made)}")


def _short(text: str | None) -> str | None:
    return text and clean(text, TEXT)


def _line(told: int | None) -> int | None:
    return told if told is not None and 0 < told <= LINES else None


def _hash(made: HealingDecision) -> str:
    parts = (
        made.project,
        made.failure_id,
        made.locator,
        made.verdict,
        made.reason,
        made.healed or "",
        made.pattern or "",
    )
    told = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()
