"""What operators type: ``argus worker``, ``topics``, ``migrate``."""

import asyncio
import gc
import logging
import os
import sys
from typing import TextIO

import click

from argus_streams import app, asking, logs, supervision
from argus_streams.adapters import migrations, topics
from argus_streams.cli.command import with_generation
from argus_streams.core.topology import Fine, Weak
from argus_streams.settings import Settings

# Objects made since the last collection, collections until a deeper one. A turn makes thousands of values that refer to
# nothing else and go with it: Python's 700 would look at them again and again (docs/adr/0016). Deeper ones come soon
# all the same, for garbage may hold whole chunks.
COLLECT = (50_000, 4, 4)


@click.command()
@click.argument("roles", nargs=-1, required=True, type=click.Choice([*app.ROLES, "all"]))
@click.option("--attached", is_flag=True, hidden=True, help="End when standard input closes.")
@with_generation
def worker(given: Settings, roles: tuple[str, ...], attached: bool) -> int:  # noqa: FBT001 - click's flag
    """Run one role here, or several as supervised processes."""
    wanted = [role for role in app.ROLES if role in roles or "all" in roles]
    logs.configure(given.log_level, given.log_format, wanted[0] if len(wanted) == 1 else "supervisor")
    if len(wanted) > 1:
        return supervision.run(wanted, {"ARGUS_GENERATION": given.generation})
    return asyncio.run(_worked(wanted[0], given, sys.stdin if attached else None))


async def _worked(role: app.Role, given: Settings, attached: TextIO | None) -> int:
    gc.freeze()  # what was loaded lives as long as the process: the collector need not look at it again
    gc.set_threshold(*COLLECT)
    code = await app.run(role, given, attached=attached)
    logging.shutdown()
    os._exit(code)  # librdkafka's and the pool's threads may be in a call; all that matters is committed


@click.command("topics")
@click.argument("action", type=click.Choice(["check", "apply"]))
@with_generation
def topics_command(given: Settings, action: str) -> int:
    """Compare the broker's topics with ours, or make them so."""
    do = topics.check if action == "check" else topics.apply
    decisions = do(
        given.kafka(),
        prefix=given.topic_prefix,
        derived=given.making().prefix,
        partitions=given.topic_partitions,
        replication=given.topic_replication,
        regions=given.regions,
    )
    for decision in decisions:
        click.echo(f"{decision.topic}: {decision.reason}")
    return asking.exit_code(action, [each for each in decisions if not isinstance(each, Fine | Weak)])


@click.command()
@with_generation
def migrate(given: Settings) -> int:
    """Bring the database and its daily partitions up to date."""
    for migration in asyncio.run(migrations.migrate(given.database())):
        click.echo(f"applied {migration.version} {migration.name}")
    asyncio.run(app.provide(given))
    done = asyncio.run(app.upkeep(given))
    click.echo(f"up to date; {len(done.created)} partitions made, {len(done.dropped)} dropped")
    return 0
