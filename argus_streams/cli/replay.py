"""``argus replay``: history made anew as a generation beside the live one."""

import asyncio

import click
import msgspec

from argus_streams import console
from argus_streams.cli.command import generation, moment, with_settings
from argus_streams.core import moments
from argus_streams.core.grouping.state import HOUR
from argus_streams.history import compare as comparing
from argus_streams.history import preview as previewing
from argus_streams.history import start as starting
from argus_streams.history import status as standing
from argus_streams.history import switching
from argus_streams.history.preview_page import Page
from argus_streams.history.site import site
from argus_streams.settings import Settings

_NAME = click.argument("name", callback=generation)
_JSON = click.option("--json", "as_json", is_flag=True, help="For programs, one JSON line each.")


@click.group()
def replay() -> None:
    """Make history anew, beside what is live.

    Look first, then start, compare, promote: docs/replay.md.
    """


@replay.command()
@click.option("--from", "since", callback=moment, metavar="TIME", help="Bodies from here on; default: all there are.")
@click.option("--to", "until", callback=moment, metavar="TIME", help="Bodies of before; default: up to now.")
@_JSON
@with_settings
def preview(given: Settings, since: int | None, until: int | None, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """Tell which groups would split, join or stay.

    The bodies of a time are read once more, by the rules, mappings and sources of this process; nothing is written.
    """
    asked = previewing.Asked(since, until)
    if as_json:
        summary = asyncio.run(previewing.preview(site(given), asked, _line, _aside))
        click.echo(msgspec.json.encode({"summary": summary}))
    else:
        page = Page(console.printer())
        page.close(asyncio.run(previewing.preview(site(given), asked, page.tell, _aside)))
    return 0


def _line(told: object) -> None:
    click.echo(msgspec.json.encode(told))


def _aside(line: str) -> None:
    click.echo(f"argus: {line}", err=True)


@replay.command()
@_NAME
@click.option("--from", "since", required=True, callback=moment, metavar="TIME", help="Read the inputs from here on.")
@with_settings
def start(given: Settings, name: str, since: int) -> int:
    """Make a generation, and say which workers to run.

    The time is taken down to its hour. What lies before it is taken over from the live groups.
    """
    aligned = since // HOUR * HOUR
    click.echo(f"{name} reads from {moments.moment(aligned)} UTC on, the beginning of an hour")
    started = asyncio.run(starting.start(site(given), name, aligned, click.echo))
    click.echo(
        f"{name} is ready; run, beside the live workers with their settings and what is to be new (rules, mappings):"
    )
    for command in started.commands:
        click.echo(f"  {command}")
    click.echo(f"then `argus replay status`, `argus replay compare {name}` and `argus replay promote {name}`")
    return 0


@replay.command()
@click.argument("name", required=False, callback=generation)
@_JSON
@with_settings
def status(given: Settings, name: str | None, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """Show how far each generation has read."""
    found = asyncio.run(standing.statuses(site(given), name))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    else:
        standing.show(found, console.printer())
    return 0


@replay.command()
@_NAME
@_JSON
@with_settings
def compare(given: Settings, name: str, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """Compare a generation with the live one, group by group.

    The exit code is 1 if they differ.
    """
    if as_json:
        found = asyncio.run(comparing.compare(site(given), name, _line))
        click.echo(msgspec.json.encode({"summary": found}))
    else:
        shown = comparing.Printed(console.printer())
        found = asyncio.run(comparing.compare(site(given), name, shown.tell))
        shown.close(found)
    return int(comparing.differ(found))


@replay.command()
@_NAME
@with_settings
def promote(given: Settings, name: str) -> int:
    """Let readers see a generation, or the former one again.

    It refuses while a stage of it lags.
    """
    former = asyncio.run(switching.promote(site(given), name))
    if former is None:
        click.echo(f"{name} is live already")
        return 0
    click.echo(f"{name} is live, {former} is retired: let its workers run until you drop it")
    click.echo(f"to take it back: argus replay promote {former}")
    if given.db_schema:
        click.echo("argus: ARGUS_DB_SCHEMA is set here: what is run with it goes on reading that schema", err=True)
    return 0


@replay.command()
@_NAME
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_settings
def drop(given: Settings, name: str, yes: bool) -> int:  # noqa: FBT001 - click's flag
    """Remove a generation that is not live.

    Its consumer groups, topics and tables go; the inputs stay.
    """
    where = site(given)
    asyncio.run(switching.droppable(where, name))
    if not yes:
        click.confirm(f"Remove all topics, consumer groups and tables of {name}?", abort=True)
    gone = asyncio.run(switching.drop(where, name))
    for each in gone:
        click.echo(f"removed {each}")
    click.echo(f"nothing of {name} is left")
    return 0
