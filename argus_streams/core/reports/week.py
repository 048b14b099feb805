"""The report about a project's week."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from argus_streams.core.findings import Incident, Score
from argus_streams.core.messages import Group
from argus_streams.core.moments import moment, span
from argus_streams.core.money import Spending, dollars
from argus_streams.core.reports.incident import decided
from argus_streams.core.reports.page import Block, Facts, Grid, Page, Points, Prose, Section, many

WEEK_MS = 7 * 86_400_000
HOUR_MS = 3_600_000
INCIDENTS = 12  # that are told one by one
GROUPS = 10
DECISIONS = 12
FACTORS = 4  # of each score


class Material(Struct, frozen=True, kw_only=True):
    """What the report is made of; ``groups`` tell the hours of the week at least."""

    project: str
    since: int  # ms
    until: int
    incidents: Sequence[Incident] = ()  # that had a signal then
    groups: Sequence[Group] = ()  # that were seen then or since
    before: Sequence[Score] = ()  # the scores as the week began
    after: Sequence[Score] = ()  # ... and as it ended
    spending: Sequence[Spending] = ()

    def holds(self, at: int | None) -> bool:
        """Whether this was then."""
        return at is not None and self.since <= at < self.until


def page(material: Material) -> Page:
    """What happened, evidence, causes, what was done and what it cost."""
    return Page(
        title=f"{material.project}, {moment(material.since)[:10]} to {moment(material.until)[:10]}",
        sections=(
            Section("What happened", tuple(_happened(material))),
            Section("Evidence", tuple(_evidence(material))),
            Section("Causes", tuple(_causes(material))),
            Section("What was done", tuple(_done(material))),
            Section("What it cost", tuple(_cost(material.spending))),
        ),
    )


def _happened(material: Material) -> list[Block]:
    begun = sum(material.holds(incident.opened_at) for incident in material.incidents)
    still = sum(incident.status == "open" for incident in material.incidents)
    new = sum(material.holds(group.first_seen) for group in material.groups)
    back = sum(group.status == "regressed" and material.holds(group.status_at) for group in material.groups)
    occurrences = sum(_counted(group, material) for group in material.groups)
    facts = Facts(
        (
            ("Span", f"{moment(material.since)} to {moment(material.until)} UTC"),
            ("Incidents", f"{len(material.incidents):,}, of which {begun:,} began and {still:,} are open"),
            ("Occurrences", f"{occurrences:,}, of {many(len(material.groups), 'problem')}"),
            ("Problems", f"{new:,} new, {back:,} came back"),
            *((score.score_type.capitalize(), _moved(score, material.before)) for score in material.after),
        )
    )
    loud = sorted(material.incidents, key=lambda incident: (-incident.signals, incident.opened_at))[:INCIDENTS]
    if not loud:
        return [facts, Prose("There was no incident.")]
    rows = tuple(map(_incident, sorted(loud, key=lambda incident: incident.opened_at)))
    grid = Grid(("Began (UTC)", "Incident", "What", "Signals", "Lasted", "Status"), rows)
    more = len(material.incidents) - len(loud)
    return [facts, grid, Prose(f"{more:,} smaller ones are left out.")] if more > 0 else [facts, grid]


def _moved(score: Score, before: Sequence[Score]) -> str:
    was = next((each.value for each in before if each.score_type == score.score_type), None)
    return f"{score.value:.1f} of 100" + ("" if was is None else f", {score.value - was:+.1f} in this week")


def _incident(incident: Incident) -> tuple[str, ...]:
    lasted = span(incident.last_at - incident.opened_at)
    told = (incident.incident, incident.title, f"{incident.signals:,}", lasted, incident.status)
    return moment(incident.opened_at)[:16], *told


def _evidence(material: Material) -> list[Block]:
    blocks: list[Block] = []
    counted = [(_counted(group, material), group) for group in material.groups]
    loudest = sorted((each for each in counted if each[0]), key=lambda each: (-each[0], each[1].fingerprint))[:GROUPS]
    if loudest:
        rows = tuple(
            (f"{count:,}", group.title, moment(group.first_seen)[:16], group.status) for count, group in loudest
        )
        blocks.append(Grid(("Occurrences", "Problem", "First seen (UTC)", "Status"), rows))
    factors = tuple(factor for score in material.after for factor in _factors(score))
    if factors:
        blocks.append(Grid(("Score", "Points", "Because"), factors))
    return blocks or [Prose("Nothing was counted.")]


def _factors(score: Score) -> Iterator[tuple[str, ...]]:
    """The weightiest of what makes a score."""
    sign = "-" if score.score_type == "quality" else "+"
    for part in sorted(score.parts, key=lambda part: -part.points)[:FACTORS]:
        if part.points:
            yield score.score_type, f"{sign}{part.points:.1f}", part.text


def _counted(group: Group, material: Material) -> int:
    """Occurrences in the whole hours of the week."""
    first, end = material.since // HOUR_MS, -(-material.until // HOUR_MS)
    return sum(count for hour, count in group.hours.items() if first <= hour < end)


def _causes(material: Material) -> list[Block]:
    likeliest = [incident.causes[0] for incident in material.incidents if incident.causes]
    if not likeliest:
        return [Prose("Nothing points to a cause.")] if material.incidents else [Prose("There was nothing to explain.")]
    kinds = Counter(cause.kind.replace("_", " ") for cause in likeliest)
    told = ", ".join(f"{kind} ({count:,})" for kind, count in kinds.most_common())
    brought = Counter((cause.title, cause.author or "") for cause in likeliest).most_common(GROUPS)
    unexplained = len(material.incidents) - len(likeliest)
    return [
        Prose(f"The likeliest cause of each incident: {told}; of {unexplained:,} nothing points to one."),
        Grid(("What", "Who", "Incidents"), tuple((title, author, f"{count:,}") for (title, author), count in brought)),
    ]


def _done(material: Material) -> list[Block]:
    incidents = [
        (incident.status_at or 0, f"{decided(incident)}: {incident.title[:80]}")
        for incident in material.incidents
        if material.holds(incident.status_at)
    ]
    groups = [
        (group.status_at or 0, f"{moment(group.status_at or 0)}: {group.status} by {group.status_by}: {group.title}")
        for group in material.groups
        if material.holds(group.status_at) and group.status_by
    ]
    texts = [text for _, text in sorted((*incidents, *groups))]
    if not texts:
        return [Prose("Nobody decided anything.")]
    more = len(texts) - DECISIONS
    shown: list[Block] = [Points(tuple(texts[-DECISIONS:]))]
    return [Prose(f"{more:,} earlier decisions are left out."), *shown] if more > 0 else shown


def _cost(spending: Sequence[Spending]) -> list[Block]:
    if not spending:
        return [Prose("Nothing was analysed.")]
    total = sum(each.cost for each in spending)
    rows = tuple(
        (each.tier or each.by, each.reason, each.verdict or "", f"{each.analyses:,}", dollars(each.cost))
        for each in spending
    )
    return [
        Prose(f"{dollars(total)} for the latest analysis of each subject."),
        Grid(("By", "Decision", "People say", "Analyses", "Cost"), rows),
    ]
