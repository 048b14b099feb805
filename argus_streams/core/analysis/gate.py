"""Whether a model is asked at all: most of what is seen needs none, and every call costs money."""

from typing import Literal, assert_never

from msgspec import Struct

from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.registry import Ask, Registry
from argus_streams.core.events import Severity
from argus_streams.core.findings import AnalysisRequest, Incident
from argus_streams.core.messages import Group

SkipReason = Literal[
    "replayed", "not_stored", "closed", "part_of_incident", "too_old", "unchanged", "too_soon", "too_few_events"
]

# What each code says to people, in the order in which the gate looks.
SKIPS: dict[SkipReason, str] = {
    "replayed": "it happened before its generation began, and nobody asked for an analysis of history",
    "not_stored": "nothing is stored about it yet; it is looked at again in a minute",
    "closed": "it is resolved, ignored or merged into another",
    "part_of_incident": "an open incident holds it: that one is explained, for all its groups at once",
    "too_old": "it was seen last longer ago than `max_age_days`",
    "unchanged": "nothing has changed since it was explained",
    "too_soon": "it was explained less than `again_after` ago; it is looked at again then",
    "too_few_events": "it has fewer events than `min_events`, and none was fatal",
}

_SECOND, _MINUTE, _DAY = 1000, 60_000, 86_400_000  # ms
_WORST_FIRST: dict[Severity, int] = {"fatal": 0, "error": 1, "warning": 2, "info": 3, "debug": 4}


class Last(Struct, frozen=True, kw_only=True):
    """The last answer about a subject, a model's or the rules'; what was skipped is none."""

    evidence: str
    at: int  # ms


class Skip(Struct, frozen=True, kw_only=True):
    """No model is asked, and why."""

    reason: SkipReason
    again_at: int | None = None  # ms, when to look again; None = when there is news


def gate(request: AnalysisRequest, dossier: Dossier, *, last: Last | None, now: int, registry: Registry) -> Ask | Skip:
    """Whether to ask, which tier, and why. ``now`` is in ms."""
    skipped = (
        _replayed(request, registry)
        or _closed(request, dossier, last)
        or _stale(request, dossier, last, now=now, registry=registry)
    )
    if skipped is not None:
        return skipped
    batch = request.replayed
    match request.kind:
        case "incident" if request.incident is not None:
            return _incident(request.incident, users(request, dossier), registry, batch=batch)
        case "incident":
            return Skip(reason="not_stored", again_at=now + _MINUTE)
        case "group":
            return _group(request, dossier, registry, batch=batch)
        case "repair":
            reason = "the elements that a broken locator may have meant are too alike for the rules"
            return Ask(task="repair", tier=registry.tasks["repair"].tier, reason=reason, batch=batch)
        case "merge":
            return Ask(task="merge", tier=registry.tasks["merge"].tier, reason="two groups look alike", batch=batch)
        case _:
            assert_never(request.kind)


def users(request: AnalysisRequest, dossier: Dossier) -> int:
    """How many users it has touched, as far as that is known: no more than there are."""
    told = request.signal.users if request.signal is not None and request.signal.users is not None else 0
    known = max((group.users for group in dossier.groups), default=0)
    return max(told, known, len({kept.event.user for kept in dossier.events if kept.event.user}))


def _replayed(request: AnalysisRequest, registry: Registry) -> Skip | None:
    return Skip(reason="replayed") if request.replayed and registry.gate.replayed == "skip" else None


def _closed(request: AnalysisRequest, dossier: Dossier, last: Last | None) -> Skip | None:
    """Nobody waits for an explanation; only an incident that was over before it was explained gets one."""
    incident = request.incident
    if request.kind == "incident" and incident is not None:
        over = incident.status == "merged" or (incident.status == "resolved" and last is not None)
        return Skip(reason="closed") if over else None
    if dossier.groups and all(group.status in ("resolved", "ignored") for group in dossier.groups):
        return Skip(reason="closed")
    if request.kind == "group" and incident is not None and incident.status == "open":
        return Skip(reason="part_of_incident")
    return None


def _stale(
    request: AnalysisRequest, dossier: Dossier, last: Last | None, *, now: int, registry: Registry
) -> Skip | None:
    """There is nothing yet, nothing any more, or nothing new."""
    seen = [group.last_seen for group in dossier.groups]
    if request.kind == "incident" and request.incident is not None:
        seen = [request.incident.last_at]
    if request.kind == "repair":
        seen = [request.at]
    if not seen:
        return Skip(reason="not_stored", again_at=now + _MINUTE)
    if now - max(seen) > registry.gate.max_age_days * _DAY:
        return Skip(reason="too_old")
    if last is None:
        return None
    if last.evidence == request.evidence:
        return Skip(reason="unchanged")
    again_at = last.at + registry.gate.again_after * _SECOND
    return Skip(reason="too_soon", again_at=again_at) if now < again_at else None


def _incident(incident: Incident, touched: int, registry: Registry, *, batch: bool) -> Ask:
    large = registry.large_from
    if _as_bad(incident.severity, large.severity):
        why = f"an incident of severity {incident.severity}"
    elif incident.signals >= large.signals:
        why = f"an incident of {incident.signals} signals"
    elif touched >= large.users:
        why = f"an incident that {touched} users met"
    else:
        tier = registry.tasks["incident"].tier
        return Ask(task="incident", tier=tier, reason="an incident below the threshold of the large tier", batch=batch)
    return Ask(task="incident", tier="large", reason=why, batch=batch)


def _group(request: AnalysisRequest, dossier: Dossier, registry: Registry, *, batch: bool) -> Ask | Skip:
    count = sum(group.count for group in dossier.groups)
    severity = min((group.severity for group in dossier.groups), key=_WORST_FIRST.__getitem__)
    touched, cause = users(request, dossier), registry.cause_from
    if count < registry.gate.min_events and severity != "fatal":
        return Skip(reason="too_few_events")
    if _as_bad(severity, cause.severity):
        why = f"a group of severity {severity}"
    elif count >= cause.events:
        why = f"a group of {count} events"
    elif touched >= cause.users:
        why = f"a group that {touched} users met"
    elif _regressed(dossier.groups):
        why = "a group that came back after it was resolved"
    else:
        tier = registry.tasks["classify"].tier
        return Ask(task="classify", tier=tier, reason=f"a group of {count} events", batch=batch)
    return Ask(task="cause", tier=registry.tasks["cause"].tier, reason=why, batch=batch)


def _regressed(groups: tuple[Group, ...]) -> bool:
    return any(group.status == "regressed" for group in groups)


def _as_bad(severity: Severity, threshold: Severity) -> bool:
    return _WORST_FIRST[severity] <= _WORST_FIRST[threshold]
