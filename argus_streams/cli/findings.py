"""What was found out: ``argus incidents``, ``incident``, ``analysis`` and ``scores``."""

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
import msgspec

from argus_streams import inquiry
from argus_streams.cli.command import slug, with_shown_generation
from argus_streams.core.findings import Verdict
from argus_streams.foreign import harmless
from argus_streams.inquiry import Signed
from argus_streams.settings import Settings

_VERDICTS: dict[str, Verdict] = {"accept": "accepted", "reject": "rejected"}


def _signed(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command who decides, and why."""

    @wraps(command)
    def run(*args: Any, by: str, reason: str, **kwargs: Any) -> None:
        command(*args, signed=Signed(by, reason), **kwargs)

    run = click.option("--reason", default="", help="Why; shown with it.")(run)
    return click.option("--by", default="", help="Who decides; shown with it.")(run)


@click.command()
@click.option("--project", help="Only this project's.")
@click.option("--status", type=click.Choice(["open", "resolved", "merged"]), multiple=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="One JSON line an incident.")
@with_shown_generation
def incidents(given: Settings, project: str | None, status: Any, limit: int, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """List what belongs together, the latest first."""
    found = asyncio.run(inquiry.incidents(given, project=project, statuses=status, limit=limit))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    else:
        inquiry.show_incidents(found, limit)
    return 0


@click.command()
@click.argument("incident_id", metavar="ID")
@click.argument("action", required=False, type=click.Choice(["resolve", "reopen", "merge", "split"]))
@click.argument("operands", nargs=-1, metavar="[INTO | SUBJECT...]")
@click.option("--project", help="Where two projects have an incident of that id.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON line, with all links.")
@_signed
@with_shown_generation
def incident(  # noqa: PLR0913 - each is an option
    given: Settings,
    incident_id: str,
    action: Any,
    operands: tuple[str, ...],
    *,
    project: str | None,
    as_json: bool,
    signed: Signed,
) -> int:
    """Show one incident, or resolve, reopen, merge or split it.

    It is shown with what may have caused it, its signals, what links them, and its analysis. ID is the beginning of
    its id. `merge INTO` hands its signals over to another incident; `split SUBJECT...` makes an incident of its own of
    these groups or other subjects. What is decided by hand stays so.
    """
    _check(action, operands)
    found = asyncio.run(inquiry.incident(given, incident_id, project=project))
    if action is None:
        if as_json:
            click.echo(msgspec.json.encode(found))
        else:
            asyncio.run(inquiry.show_incident(given, found))
        return 0
    order = asyncio.run(inquiry.decide(given, found, action, operands, signed))
    more = " ".join(filter(None, (order.into and f"into {order.into}", ", ".join(order.subjects))))
    title = found.title.partition("\n")[0]
    click.echo(harmless(f"asked to {action}: {title} ({found.project} {found.incident}){more and f' {more}'}"))
    return 0


def _check(action: str | None, operands: tuple[str, ...]) -> None:
    match action:
        case "merge" if len(operands) != 1:
            raise click.UsageError("merge takes the one incident that it goes into: argus incident ID merge INTO")
        case "split" if not operands:
            raise click.UsageError("split takes what leaves: argus incident ID split SUBJECT...")
        case "resolve" | "reopen" if operands:
            raise click.UsageError(f"{action} takes nothing after it")
        case _:
            pass


@click.command()
@click.argument("subject")
@click.argument("verdict", required=False, type=click.Choice(list(_VERDICTS)))
@click.option("--project", help="Where two projects have a subject of that name.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON line.")
@_signed
@with_shown_generation
def analysis(
    given: Settings,
    subject: str,
    verdict: str | None,
    project: str | None,
    as_json: bool,  # noqa: FBT001 - click's flag
    signed: Signed,
) -> int:
    """Show what was found out, or judge it.

    SUBJECT is the beginning of the group's or incident's id.
    """
    found = asyncio.run(inquiry.analysis(given, subject, project=project))
    if verdict is not None:
        asyncio.run(inquiry.judge(given, found, _VERDICTS[verdict], signed))
        click.echo(harmless(f"{_VERDICTS[verdict]}: {found.title or found.reason} ({found.project} {found.subject})"))
    elif as_json:
        click.echo(msgspec.json.encode(found))
    else:
        inquiry.show_analysis(found)
    return 0


@click.command()
@click.option("--project", required=True, callback=slug)
@click.option("--json", "as_json", is_flag=True, help="One JSON line a score.")
@with_shown_generation
def scores(given: Settings, project: str, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """Show how a project is, and why."""
    found = asyncio.run(inquiry.scores(given, project))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    else:
        inquiry.show_scores(found)
    return 0
