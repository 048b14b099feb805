"""What the command line does for a person who asks what was found out: incidents, analyses, scores."""

from collections.abc import Sequence
from typing import NamedTuple

from argus_streams import asking
from argus_streams.adapters import topics
from argus_streams.adapters.findings import PostgresFindings
from argus_streams.agents.wire import Topics
from argus_streams.asking import NotFound
from argus_streams.console import findings as pages
from argus_streams.console import printer
from argus_streams.core.findings import (
    Analysis,
    Feedback,
    Incident,
    IncidentAction,
    IncidentCommand,
    IncidentStatus,
    Score,
    Verdict,
)
from argus_streams.ports import AnalysisQuery, IncidentQuery
from argus_streams.settings import Settings

BY = "command line"  # who decides, where nobody says
AMONG = 500  # open incidents that a group is looked for in


class Signed(NamedTuple):
    """Who decides, and why."""

    by: str
    reason: str


async def incidents(
    given: Settings, *, project: str | None, statuses: Sequence[IncidentStatus], limit: int
) -> Sequence[Incident]:
    """The incidents whose last signal is the latest."""
    query = IncidentQuery(project=project, statuses=tuple(statuses), limit=limit)
    async with asking.reading(given) as database:
        return await PostgresFindings(database).incidents(query)


def show_incidents(found: Sequence[Incident], limit: int) -> None:
    """Print the list, which has at most so many incidents."""
    if not found:
        printer().print("0 incidents")
        return
    number = f"{len(found):,} incident{'s' * (len(found) != 1)}"
    told = f"the latest {number}, of more perhaps (--limit)" if len(found) == limit else f"{number}, the latest first"
    printer().print(pages.incidents_table(found, told))


async def incident(given: Settings, incident_id: str, *, project: str | None) -> Incident:
    """The incident whose id begins so. Raises ``NotFound`` when none or several do."""
    query = IncidentQuery(project=project, incident=incident_id, limit=3)
    async with asking.reading(given) as database:
        found = await PostgresFindings(database).incidents(query)
    if len(found) != 1:
        several = ", ".join(f"{each.project} {each.incident}" for each in found)
        raise NotFound(
            f"{incident_id!r} is several incidents: {several} …" if found else f"there is no incident {incident_id!r}"
        )
    return found[0]


async def show_incident(given: Settings, found: Incident) -> None:
    """Print one incident with its analysis."""
    query = AnalysisQuery(project=found.project, subjects=(found.incident,), limit=1)
    async with asking.reading(given) as database:
        analyses = await PostgresFindings(database).analyses(query)
    printer().print(pages.incident_page(found, analyses[0] if analyses else None))


async def decide(
    given: Settings, found: Incident, action: IncidentAction, operands: Sequence[str], signed: Signed
) -> IncidentCommand:
    """Publish a decision about an incident: into which one it is merged, or which of its subjects leave it."""
    into = (await incident(given, operands[0], project=found.project)).incident if action == "merge" else None
    if into == found.incident:
        raise NotFound(f"{into} can not be merged into itself")
    subjects = tuple(_subject(found, each) for each in operands) if action == "split" else ()
    order = IncidentCommand(
        project=found.project,
        incident=found.incident,
        action=action,
        into=into,
        subjects=subjects,
        by=signed.by or BY,
        reason=signed.reason,
    )
    ours = Topics.under(given.topic_prefix)
    topics.require(given.kafka(), ours.incident_commands)
    await asking.publisher(given).command(order)
    return order


def _subject(incident: Incident, told: str) -> str:
    """The subject of an incident that begins so, with or without a fingerprint's version."""
    known = dict.fromkeys((*(member.subject for member in incident.members), *incident.groups))
    if told in known:
        return told
    found = [each for each in known if each.startswith((told, f"v1:{told}"))]
    if len(found) != 1:
        what = f"is several subjects of it: {', '.join(found[:3])} …" if found else "is no subject of it"
        raise NotFound(f"{told!r} {what}; `argus incident {incident.incident}` shows them")
    return found[0]


async def analysis(given: Settings, subject: str, *, project: str | None) -> Analysis:
    """The analysis of the subject that begins so. Raises ``NotFound`` when there is none, or are several."""
    query = AnalysisQuery(project=project, subject=subject, limit=50)
    async with asking.reading(given) as database:
        found = await PostgresFindings(database).analyses(query)
        holding = () if found else await _holding(PostgresFindings(database), subject, project)
    exact = [each for each in found if each.subject == subject]
    found = exact or found
    if len(found) != 1:
        several = ", ".join(f"{each.project} {each.subject}" for each in found[:3])
        instead = "".join(f"; `argus analysis {each.incident}` tells of the incident that holds it" for each in holding)
        nothing = f"nothing was analysed of {subject!r} by itself{instead}"
        raise NotFound(f"{subject!r} is several subjects: {several} …" if found else nothing)
    return found[0]


async def _holding(findings: PostgresFindings, subject: str, project: str | None) -> Sequence[Incident]:
    """An open incident of a group, which is explained in the group's place."""
    query = IncidentQuery(project=project, statuses=("open",), limit=AMONG)
    beginnings = (subject, f"v1:{subject}")
    found = await findings.incidents(query)
    return [each for each in found if any(group.startswith(beginnings) for group in each.groups)][:1]


def show_analysis(found: Analysis) -> None:
    """Print one analysis."""
    printer().print(pages.analysis_page(found))


async def judge(given: Settings, found: Analysis, verdict: Verdict, signed: Signed) -> None:
    """Publish what somebody thinks of an analysis."""
    ours = Topics.under(given.topic_prefix)
    topics.require(given.kafka(), ours.feedback)
    await asking.publisher(given).command(
        Feedback(
            project=found.project,
            subject=found.subject,
            verdict=verdict,
            at=found.at,
            by=signed.by or BY,
            reason=signed.reason,
        )
    )


async def scores(given: Settings, project: str) -> Sequence[Score]:
    """The latest score of each type. Raises ``NotFound`` for a project that has none."""
    async with asking.reading(given) as database:
        found = await PostgresFindings(database).scores(project)
    if not found:
        raise NotFound(f"the project {project!r} has no scores yet")
    return found


def show_scores(found: Sequence[Score]) -> None:
    """Print scores with their breakdown."""
    printer().print(pages.scores_page(found))
