"""Which model does what: tasks have a tier, a tier has a ladder of models, and some of those are not fit for use."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta, Struct

from argus_streams.core.analysis.asking import Offered
from argus_streams.core.analysis.prices import MARGIN, Provider
from argus_streams.core.events import Severity
from argus_streams.core.findings import Tier

Task = Literal["classify", "cause", "incident", "merge", "repair"]
UnfitReason = Literal["gone", "retiring", "input_too_small", "answer_too_small", "unstructured"]
Positive = Annotated[int, Meta(gt=0)]

_DAY = 86_400_000  # ms
_SNAPSHOT = 8  # digits of the date at the end of a model's id, which its short name leaves out


class TaskRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one kind of question may take."""

    tier: Tier
    max_input_bytes: Annotated[int, Meta(ge=8192)]  # of system text, user text and shape together
    max_tokens: Positive  # of the answer


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model at a provider, who has a spelling of its own for it."""

    provider: Provider
    model: Annotated[str, Meta(min_length=1)]


class TierRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The models of one tier, in the order in which they are tried."""

    timeout: Annotated[float, Meta(gt=0)]  # seconds
    ladder: Annotated[tuple[Place, ...], Meta(min_length=1)]


class GateRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked about at all."""

    min_events: Annotated[int, Meta(ge=1)]
    max_age_days: Positive
    again_after: Annotated[int, Meta(ge=0)]  # seconds
    replayed: Literal["skip", "batch"]


class CauseFrom(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From any of these on, a group's root cause is looked for."""

    severity: Severity
    events: Positive
    users: Positive


class LargeFrom(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From any of these on, an incident goes to the large tier."""

    severity: Severity
    signals: Positive
    users: Positive


class Registry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of it, as people write it; ``adapters.models`` has checked that nothing is missing."""

    tasks: dict[str, TaskRule]  # all of ``Task``
    tiers: dict[str, TierRule]  # all of ``Tier``
    retiring_days: Annotated[int, Meta(ge=0)]
    gate: GateRule
    cause_from: CauseFrom
    large_from: LargeFrom


class Ask(Struct, frozen=True, kw_only=True):
    """What a model is to be asked, and why it is worth its price."""

    task: Task
    tier: Tier
    reason: str  # a sentence for people
    batch: bool = False  # at leisure, at the price of batches


class Rung(Struct, frozen=True, kw_only=True):
    """One try at a question."""

    provider: Provider
    model: str
    tier: Tier
    max_input_bytes: int
    max_tokens: int
    timeout: float  # seconds


class Unfit(Struct, frozen=True, kw_only=True):
    """Why a model is not to be asked, or only if nobody else can be."""

    reason: UnfitReason
    text: str  # for people


def rungs(registry: Registry, ask: Ask, unfit: Mapping[Place, Unfit]) -> tuple[Rung, ...]:
    """The tries in their order: who is fit goes first, who retires soon last, and all others not at all."""
    task, tier = registry.tasks[ask.task], registry.tiers[ask.tier]
    fit = [place for place in tier.ladder if place not in unfit]
    leaving = [place for place in tier.ladder if place in unfit and unfit[place].reason == "retiring"]
    return tuple(
        Rung(
            provider=place.provider,
            model=place.model,
            tier=ask.tier,
            max_input_bytes=task.max_input_bytes,
            max_tokens=task.max_tokens,
            timeout=tier.timeout,
        )
        for place in (*fit, *leaving)
    )


def unfit(registry: Registry, offered: Mapping[Provider, Sequence[Offered]], *, now: int) -> dict[Place, Unfit]:
    """The models of the registry that their providers do not offer as it needs them.

    ``now`` is in ms. A provider that is not in ``offered`` could not be asked, and is believed.
    """
    found: dict[Place, Unfit] = {}
    for tier, rule in registry.tiers.items():
        for place in rule.ladder:
            if place.provider in offered:
                complaint = _complaint(registry, tier, _named(place.model, offered[place.provider]), now)
                if complaint is not None:
                    found[place] = complaint
    return found


def _named(model: str, offered: Sequence[Offered]) -> Offered | None:
    """The model of this id, or of this id and a date."""
    for each in offered:
        rest = each.model.removeprefix(f"{model}-")
        if each.model == model or (len(rest) == _SNAPSHOT and rest.isdigit()):
            return each
    return None


def _complaint(registry: Registry, tier: str, offered: Offered | None, now: int) -> Unfit | None:
    if offered is None:
        return Unfit(reason="gone", text="its provider does not offer it")
    if offered.structured is False:
        return Unfit(reason="unstructured", text="it can not be held to a shape")
    tasks = list(_tasks(registry, tier))
    needed = max((task.max_input_bytes + MARGIN for task in tasks), default=0)
    if offered.max_input_tokens is not None and offered.max_input_tokens < needed:
        return Unfit(reason="input_too_small", text=f"it reads {offered.max_input_tokens} tokens, {needed} are needed")
    needed = max((task.max_tokens for task in tasks), default=0)
    if offered.max_tokens is not None and offered.max_tokens < needed:
        return Unfit(reason="answer_too_small", text=f"it answers in {offered.max_tokens} tokens, {needed} are needed")
    if offered.retires_at is not None and offered.retires_at <= now + registry.retiring_days * _DAY:
        days = max(0, offered.retires_at - now) // _DAY
        return Unfit(reason="retiring", text=f"it retires in {days} days")
    return None


def _tasks(registry: Registry, tier: str) -> Iterator[TaskRule]:
    """What the tier may be asked; the largest incidents go to the large one, whatever their task's tier is."""
    for name, task in registry.tasks.items():
        if task.tier == tier or (name == "incident" and tier == "large"):
            yield task
