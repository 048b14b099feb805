"""``argus demo``."""

from pathlib import Path

import click

from argus_streams.cli.command import with_settings
from argus_streams.demo import run as demonstration
from argus_streams.settings import Settings


@click.command()
@click.option("--seconds", type=click.FloatRange(min=5), help="Publish this long from readiness, drain, and end.")
@click.option("--json", "as_json", is_flag=True, help="One line on standard output, all else on standard error.")
@click.option("--rate", type=click.FloatRange(1, 2000), default=30.0, show_default=True, help="Bodies a second.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep Kafka's and Postgres' data here.")
@with_settings
def demo(given: Settings, seconds: float | None, as_json: bool, rate: float, data: Path | None) -> int:  # noqa: FBT001 - click's flags
    """Try it out: sample payloads become problems.

    Starts a local Kafka and Postgres and all roles, publishes, and tells a story; Ctrl-C ends it.
    """
    if as_json and seconds is None:
        raise click.UsageError("--json needs --seconds: the line is printed at the end")
    plan = demonstration.Plan(seconds=seconds, rate=rate, data=data, as_json=as_json)
    return demonstration.run(given, plan)
