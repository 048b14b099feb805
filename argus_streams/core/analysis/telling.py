"""An analysis as it is told: what was found, who found it, and what it cost."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from argus_streams.core.analysis.answer import Checked
from argus_streams.core.analysis.asking import Usage
from argus_streams.core.analysis.gate import Last
from argus_streams.core.findings import Analysis, AnalysisRequest, Tier
from argus_streams.core.messages import Version

UNTOLD = Version(0, 0)

# Reasons with which a subject is done; others say that it will be looked at again.
_ANSWERED = frozenset({"answered", "cached", "no_model", "models_refuse", "truncated", "refused", "invalid", "bug"})


class Made(NamedTuple):
    """How a model's answer came about."""

    tier: Tier
    provider: str
    model: str
    prompt: str  # version
    usage: Usage = Usage()
    cost: int = 0  # billionths of a dollar, this subject's share
    joined: int = 1


def by_model(request: AnalysisRequest, answer: Checked, made: Made, *, cached: bool, now: int) -> Analysis:
    """What a model said, now or before."""
    usage = made.usage
    tokens = {
        "input": usage.input,
        "output": usage.output,
        "cache_write": usage.cache_write_5m + usage.cache_write_1h,
        "cache_read": usage.cache_read,
    }
    return Analysis(
        project=request.project, subject=request.subject, kind=request.kind, version=UNTOLD, at=now,
        evidence=request.evidence, by=answer.by, reason="cached" if cached else "answered",
        title=answer.title, summary=answer.summary, doubt=answer.doubt, claims=answer.claims, facts=answer.facts,
        agrees=answer.agrees, tier=made.tier, provider=made.provider, model=made.model, prompt=made.prompt,
        tokens={name: count for name, count in tokens.items() if count}, cost=made.cost, joined=made.joined,
    )  # fmt: skip


def by_rules(
    request: AnalysisRequest, answer: Checked, reason: str, *, now: int, again_at: int | None = None, cost: int = 0
) -> Analysis:
    """What the rules say, and why no model does. ``cost`` is of the calls that were in vain."""
    return Analysis(
        project=request.project, subject=request.subject, kind=request.kind, version=UNTOLD, at=now,
        evidence=request.evidence, by="rules", reason=reason, title=answer.title, summary=answer.summary,
        facts=answer.facts, again_at=again_at, cost=cost,
    )  # fmt: skip


def last(known: Analysis | None) -> Last | None:
    """The last answer, as the gate knows it; one that waits for its day or its model is none."""
    if known is None or known.reason not in _ANSWERED:
        return None
    return Last(evidence=known.evidence, at=known.at)


def is_news(known: Analysis | None, request: AnalysisRequest, reason: str) -> bool:
    """Whether it is to be told that no model was asked; it must not hide what a model said of the same evidence."""
    if known is None:
        return True
    if known.by == "model":
        return False
    return (known.evidence, known.reason) != (request.evidence, reason)


def postponed(
    known: Analysis | None, request: AnalysisRequest, answer: Checked, reason: str, *, now: int, again_at: int
) -> Analysis:
    """That a model will be asked later, and why; until then what one said before, else the rules' answer."""
    if known is not None and known.by == "model":
        return structs.replace(known, reason=reason, again_at=again_at)
    return by_rules(request, answer, reason, now=now, again_at=again_at)


def shares(cost: int, count: int) -> Sequence[int]:
    """A call's cost, divided among its subjects to the last billionth."""
    each, rest = divmod(cost, count)
    return [each + (1 if index < rest else 0) for index in range(count)]
