"""``argus doctor``."""

import sys
from collections.abc import Sequence
from time import monotonic

import click

from argus_streams import console
from argus_streams.cli.command import generation
from argus_streams.core.doctor.judging import misconfigured, worst
from argus_streams.diagnosis import report
from argus_streams.diagnosis.variables import salvage
from argus_streams.streaming.supervisor import MISCONFIGURED


def urls(_: click.Context, __: click.Parameter, value: str) -> Sequence[str]:
    """Addresses of health ports, comma-separated."""
    told = [each.strip() for each in value.split(",") if each.strip()]
    strange = [each for each in told if not each.startswith(("http://", "https://"))]
    if strange:
        raise click.BadParameter(f"{strange[0]!r} is not like http://host:8080")
    return told


@click.command()
@click.option(
    "--workers",
    default="",
    callback=urls,
    metavar="URL,…",
    help="Ask these workers' health ports too: http://host:8080.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--generation", callback=generation, metavar="NAME", help="Which one: docs/replay.md.")
def doctor(workers: Sequence[str], as_json: bool, generation: str | None) -> None:  # noqa: FBT001 - click's flag
    """Tell what is wrong, and the command that mends it.

    Looks at settings, Kafka, Postgres, Redis and this machine, each within seconds, and changes nothing. Exit code 0
    where nothing is wrong, 1 where something is, 78 where a setting is.
    """
    from argus_streams.diagnosis.run import diagnose  # noqa: PLC0415 - Redis' client is of no use to other commands

    began = monotonic()
    given, refused = salvage()
    made = given if generation is None else given.model_copy(update={"generation": generation})
    findings = diagnose(made, refused, workers=workers)
    if as_json:
        click.echo(report.as_json(findings, monotonic() - began))
    else:
        report.show(findings, monotonic() - began, console.printer())
    sys.exit(MISCONFIGURED if misconfigured(findings) else int(worst(findings) == "wrong"))
