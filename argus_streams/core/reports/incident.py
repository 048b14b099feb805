"""The report about one incident."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from argus_streams.core.events import SignalKind
from argus_streams.core.findings import Analysis, Cause, Incident, Link, Member
from argus_streams.core.messages import Group
from argus_streams.core.moments import moment, span
from argus_streams.core.money import dollars
from argus_streams.core.reports.page import Block, Caution, Facts, Grid, Page, Points, Prose, Section, listed, many
from argus_streams.core.reports.repeats import first_of_each

SIGNALS = 15  # that are told one by one
LINKS = 8
GROUPS = 10
NAMED = 5  # services and the like in one line

_KINDS: dict[SignalKind, tuple[str, str]] = {
    "deploy": ("deploy", "deploys"),
    "push": ("push", "pushes"),
    "pull_request": ("pull request", "pull requests"),
    "ci": ("test report", "test reports"),
    "group_new": ("new problem", "new problems"),
    "group_spiking": ("problem that spiked", "problems that spiked"),
    "group_regressed": ("problem that came back", "problems that came back"),
    "group_grown": ("problem that grew", "problems that grew"),
    "group_resolved": ("problem that ended", "problems that ended"),
}


class Material(Struct, frozen=True, kw_only=True):
    """What the report is made of."""

    incident: Incident
    groups: Sequence[Group] = ()  # of the incident
    analyses: Sequence[Analysis] = ()  # of the incident and of its groups
    at: int  # ms, now

    @property
    def explained(self) -> Analysis | None:
        """The analysis of the incident itself."""
        return next((each for each in self.analyses if each.subject == self.incident.incident), None)


def page(material: Material) -> Page:
    """What happened, evidence, cause, what was done and what it cost."""
    return Page(
        title=f"Incident: {material.incident.title}",
        sections=(
            Section("What happened", tuple(_happened(material))),
            Section("Evidence", tuple(_evidence(material))),
            Section("Cause", tuple(_cause(material))),
            Section("What was done", tuple(_done(material))),
            Section("What it cost", tuple(cost(material.analyses))),
        ),
    )


def cost(analyses: Sequence[Analysis]) -> list[Block]:
    """What these analyses cost, and who made them."""
    if not analyses:
        return [Prose("Nothing of it was analysed.")]
    asked = [each for each in analyses if each.by == "model"]
    total = sum(each.cost for each in analyses)
    told = f"{dollars(total)} for {len(asked)} by a model and {len(analyses) - len(asked)} by rules alone."
    return [Prose(f"Analyses of it and of its problems, the latest of each: {told}")]


def _happened(material: Material) -> list[Block]:
    incident = material.incident
    hidden = sum(member.hidden_by is not None for member in incident.members)
    counts = Counter(member.kind for member, _ in first_of_each(incident.members))
    kinds = ", ".join(many(counts[kind], *names) for kind, names in _KINDS.items() if counts[kind])
    told = "" if incident.signals <= len(incident.members) else f" of the first {len(incident.members):,}"
    facts = (
        ("Project", incident.project),
        ("Incident", incident.incident),
        ("Severity", incident.severity),
        ("Status", incident.status),
        ("Began", f"{moment(incident.opened_at)} UTC"),
        ("Last signal", f"{moment(incident.last_at)} UTC, {span(incident.last_at - incident.opened_at)} later"),
        ("Services", listed(incident.services, NAMED)),
        ("Where", listed(incident.environments, NAMED)),
        (f"Signals{told}", kinds or f"{incident.signals:,}"),
        ("Symptoms of others of these", f"{hidden:,}" if hidden else ""),
        ("Report made", f"{moment(material.at)} UTC"),
    )
    shown = first_of_each(member for member in incident.members if member.hidden_by is None)
    blocks: list[Block] = [
        Facts(facts),
        Grid(("When (UTC)", "What", "Of what", "Where", "Times"), _timeline(shown[:SIGNALS])),
    ]
    more = len(shown) - SIGNALS
    return [*blocks, Prose(f"{more:,} more follow.")] if more > 0 else blocks


def _timeline(shown: Sequence[tuple[Member, int]]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            moment(member.at),
            member.kind.replace("_", " "),
            member.title,
            "/".join(part for part in (member.service, member.environment) if part),
            f"{times:,}",
        )
        for member, times in shown
    )


def _evidence(material: Material) -> list[Block]:
    incident = material.incident
    titles = {member.signal_id: member.title for member in incident.members}
    blocks: list[Block] = []
    if incident.links:
        rows = tuple(_link(link, titles) for link in incident.links[:LINKS])
        blocks.append(Grid(("Rule", "Score", "Links", "Because"), rows))
    if material.groups:
        loudest = sorted(material.groups, key=lambda group: -group.count)[:GROUPS]
        rows = tuple(map(_group, loudest))
        blocks.append(Grid(("Problem", "Count", "First seen (UTC)", "Release", "Status"), rows))
    explained = material.explained
    if explained is not None and explained.facts:
        blocks.append(Points(tuple(fact.text for fact in explained.facts)))
    return blocks or [Prose("It is a single signal: nothing links it to another.")]


def _link(link: Link, titles: dict[str, str]) -> tuple[str, ...]:
    facts = ", ".join(f"{name} {value}" for name, value in link.facts.items())
    ends = f"{titles.get(link.one, link.one)[:60]} → {titles.get(link.other, link.other)[:60]}"
    return link.rule, f"{link.score:.0%}", ends, f"{span(link.apart)} apart; {facts}"


def _group(group: Group) -> tuple[str, ...]:
    return group.title, f"{group.count:,}", moment(group.first_seen), group.first_release or "", group.status


def _cause(material: Material) -> list[Block]:
    explained, blocks = material.explained, list[Block]()
    if explained is not None and (explained.summary or explained.title):
        blocks += answer(explained)
    rows = tuple(map(_suspect, material.incident.causes))
    if rows:
        blocks.append(Grid(("Suspect", "When (UTC)", "Score", "Why", "Commit, author, release"), rows))
    return blocks or [Prose("Nothing points to a cause.")]


def answer(analysis: Analysis) -> list[Block]:
    """What an analysis says, whose word it is, and what is wrong with it."""
    who = "rules" if analysis.by == "rules" else f"a model ({analysis.model or analysis.tier or 'unknown'})"
    blocks: list[Block] = [Prose(f"{analysis.title}: {analysis.summary}" if analysis.title else analysis.summary)]
    strange = tuple(f"{claim.kind} {claim.value}" for claim in analysis.claims if not claim.grounded)
    if analysis.doubt:
        blocks.append(Caution(f"this answer is doubtful: {analysis.doubt}"))
    if strange:
        blocks.append(Caution(f"the evidence does not name what it names: {listed(strange, NAMED)}"))
    verdict = f"; {analysis.verdict} by {analysis.verdict_by or 'a person'}" if analysis.verdict else ""
    return [*blocks, Prose(f"Said by {who}, {moment(analysis.at)} UTC{verdict}.")]


def _suspect(cause: Cause) -> tuple[str, ...]:
    told = tuple(text for text in (cause.commit and cause.commit[:12], cause.author, cause.release) if text)
    where = f"{cause.kind.replace('_', ' ')}: {cause.title}"
    why = f"{cause.why.rstrip('.')}. Changed: {listed(cause.files, 3)}" if cause.files else cause.why
    return where, moment(cause.at), f"{cause.score:.0%}", why, ", ".join(told)


def _done(material: Material) -> list[Block]:
    incident, texts = material.incident, list[str]()
    if incident.status_at is not None or incident.status_by is not None:
        texts.append(decided(incident))
    solved = sorted((group for group in material.groups if group.status_at), key=lambda group: group.status_at or 0)
    texts += [
        f"{moment(group.status_at or 0)}: {group.status} by {group.status_by or 'itself'}: {group.title}"
        for group in solved[:GROUPS]
    ]
    return [Points(tuple(texts))] if texts else [Prose("Nobody has decided anything about it yet.")]


def decided(incident: Incident) -> str:
    """The last decision about an incident."""
    when = f"{moment(incident.status_at)}: " if incident.status_at is not None else ""
    into = f" into {incident.merged_into}" if incident.merged_into else ""
    why = f": {incident.reason}" if incident.reason else ""
    return f"{when}{incident.status}{into} by {incident.status_by or 'itself'}{why}"
