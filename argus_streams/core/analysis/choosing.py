"""Which element a broken locator meant: a model chooses among those that passed every guard, or none."""

from hashlib import blake2b

from msgspec import structs

from argus_streams.core.analysis.answer import Checked
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.plain import plain
from argus_streams.core.analysis.shapes import Choice
from argus_streams.core.findings import Fact
from argus_streams.core.repairs import HealingDecision, Proposal

_REASON, _LOCATOR, _ID = 300, 120, 16  # characters


def answered(dossier: Dossier, choice: Choice | None) -> tuple[Checked, HealingDecision | None]:
    """What a model's choice comes to, in words, and the decision if it is one; without one a person is asked."""
    if dossier.repair is None:
        return Checked(by="rules", title=f"{dossier.subject} is settled", summary="", facts=()), None
    decision = dossier.repair.decision
    broken = plain(decision.locator, _LOCATOR)
    if choice is None:
        title = f"A person has to say what {broken} meant"
        return Checked(by="rules", title=title, summary=plain(decision.detail, _REASON), facts=()), None
    said, chosen = plain(choice.reason, _REASON), _chosen(decision, choice.element)
    if chosen is None or chosen.healed is None:
        return Checked(by="model", title=f"No element is sure to be what {broken} meant", summary=said, facts=()), None
    title = f"{broken} meant {plain(chosen.healed, _LOCATOR)}"
    fact = Fact(name="element", value=str(choice.element), text=f"It is element {choice.element} of those proposed.")
    return Checked(by="model", title=title, summary=said, facts=(fact,)), _decided(decision, chosen, said)


def _chosen(decision: HealingDecision, number: int | None) -> Proposal | None:
    """The proposal of this number, counted from 1; a number of none is no answer."""
    if number is None or not 1 <= number <= len(decision.proposals):
        return None
    return decision.proposals[number - 1]


def _decided(decision: HealingDecision, chosen: Proposal, said: str) -> HealingDecision:
    """The same failure, decided: what a model says is tried and validated, never written down unseen."""
    identity = blake2b(f"model:{decision.decision_id}".encode(), digest_size=_ID // 2).hexdigest()
    detail = f"A model chose it among {len(decision.proposals)}: {said}"
    return structs.replace(
        decision,
        decision_id=f"model-{identity}",  # whence it comes, as an outcome of it tells
        verdict="validate",
        reason="model",
        detail=detail,
        healed=chosen.healed,
        source="model",
        confidence=chosen.confidence,
        pattern=None,
    )
