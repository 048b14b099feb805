"""Dead letters: ``argus dlq list`` and ``argus dlq replay``."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, get_args

import click
import msgspec

from argus_streams import console
from argus_streams.cli.command import moment, with_settings
from argus_streams.core.letterbox import Wanted
from argus_streams.core.messages import Stage
from argus_streams.core.replaying import BEYOND, Choice, Decision, Lost, Order, Publish, Write
from argus_streams.dlq import looking, replaying, showing
from argus_streams.dlq.looking import Box
from argus_streams.progress import progress
from argus_streams.settings import Settings
from argus_streams.streaming.records import Records

_FILTERS: Sequence[Callable[[Any], Any]] = (
    click.option("--topic", help="Only of this input, or other topic, by its name."),
    click.option("--source", help="Only of this sender."),
    click.option("--reason", help="Only of this reason, as `argus dlq list --count` tells it."),
    click.option("--project", help="Only of this project."),
    click.option("--stage", type=click.Choice(get_args(Stage)), help="Only what this stage gave up."),
    click.option("--from", "since", callback=moment, metavar="TIME", help='From then on: ISO 8601, UTC, or "2h" ago.'),
    click.option("--to", "until", callback=moment, metavar="TIME", help="Before then."),
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that tell which letters are meant."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


@click.group()
def dlq() -> None:
    """Look at dead letters, and replay them."""


@dlq.command("list")
@filters
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="The newest so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a letter.")
@click.option("--count", is_flag=True, help="How many there are, by reason.")
@with_settings
def list_letters(given: Settings, /, limit: int, as_json: bool, count: bool, **which: Any) -> int:  # noqa: FBT001 - click's flags
    """List the letters that lie in the dead-letter topics, the newest first."""
    wanted = Wanted(**which)
    with looking.reading(given) as records:
        box = looking.look(given, records, wanted.since)
    found = box.choose(wanted, given.topic_prefix)
    if count:
        _show_counts(showing.counts(found, box), as_json=as_json)
    elif as_json:
        for each in found[:limit]:
            click.echo(showing.line(each, box))
    elif found:
        shown = showing.table(found[:limit], box, total=len(found), prefix=given.topic_prefix)
        console.printer().print(shown)
    else:
        click.echo("0 letters")
    _tell_strangers(box)
    return 0


def _show_counts(told: Sequence[dict[str, str | int]], *, as_json: bool) -> None:
    if as_json:
        for each in told:
            click.echo(msgspec.json.encode(each))
    else:
        console.printer().print(showing.counts_table(told))


@dlq.command()
@filters
@click.option("--max", "most", type=click.IntRange(1), help="At most so many letters, the oldest first.")
@click.option("--again", is_flag=True, help="Also what died again when it was replayed.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done about each letter, and why.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@with_settings
def replay(given: Settings, /, most: int | None, again: bool, dry_run: bool, yes: bool, **which: Any) -> int:  # noqa: FBT001 - click's flags
    """Publish the bodies of letters again, each once.

    Bodies go to the topic events.replayed, which NORMALIZE reads: they count under their old ids, at the time at which
    they first came. Commands are given again, rows are written to Postgres again.
    """
    wanted, choice = Wanted(**which), Choice(again=again, most=most)
    with looking.reading(given) as records:
        if dry_run:
            box = looking.look(given, records, wanted.since)
            decisions = replaying.plan(given, records, box, wanted, choice)
            beyond = [each for each in decisions if each.reason == BEYOND]
            for decision in decisions:
                if decision.reason != BEYOND:
                    click.echo(showing.decided(decision, box))
            for told in showing.summary(beyond):
                click.echo(told)
            _tell_strangers(box)
            return _code(decisions)
        return _replayed(given, records, wanted, choice, sure=yes or not sys.stdin.isatty())


def _replayed(given: Settings, records: Records, wanted: Wanted, choice: Choice, *, sure: bool) -> int:
    writer = replaying.writer(given)  # first: from here on nobody else adds to what is read next
    box = looking.look(given, records, wanted.since)
    decisions = replaying.plan(given, records, box, wanted, choice)
    for told in showing.summary(decisions):
        click.echo(told)
    _tell_strangers(box)
    outgoing = [each for each in decisions if isinstance(each, Publish | Order)]
    rows = [each for each in decisions if isinstance(each, Write)]
    total = len(outgoing) + len(rows)
    if not total:
        click.echo("nothing to replay")
        return _code(decisions)
    if not sure and not click.confirm(f"replay {showing.counted(total)}?"):
        return 0
    replayer = replaying.Replayer(given, records, box)
    with progress("letters replayed", total) as tick:
        lost = [*replayer.publish(outgoing, writer, tick), *replayer.store(rows, tick)]
    for each in lost:
        click.echo(showing.decided(each, box))
    click.echo(f"replayed {showing.counted(total - len({each.found.at for each in lost}))}")
    return _code([*decisions, *lost])


def _code(decisions: Sequence[Decision]) -> int:
    return int(any(isinstance(each, Lost) for each in decisions))


def _tell_strangers(box: Box) -> None:
    if box.strangers:
        click.echo(f"argus: {box.strangers:,} records of the dead-letter topics are no letters", err=True)
