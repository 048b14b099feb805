"""What is to be done about one broken locator: knowledge first, then the page, then a model, else a person decides."""

from hashlib import blake2b
from typing import NamedTuple

from msgspec import structs

from argus_streams.core.clip import clean
from argus_streams.core.elements import Element
from argus_streams.core.healing import looking
from argus_streams.core.healing.advice import Advice
from argus_streams.core.healing.case import HEALABLE, Case
from argus_streams.core.healing.recalling import Recollection
from argus_streams.core.repairs import PROPOSALS, HealingDecision

TEXT = 1_000  # characters of what a decision tells


class Draft(NamedTuple):
    """A decision, and the elements that a model may still choose among."""

    decision: HealingDecision
    records: tuple[Element, ...] = ()


def draft(case: Case, known: Recollection) -> Draft:
    """Decide without a model."""
    if case.kind not in HEALABLE:
        advice = Advice("refuse", "no_locator_error", f"It is no matter of a locator: {case.kind}.")
        return Draft(decision(case, advice))
    recalled = known.advice(case)
    if recalled.verdict != "ask":
        return Draft(decision(case, recalled))
    seen = looking.look(case)
    advice = seen._replace(proposals=(*seen.proposals, *recalled.proposals)[:PROPOSALS])
    return Draft(decision(case, advice), seen.records if advice.verdict == "ask" else ())


def chosen(case: Case, drafted: Draft, number: int | None) -> HealingDecision:
    """The decision after a model has chosen one of the records, or none."""
    if number is None or not 0 <= number < len(drafted.records):
        return drafted.decision
    advice = looking.accept(case, number)
    proposals = advice.proposals or drafted.decision.proposals
    return decision(case, advice._replace(proposals=proposals))


def decision(case: Case, advice: Advice) -> HealingDecision:
    """The advice as it is told, with an id that is the same for the same advice on the same failure.

    The id begins with whence the repair is taken, so that an outcome alone tells what it teaches.
    """
    told = case.told
    made = HealingDecision(
        project=told.project, decision_id="", failure_id=told.failure_id, verdict=advice.verdict, reason=advice.reason,
        detail=clean(advice.detail, TEXT), test=clean(told.test, TEXT), file=told.file and clean(told.file, TEXT),
        line=told.line, locator=case.locator, scope=case.scope, failure=case.kind, healed=advice.healed,
        source=advice.source, confidence=advice.confidence, pattern=advice.pattern, proposals=advice.proposals,
        repository=_short(told.repository), commit=_short(told.commit), release=_short(told.release), at=case.at,
    )  # fmt: skip
    return structs.replace(made, decision_id=f"{advice.source or 'none'}-{_hash(made)}")


def _short(text: str | None) -> str | None:
    return text and clean(text, TEXT)


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
