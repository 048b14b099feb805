"""Projects as wholes: ``argus project list`` and ``purge``."""

import asyncio

import click
import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table

from argus_streams import console
from argus_streams.cli.command import slug, with_settings
from argus_streams.core.moments import moment
from argus_streams.foreign import foreign, harmless
from argus_streams.history.site import Site, site
from argus_streams.purging import run
from argus_streams.purging.run import Purged
from argus_streams.settings import Settings


@click.group()
def project() -> None:
    """Show projects, and take one out."""


@project.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a project.")
@with_settings
def list_command(given: Settings, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """List the projects, with what the live generation has of each."""
    found = asyncio.run(run.listed(site(given)))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each._asdict()))
        return 0
    table = Table("project", "name", "groups", "events", "last seen", box=SIMPLE_HEAD)
    for each in found:
        last = "" if each.last_seen is None else moment(each.last_seen)
        table.add_row(each.slug, foreign(each.name), f"{each.groups:,}", f"{each.events:,}", last)
    console.printer().print(table)
    return 0


@project.command()
@click.argument("project_slug", metavar="SLUG", callback=slug)
@click.option("--members", is_flag=True, help="Also its name, its members and its API keys.")
@click.option("--dry-run", is_flag=True, help="Only show what there is, and what would remain.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--wait", default=600, show_default=True, type=click.IntRange(1), help="Seconds that a stage may take.")
@with_settings
def purge(given: Settings, project_slug: str, *, members: bool, dry_run: bool, yes: bool, wait: int) -> int:
    """Take all out that was recorded of a project until now.

    It goes from the state of every agent, from the topics of snapshots and from Postgres. What comes later begins
    anew. It can be cut off and given again.
    """
    where = site(given)
    found = asyncio.run(run.holdings(where, project_slug))
    for each in found:
        click.echo(f"{each.schema}.{each.table}: {each.rows:,}")
    if not found:
        click.echo("Postgres has nothing of it; its topics may")
    if dry_run:
        _tell_remaining(where, None)
        return 0
    if not yes and click.prompt(f"Type {project_slug} to take all of this out") != project_slug:
        raise click.Abort
    done = asyncio.run(run.purge(where, project_slug, members=members, patience=wait, say=click.echo))
    click.echo(f"gone: all that was recorded of {project_slug} until {moment(done.asked)} UTC")
    _tell_remaining(where, done)
    return 0


def _tell_remaining(where: Site, done: Purged | None) -> None:
    for each in done.left if done else ():
        click.echo(f"there now, of later or of people: {each.schema}.{each.table}: {each.rows:,}")
    for idle in done.idle if done else ():
        click.echo(
            f"{idle.name} has no workers: its rows are gone, its topics keep the project until its workers have read "
            f"the order, or until `argus replay drop {idle.name}`"
        )
    click.echo("what Kafka keeps, among the records of other projects, and until when at the latest (UTC):")
    for topic in done.remaining if done else asyncio.run(run.remaining(where)):
        until = "for ever" if topic.until is None else moment(topic.until)
        click.echo(harmless(f"  {topic.topic}: {until} ({topic.why})"))
    click.echo("docs/operations/purge.md tells how to have it sooner")
