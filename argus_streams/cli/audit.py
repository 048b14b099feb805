"""``argus audit``."""

import asyncio
import re
from datetime import UTC, datetime
from time import time

import click

from argus_streams import console
from argus_streams.auditing import report
from argus_streams.auditing.cutting import Scope
from argus_streams.auditing.drain import drained
from argus_streams.auditing.front import audited
from argus_streams.cli.command import with_settings
from argus_streams.core.audit.verdict import Verdict
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition

_AGO = re.compile(r"(\d{1,6})([smhd])\Z")
_SPAN = re.compile(r"(.+):(\d+):(\d+)-(\d+)\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def moment(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """A time in ms: so long ago ("2h", "3d"), or ISO 8601, in UTC where it names no zone."""
    if value is None:
        return None
    ago = _AGO.match(value)
    if ago is not None:
        return int((time() - int(ago[1]) * _SECONDS[ago[2]]) * 1000)
    try:
        told = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is neither like 2h or 3d ago nor a time like 2026-11-27T14:00") from None
    return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() * 1000)


def spans(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[Partition, tuple[int, int]]:
    """Offsets by partition."""
    found = {}
    for value in values:
        told = _SPAN.match(value)
        if told is None or int(told[3]) >= int(told[4]):
            raise click.BadParameter(f"{value!r} is not like argus.events.incoming:3:1200-1300")
        found[Partition(told[1], int(told[2]))] = (int(told[3]), int(told[4]))
    return found


@click.command()
@click.option("--from", "since", callback=moment, metavar="TIME", help="Bodies from then on: 2h or 3d ago, or ISO.")
@click.option("--to", "until", callback=moment, metavar="TIME", help="Bodies before then.")
@click.option(
    "--offsets", callback=spans, multiple=True, metavar="TOPIC:PARTITION:FIRST-END",
    help="Bodies at offsets of an input, END not among them; may be repeated.",
)  # fmt: skip
@click.option("--wait", type=click.FloatRange(0), metavar="SECONDS", help="First wait until nothing is in flight.")
@click.option("--json", "as_json", is_flag=True, help="One line on standard output, all else on standard error.")
@with_settings
def audit(
    given: Settings,
    since: int | None,
    until: int | None,
    offsets: dict[Partition, tuple[int, int]],
    wait: float | None,
    as_json: bool,  # noqa: FBT001 - click's flag
) -> int:
    """Prove that every body and event is accounted for.

    Holds the inputs, the ledger, the topics between and Postgres against each other, and tells what is missing or
    double, where, and at which stage; by default of all that is retained. Nothing is written. Exit code 1 when
    anything is missing or double.
    """
    if offsets and (since is not None or until is not None):
        raise click.UsageError("--offsets and --from or --to are two ways to name a span: give one")
    verdict = asyncio.run(_audited(given, Scope(since, until, offsets), wait))
    if as_json:
        click.echo(report.as_json(verdict))
    else:
        report.show(verdict, console.printer())
    return int(not verdict.clean)


async def _audited(given: Settings, scope: Scope, wait: float | None) -> Verdict:
    if wait is not None and not await drained(given, wait, lambda: None):
        click.echo(f"argus: after {wait:g} s something is still in flight; what is committed is audited", err=True)
    with report.progress() as progress:
        return await audited(given, scope, progress)
