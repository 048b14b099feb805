"""Pages to pass on: ``argus report incident``, ``week`` and ``show``."""

import asyncio
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import click

from argus_streams import reporting
from argus_streams.cli.command import moment, slug, with_shown_generation
from argus_streams.core.reports.report import Report
from argus_streams.settings import Settings

P = ParamSpec("P")


@click.group()
def report() -> None:
    """Write a page about an incident or a week."""


def _written(command: Callable[Concatenate[Settings, P], Report]) -> Callable[P, None]:
    """Write the report that a command makes into files, or as Markdown to standard output."""

    @wraps(command)
    def run(given: Settings, /, *args: P.args, **kwargs: P.kwargs) -> int:
        html, markdown = kwargs.pop("html"), kwargs.pop("markdown")
        made = command(given, *args, **kwargs)
        for file, text in ((html, made.html), (markdown, made.markdown)):
            if isinstance(file, Path):
                file.write_text(text, encoding="utf-8")
        if html is None and markdown is None:
            click.echo(made.markdown, nl=False)
        click.echo(f"kept as {made.id}: argus report show {made.id}", err=True)
        return 0

    file = click.Path(dir_okay=False, writable=True, path_type=Path)
    shown = click.option("--html", type=file, help="Write it there as one self-contained page.")(
        with_shown_generation(run)
    )
    return click.option("--markdown", type=file, help="Write it there; standard output where neither is named.")(shown)


@report.command()
@click.argument("incident_id", metavar="ID")
@click.option("--project", help="Where two projects have an incident of that id.")
@_written
def incident(given: Settings, incident_id: str, project: str | None) -> Report:
    """Tell of one incident what happened, why, what was done and what it cost."""
    return asyncio.run(reporting.of_incident(given, incident_id, project=project))


@report.command()
@click.option("--project", required=True, callback=slug)
@click.option("--until", callback=moment, metavar="TIME", help="When the week ends: 2h or 3d ago, or a time. [now]")
@_written
def week(given: Settings, project: str, until: int | None) -> Report:
    """Tell of seven days of a project what happened, why, what was done and what it cost."""
    return asyncio.run(reporting.of_week(given, project, until))


@report.command()
@click.argument("report_id", metavar="ID")
@_written
def show(given: Settings, report_id: str) -> Report:
    """Show a report again, as it was when it was made."""
    return asyncio.run(reporting.again(given, report_id))
