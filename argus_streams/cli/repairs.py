"""What people do about repairs: ``argus heal list``, ``decisions``, ``pin`` and the like, ``submit``, ``report``."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from argus_streams.cli.command import slug, with_generation, with_shown_generation
from argus_streams.console import printer
from argus_streams.console import repairs as tables
from argus_streams.core.healing import exporting
from argus_streams.core.repairs import HealingDecision, PatternAction
from argus_streams.core.reports import markdown
from argus_streams.core.reports.page import many
from argus_streams.foreign import harmless
from argus_streams.healing import checkout, known, submitting
from argus_streams.inquiry import Signed
from argus_streams.settings import Settings

_PROJECT = click.option("--project", required=True, callback=slug, help="Slug of the project.")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON line each.")
_LIMIT = click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))


@click.command("list")
@_PROJECT
@_LIMIT
@_JSON
@with_shown_generation
def patterns(given: Settings, project: str, limit: int, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """List what is known of repairs, how it stands and why."""
    found = asyncio.run(known.patterns(given, project, limit=limit))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    elif found:
        printer().print(tables.patterns_table(found, f"{many(len(found), 'repair')}, the one used last first"))
    else:
        click.echo(_no_repairs(project, asyncio.run(known.decisions(given, project, limit=1))))
    return 0


def _no_repairs(project: str, decided: Sequence[HealingDecision]) -> str:
    """Why nothing is known: a repair that is decided on is in the export before anybody has tried it."""
    if not decided:
        return "0 repairs"
    return f"0 repairs were tried yet; what was decided: argus heal decisions --project {project}"


@click.command()
@_PROJECT
@click.option("--verdict", "verdicts", multiple=True, type=click.Choice(["apply", "validate", "ask", "refuse"]))
@_LIMIT
@_JSON
@with_shown_generation
def decisions(
    given: Settings,
    project: str,
    verdicts: Any,
    limit: int,
    as_json: bool,  # noqa: FBT001 - click's flag
) -> int:
    """List what was decided about broken locators, and why."""
    found = asyncio.run(known.decisions(given, project, verdicts=verdicts, limit=limit))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    elif found:
        printer().print(tables.decisions_table(found, f"{many(len(found), 'decision')}, the latest first"))
    else:
        click.echo("0 decisions")
    return 0


def _ordering(action: PatternAction, told: str) -> click.Command:
    """The command by which a person decides so about a repair."""

    def run(given: Settings, fingerprint: str, project: str, by: str, reason: str) -> int:
        found = asyncio.run(known.decide(given, action, fingerprint, project, Signed(by, reason)))
        click.echo(harmless(f"{action}: {found.locator} → {found.healed} ({found.project} {found.fingerprint})"))
        return 0

    run.__doc__ = told
    command: Callable[..., None] = with_shown_generation(run)
    for option in (
        click.option("--reason", default="", help="Why; shown with it."),
        click.option("--by", default="", help="Who decides; shown with it."),
        _PROJECT,
        click.argument("fingerprint"),
    ):
        command = option(command)
    return click.command(action)(command)


pin = _ordering("pin", "Always apply a repair.\n\nFINGERPRINT is its beginning, as `argus heal list` shows it.")
veto = _ordering("veto", "Never apply a repair again.\n\nFINGERPRINT is its beginning, as `argus heal list` shows it.")
release = _ordering("release", "Let what was learned of a repair count again.\n\nFINGERPRINT is its beginning.")


@click.command()
@_PROJECT
@click.argument("file", type=click.File("rb"))
@with_generation
def submit(given: Settings, project: str, file: BinaryIO) -> int:
    """Publish failures and outcomes that a test runner wrote.

    FILE, or "-", has a JSON line {"failure": …} or {"outcome": …} each.
    """
    told = asyncio.run(submitting.submit(given, project, file))
    for mistake in told.mistakes:
        click.echo(harmless(f"argus: {mistake}"), err=True)
    click.echo(f"published {many(told.failures, 'failure')} and {many(told.outcomes, 'outcome')}")
    return int(bool(told.mistakes))


@click.command()
@_PROJECT
@with_shown_generation
def export(given: Settings, project: str) -> int:
    """Print what may be put in the place of broken locators now, as JSON."""
    click.echo(msgspec.json.encode(asyncio.run(known.export(given, project))))
    return 0


@click.command()
@_PROJECT
@click.option(
    "--diff",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Print a diff against this checkout instead of a text.",
)
@with_shown_generation
def report(given: Settings, project: str, folder: Path | None) -> int:
    """Print the text of a pull request that repairs tests, or its diff.

    A diff changes the locator on its line and nothing else, and no assertion; what it leaves is told on standard error.
    """
    wanted = asyncio.run(known.written(given, project))
    if folder is None:
        click.echo(markdown.written(exporting.page(wanted)), nl=False)
        return 0
    found = checkout.diffed(folder, wanted)
    tell = partial(click.echo, err=True)
    for line in exporting.leavings(found.left):
        tell(harmless(f"argus: {line}"))
    for name in found.absent:
        tell(harmless(f"argus: {name}: not one file of {folder}"))
    click.echo(found.diff, nl=False)
    return int(bool(found.left or found.absent))


COMMANDS = (patterns, decisions, pin, veto, release, submit, export, report)
