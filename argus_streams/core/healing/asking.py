"""When a model is asked which element a broken locator meant; ANALYZE asks it, within the project's budget."""

from argus_streams.core.elements import Element
from argus_streams.core.findings import AnalysisRequest
from argus_streams.core.repairs import HealingDecision, RepairQuestion


def question(decision: HealingDecision, *, message: str | None, target: Element | None) -> AnalysisRequest | None:
    """What a model is to be asked about a decision; ``None`` where there is nothing to choose from, or no doubt."""
    if decision.verdict != "ask" or not any(each.healed for each in decision.proposals):
        return None
    return AnalysisRequest(
        project=decision.project,
        subject=decision.decision_id,
        kind="repair",
        at=decision.at,
        evidence=decision.decision_id,
        replayed=decision.replayed,
        repair=RepairQuestion(decision=decision, message=message, target=target),
    )
