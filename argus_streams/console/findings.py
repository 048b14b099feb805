"""How incidents, analyses and scores look on a terminal."""

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group as Stack
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from argus_streams.console import STYLES, short
from argus_streams.core.analysis.reasons import REASONS
from argus_streams.core.findings import Analysis, Cause, Incident, Link, Member, Score
from argus_streams.core.moments import moment, span
from argus_streams.core.money import dollars
from argus_streams.core.reports.repeats import first_of_each
from argus_streams.foreign import foreign

ID = 10  # characters of an incident's id that people see and type
LINKS = 15  # that a person reads
INCIDENT_STYLES = {"open": STYLES["open"], "resolved": STYLES["resolved"], "merged": STYLES["ignored"]}
VERDICT_STYLES = {"accepted": "green", "rejected": "red"}


def incidents_table(incidents: Sequence[Incident], title: str) -> Table:
    """The list, a line an incident."""
    table = _table(title)
    table.add_column("incident", style="cyan", no_wrap=True)
    table.add_column("last signal", no_wrap=True)
    table.add_column("signals", justify="right", no_wrap=True)
    table.add_column("what happened", ratio=2, overflow="ellipsis", no_wrap=True)
    table.add_column("likeliest cause", ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for each in incidents:
        table.add_row(
            foreign(each.incident[:ID]),
            moment(each.last_at),
            f"{each.signals:,}",
            foreign(_line(each.title)),
            foreign(_line(each.causes[0].title) if each.causes else ""),
            Text(each.status, INCIDENT_STYLES[each.status]),
        )
    return table


def incident_page(incident: Incident, analysis: Analysis | None) -> RenderableType:
    """All of one incident: facts, causes and why, its signals, what links them, its analysis."""
    lines: list[RenderableType] = [foreign(incident.title, "bold"), _grid(_facts(incident))]
    if analysis is not None:
        said = foreign(f"  Said by {_by(analysis)}: {analysis.reason}.", "dim")
        lines += _section("What was found out", [*_analysis(analysis), said])
    lines += _section("What may have caused it", [_cause(cause) for cause in incident.causes])
    hidden = [member for member in incident.members if member.hidden_by is not None]
    shown = [member for member in incident.members if member.hidden_by is None]
    more = incident.signals - len(incident.members)
    lines += _section("Its signals" + (f", the first {len(incident.members):,}" if more > 0 else ""), [_members(shown)])
    if hidden:
        titles = {member.signal_id: member.title for member in incident.members}
        lines += _section("Symptoms of these, which nobody need look at", [_symptoms(hidden, titles)])
    if incident.links:
        lines += _section("Why they belong together", _links(incident))
    return Stack(*lines)


def analysis_page(analysis: Analysis) -> RenderableType:
    """All of one analysis: the answer, whether it is to be trusted, and what it cost."""
    facts = [
        ("project", analysis.project),
        ("subject", f"{analysis.kind} {analysis.subject}"),
        ("decided", f"{moment(analysis.at)}, {_reason(analysis)}"),
        ("by", _by(analysis)),
        ("cost", dollars(analysis.cost) + (f", a call for {analysis.joined} subjects" * (analysis.joined > 1))),
    ]
    if analysis.again_at is not None:
        facts.append(("again", f"looked at again {moment(analysis.again_at)}"))
    if analysis.verdict is not None:
        facts.append(("verdict", analysis.verdict + (f" by {analysis.verdict_by}" if analysis.verdict_by else "")))
    return Stack(_grid(facts), Text(""), *_analysis(analysis))


def scores_page(scores: Iterable[Score]) -> RenderableType:
    """Each score with what its factors do to it, the weightiest first."""
    lines: list[RenderableType] = []
    for score in scores:
        table = _table(f"{score.score_type} {score.value:.1f} of 100, {moment(score.at)}")
        table.add_column("points", justify="right", no_wrap=True)
        table.add_column("factor", style="cyan", no_wrap=True)
        table.add_column("why", ratio=1)
        sign = "-" if score.score_type == "quality" else "+"
        for part in sorted(score.parts, key=lambda part: -part.points):
            table.add_row(f"{sign}{part.points:.1f}", foreign(part.factor), foreign(part.text))
        lines.append(table)
    return Stack(*lines)


def _facts(incident: Incident) -> list[tuple[str, str]]:
    since = f" since {moment(incident.status_at)}" if incident.status_at else ""
    by = f" by {incident.status_by}" if incident.status_by else ""
    facts = [
        ("id", incident.incident),
        ("project", incident.project),
        ("status", incident.status + by + since + (f": {incident.reason}" if incident.reason else "")),
        ("merged into", incident.merged_into or ""),
        ("severity", incident.severity),
        ("signals", f"{incident.signals:,}, {moment(incident.opened_at)} to {moment(incident.last_at)}"),
        ("services", ", ".join(incident.services)),
        ("where", ", ".join(incident.environments)),
        ("groups", ", ".join(short(each) for each in incident.groups)),
    ]
    return [(name, value) for name, value in facts if value]


def _cause(cause: Cause) -> RenderableType:
    told = {
        "": cause.why,
        "commit": cause.commit,
        "author": cause.author,
        "release": cause.release,
        "files": ", ".join(cause.files),
        "link": cause.link,
    }
    head = foreign(f"{cause.score:.0%} {cause.kind}: {_line(cause.title)} ({moment(cause.at)})")
    return Stack(head, *(foreign(f"     {f'{name} {text}'.strip()}", "dim") for name, text in told.items() if text))


def _members(members: Iterable[Member]) -> Table:
    table = Table.grid(padding=(0, 2))
    for member, times in first_of_each(members):
        what = f"{member.kind} {member.of}" if member.of and member.of != "error" else member.kind
        place = "/".join(part for part in (member.service, member.environment) if part)
        told = (moment(member.at), _times(times), what, member.severity or "", _line(member.title), place)
        table.add_row(*map(foreign, (*told, short(member.subject))))
    return table


def _symptoms(hidden: Iterable[Member], titles: dict[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    for member, times in first_of_each(hidden):
        cause = titles.get(member.hidden_by or "", member.hidden_by or "")
        because = foreign(f"because of {_line(cause)}", "dim")
        table.add_row(moment(member.at), foreign(_times(times)), foreign(_line(member.title)), because)
    return table


def _times(count: int) -> str:
    return f"{count:,} times" if count > 1 else ""


def _links(incident: Incident) -> list[RenderableType]:
    titles = {member.signal_id: _line(member.title) for member in incident.members}
    table = Table.grid(padding=(0, 2))
    for link in sorted(incident.links, key=lambda each: -each.score)[:LINKS]:
        ends = f"{titles.get(link.one, link.one)} → {titles.get(link.other, link.other)}"
        table.add_row(f"{link.score:.0%}", foreign(link.rule, "cyan"), foreign(ends), foreign(_why(link), "dim"))
    more = len(incident.links) - LINKS
    return [table, Text(f"{more:,} weaker ones more: --json", "dim")] if more > 0 else [table]


def _why(link: Link) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in link.facts.items())
    return f"{span(link.apart)} apart, {span(link.window)} at most" + (f"; {facts}" if facts else "")


def _analysis(analysis: Analysis) -> list[RenderableType]:
    lines: list[RenderableType] = [foreign(text) for text in (analysis.title, analysis.summary) if text]
    if analysis.doubt:
        lines.append(foreign(f"Doubtful: {analysis.doubt}", "yellow"))
    strange = [f"{claim.kind} {claim.value}" for claim in analysis.claims if not claim.grounded]
    if strange and not all(each in analysis.doubt for each in strange):
        lines.append(foreign(f"It names what the evidence does not: {', '.join(strange)}", "yellow"))
    lines += [foreign(f"  {fact.text}", "dim") for fact in analysis.facts]
    return lines or [foreign(f"nothing: {analysis.reason}", "dim")]


def _by(analysis: Analysis) -> str:
    told = (analysis.model, analysis.provider, analysis.tier, analysis.prompt and f"prompt {analysis.prompt}")
    more = ", ".join(text for text in told if text)
    agrees = {True: "; the rules say the same", False: "; the rules say something else", None: ""}[analysis.agrees]
    return analysis.by + (f" ({more})" if more else "") + agrees


def _reason(analysis: Analysis) -> str:
    what = REASONS.get(analysis.reason)
    return f"{analysis.reason}: {what}" if what else analysis.reason


def _section(title: str, lines: Sequence[RenderableType]) -> list[RenderableType]:
    return [Text(""), Text(title, "bold"), *(lines or [Text("nothing points to one", "dim")])]


def _grid(facts: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, value in facts:
        table.add_row(Text(name, "bold"), foreign(value))
    return table


def _table(title: str) -> Table:
    return Table(
        title=foreign(title),
        title_justify="left",
        title_style="bold",
        expand=True,
        pad_edge=False,
        box=SIMPLE_HEAD,
        collapse_padding=True,
    )


def _line(text: str) -> str:
    return text.partition("\n")[0]
