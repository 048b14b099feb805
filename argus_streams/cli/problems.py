"""What people ask first: ``argus groups`` and ``argus group``."""

import asyncio
from typing import Any, get_args

import click
import msgspec

from argus_streams import asking
from argus_streams.cli.command import with_shown_generation
from argus_streams.core.messages import Group, LinkAction
from argus_streams.foreign import harmless
from argus_streams.settings import Settings


@click.command()
@click.option("--project", help="Only this project's.")
@click.option("--status", type=click.Choice(["open", "regressed", "resolved", "ignored"]), multiple=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="One JSON line a group.")
@with_shown_generation
def groups(given: Settings, project: str | None, status: Any, limit: int, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """List what is wrong, the latest first.

    Groups that are linked are one row, but for --json, which tells each by itself.
    """
    found = asyncio.run(asking.groups(given, project=project, statuses=status, limit=limit))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    else:
        asking.show_groups(asyncio.run(asking.with_linked(given, found)), limit)
    return 0


@click.command()
@click.argument("group_id", metavar="ID")
@click.argument("action", required=False, type=click.Choice(["resolve", "ignore", "reopen", "link", "unlink"]))
@click.argument("other_id", required=False, metavar="[OTHER]")
@click.option("--project", help="Where two projects have a group of that id.")
@click.option("--by", default="", help="Who decides; shown with the group.")
@with_shown_generation
def group(given: Settings, group_id: str, action: Any, other_id: str | None, *, project: str | None, by: str) -> int:
    """Show one group, or decide about it.

    It is shown with its stack, why it is one group, its senders and history. ID is the beginning of its id, OTHER of
    another group's of the project: the one that it is the same problem as, or is not.
    """
    if (other_id is None) == (action in get_args(LinkAction)):
        raise click.UsageError("link and unlink need OTHER, the id of another group, and nothing else takes one")
    found = asyncio.run(asking.group(given, group_id, project=project))
    if action is None:
        asyncio.run(asking.show_group(given, found))
    elif other_id is None:
        asyncio.run(asking.command(given, found, action, by))
        click.echo(f"asked to {action}: {_named(found)}")
    else:
        other = asyncio.run(asking.group(given, other_id, project=found.project))
        asyncio.run(asking.link(given, found, action, other, by))
        click.echo(f"asked to {action}: {_named(found)} {'with' if action == 'link' else 'from'} {_named(other)}")
    return 0


def _named(found: Group) -> str:
    return f"{harmless(found.title.partition(chr(10))[0])} ({found.project} {found.fingerprint})"
