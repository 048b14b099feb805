"""What people ask first: ``argus groups`` and ``argus group``."""

import asyncio
from typing import Any

import click
import msgspec

from argus_streams import asking
from argus_streams.cli.command import with_shown_generation
from argus_streams.foreign import harmless
from argus_streams.settings import Settings


@click.command()
@click.option("--project", help="Only this project's.")
@click.option("--status", type=click.Choice(["open", "regressed", "resolved", "ignored"]), multiple=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="One JSON line a group.")
@with_shown_generation
def groups(given: Settings, project: str | None, status: Any, limit: int, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """List what is wrong, the latest first."""
    found = asyncio.run(asking.groups(given, project=project, statuses=status, limit=limit))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    else:
        asking.show_groups(found, limit)
    return 0


@click.command()
@click.argument("group_id", metavar="ID")
@click.argument("action", required=False, type=click.Choice(["resolve", "ignore", "reopen"]))
@click.option("--project", help="Where two projects have a group of that id.")
@click.option("--by", default="", help="Who decides; shown with the group.")
@with_shown_generation
def group(given: Settings, group_id: str, action: Any, project: str | None, by: str) -> int:
    """Show one group, or resolve, ignore or reopen it.

    It is shown with its stack, why it is one group, its senders and history. ID is the beginning of its id.
    """
    found = asyncio.run(asking.group(given, group_id, project=project))
    if action is None:
        asyncio.run(asking.show_group(given, found))
    else:
        asyncio.run(asking.command(given, found, action, by))
        click.echo(
            f"asked to {action}: {harmless(found.title.partition(chr(10))[0])} ({found.project} {found.fingerprint})"
        )
    return 0
