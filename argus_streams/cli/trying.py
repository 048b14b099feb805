"""``argus demo`` and ``bench``."""

from itertools import takewhile
from pathlib import Path

import click

from argus_streams import benchmarking
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


@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[NAME]... [OPTIONS OF ONE]...")
@with_settings
def bench(_: Settings, arguments: tuple[str, ...]) -> int:
    """Measure, beside bare loops and other engines.

    There are parameterize, normalize, group, store, drained, engine, analysis, bill and healing; million and incidents
    are long. Without a name all but the long ones run; `argus bench drained --bodies 50000` gives options to one, and
    `argus bench drained --help` tells them.
    """
    names = tuple(takewhile(lambda each: not each.startswith("-"), arguments))
    strangers = [name for name in names if name not in benchmarking.NAMES]
    if strangers:
        raise click.UsageError(f"no benchmark {', '.join(strangers)}; there are {', '.join(benchmarking.NAMES)}")
    options = arguments[len(names) :]
    if options and len(names) != 1:
        raise click.UsageError("options are those of one benchmark: name that one alone")
    return benchmarking.run(names, options, click.echo)
