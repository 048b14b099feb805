"""What is known of repairs and was decided about broken locators, and what a person decides about a repair."""

from collections.abc import Sequence

from argus_streams import app, asking
from argus_streams.adapters import topics
from argus_streams.adapters.healing_terms import load_knowledge_limits
from argus_streams.adapters.repairs import PostgresRepairs
from argus_streams.agents.wire import outgoing
from argus_streams.asking import NotFound
from argus_streams.core.healing import exporting
from argus_streams.core.healing.exporting import Repairs
from argus_streams.core.repairs import HealingDecision, Pattern, PatternAction, PatternCommand, RepairVerdict
from argus_streams.inquiry import BY, Signed
from argus_streams.ports.repairs import DecisionQuery, PatternQuery
from argus_streams.settings import Settings
from argus_streams.streaming.producer import ConfirmedProducer

ALL = 10_000  # patterns and decisions of a project that are looked at


async def patterns(given: Settings, project: str | None, *, limit: int = ALL) -> Sequence[Pattern]:
    """What is known of repairs, the one used last first."""
    async with asking.reading(given) as database:
        return await PostgresRepairs(database).patterns(PatternQuery(project=project, limit=limit))


async def decisions(
    given: Settings, project: str | None, *, verdicts: Sequence[RepairVerdict] = (), limit: int = ALL
) -> Sequence[HealingDecision]:
    """What was decided about broken locators, the latest first."""
    query = DecisionQuery(project=project, verdicts=tuple(verdicts), limit=limit)
    async with asking.reading(given) as database:
        return await PostgresRepairs(database).decisions(query)


async def export(given: Settings, project: str) -> Repairs:
    """What may be put in the place of broken locators now."""
    limits = load_knowledge_limits()
    known, decided = await patterns(given, project), await decisions(given, project)
    return Repairs(project=project, repairs=exporting.repairs(known, decided, limits))


async def written(given: Settings, project: str) -> Sequence[HealingDecision]:
    """The places in tests where a healed locator may be written down now, by file and line."""
    limits = load_knowledge_limits()
    known, decided = await patterns(given, project), await decisions(given, project)
    found = exporting.written(decided, exporting.repairs(known, decided, limits), known)
    return sorted(found, key=lambda each: (each.file or "", each.line or 0, each.locator))


async def decide(given: Settings, action: PatternAction, fingerprint: str, project: str, signed: Signed) -> Pattern:
    """Publish what somebody decides about the repair whose fingerprint begins so. Raises ``NotFound``."""
    name = fingerprint if ":" in fingerprint else f"v1:{fingerprint}"
    query = PatternQuery(project=project, fingerprint=name, limit=2)
    async with asking.reading(given) as database:
        found = await PostgresRepairs(database).patterns(query)
    if len(found) != 1:
        raise NotFound(f"{fingerprint!r} is {'several repairs' if found else 'no repair'} of {project}")
    (pattern,) = found
    order = PatternCommand(
        project=project, action=action, pattern=pattern.fingerprint, by=signed.by or BY, reason=signed.reason
    )
    names = app.topics_of(given)
    topics.require(given.kafka(), names.heal_commands)
    await ConfirmedProducer(given.kafka()).write([outgoing(names.heal_commands, project.encode(), order)])
    return pattern
