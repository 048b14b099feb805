"""``argus audit``."""

import asyncio
import re
from pathlib import Path
from time import time
from typing import Any

import click

from argus_streams import console
from argus_streams.auditing import measured, report
from argus_streams.auditing.cutting import Scope
from argus_streams.auditing.drain import drained
from argus_streams.auditing.front import audited
from argus_streams.auditing.regions import compared
from argus_streams.cli.command import moment, with_generation
from argus_streams.core.audit.verdict import Verdict
from argus_streams.core.regions import ALIAS
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition

_SPAN = re.compile(r"(.+):(\d+):(\d+)-(\d+)\Z")


def spans(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[Partition, tuple[int, int]]:
    """Offsets by partition."""
    found = {}
    for value in values:
        told = _SPAN.match(value)
        if told is None or int(told[3]) >= int(told[4]):
            raise click.BadParameter(f"{value!r} is not like argus.events.incoming:3:1200-1300")
        found[Partition(told[1], int(told[2]))] = (int(told[3]), int(told[4]))
    return found


def clients(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Librdkafka's settings by region."""
    found = {}
    for value in values:
        alias, told = value.partition("=")[::2]
        if not (ALIAS.fullmatch(alias) and told):
            raise click.BadParameter(f"{value!r} is not like eu=kafka.eu.example:9092 or eu=@eu.properties")
        found[alias] = _client(Path(told[1:])) if told.startswith("@") else {"bootstrap.servers": told}
    return found


def _client(file: Path) -> dict[str, str]:
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{file} can not be read: {error}") from error
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    client = {name.strip(): value.strip() for name, _, value in pairs}
    if "bootstrap.servers" not in client:
        raise click.BadParameter(
            f"{file} names no bootstrap.servers; it holds librdkafka's settings, name=value a line"
        )
    return client


@click.command()
@click.option("--from", "since", callback=moment, metavar="TIME", help="Bodies from then on: 2h or 3d ago, or ISO.")
@click.option("--to", "until", callback=moment, metavar="TIME", help="Bodies before then.")
@click.option(
    "--offsets", callback=spans, multiple=True, metavar="TOPIC:PARTITION:FIRST-END",
    help="Bodies at offsets of an input, END not among them; may be repeated.",
)  # fmt: skip
@click.option("--wait", type=click.FloatRange(0), metavar="SECONDS", help="First wait until nothing is in flight.")
@click.option(
    "--region", "regions", callback=clients, multiple=True, metavar="ALIAS=SERVERS|ALIAS=@FILE",
    help="Hold what another region took against what is mirrored of it here; FILE has Kafka client settings.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One line on standard output, all else on standard error.")
@click.option(
    "--metrics", metavar="FILE|URL",
    help="Tell Prometheus what was found, too, by a file or at a push gateway.",
)  # fmt: skip
@with_generation
def audit(
    given: Settings,
    /,
    wait: float | None,
    regions: dict[str, dict[str, str]],
    as_json: bool,  # noqa: FBT001 - click's flag
    metrics: str | None,
    **span: Any,
) -> int:
    """Prove that every body and event is accounted for.

    Holds the inputs, the ledger, the topics between and Postgres against each other, and tells what is missing or
    double, where, and at which stage; by default of all that is retained. Nothing of it is changed. Exit code 1 when
    anything is missing or double.
    """
    scope = _scope(**span)
    if scope.offsets and regions:
        raise click.UsageError("--offsets are those of a topic in one region: give --from and --to with --region")
    strangers = sorted(regions.keys() - set(given.regions))
    if strangers:
        raise click.UsageError(f"ARGUS_REGIONS does not name {', '.join(strangers)}: nothing of it is read here")
    verdict = asyncio.run(_audited(given, scope, wait))
    with report.progress() as progress:
        others = compared(given, regions, scope, progress)
    if as_json:
        click.echo(report.as_json(verdict, others))
    else:
        report.show(verdict, console.printer(), others)
    if metrics is not None:
        measured.write(verdict, others, metrics, time())
    return int(not (verdict.clean and all(each.clean for each in others)))


def _scope(since: int | None, until: int | None, offsets: dict[Partition, tuple[int, int]]) -> Scope:
    if offsets and (since is not None or until is not None):
        raise click.UsageError("--offsets and --from or --to are two ways to name a span: give one")
    if since is not None and until is not None and until <= since:
        raise click.UsageError("--to is not later than --from: there is nothing between them to audit")
    return Scope(since, until, offsets)


async def _audited(given: Settings, scope: Scope, wait: float | None) -> Verdict:
    if wait is not None and not await drained(given, wait, lambda: None):
        click.echo(f"argus: after {wait:g} s something is still in flight; what is committed is audited", err=True)
    with report.progress() as progress:
        return await audited(given, scope, progress)
