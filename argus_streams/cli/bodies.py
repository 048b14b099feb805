"""What is done with bodies by hand: ``argus publish``, ``explain``, ``parameterize``."""

import asyncio
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from argus_streams import asking, explanation
from argus_streams.agents.wire import Topics
from argus_streams.cli import command
from argus_streams.cli.command import with_settings
from argus_streams.core.grouping.parameterize import parameterize as template_of
from argus_streams.errors import Malformed
from argus_streams.settings import Settings

_HEADERS = click.option(
    "-H",
    "--header",
    "headers",
    multiple=True,
    callback=command.headers,
    metavar="'NAME: VALUE'",
    help="One more header.",
)


@click.command()
@_HEADERS
@click.option("--source", required=True, callback=command.known_source, help="Which vendor's bodies these are.")
@click.option("--project", required=True, callback=command.slug, help="Slug of the project they belong to.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_settings
def publish(given: Settings, source: str, project: str, headers: Mapping[str, str], files: tuple[Path, ...]) -> int:
    """Publish bodies from files.

    They go to the topic of raw bodies; a captured request {"headers", "body"} goes with its headers.
    """
    count = asyncio.run(asking.publish(given, source, project, [file.read_bytes() for file in files], headers))
    click.echo(f"published {count} {'body' if count == 1 else 'bodies'} to {Topics.under(given.topic_prefix).incoming}")
    return 0


@click.command()
@_HEADERS
@click.option(
    "--source",
    callback=command.known_source,
    help="Whose bodies these are; default: the name of the file or its folder.",
)
@click.option("--project", default="", help="Whose rules and mappings apply; default: the only project of --mapping.")
@click.option("--mapping", type=click.Path(path_type=Path), help="Try this file of mappings: the source is `mapped`.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line an event.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@with_settings
def explain(
    given: Settings,
    /,
    files: tuple[str, ...],
    mapping: Path | None,
    headers: Mapping[str, str],
    as_json: bool,  # noqa: FBT001 - click's flag
    **whose: str,
) -> int:
    """Tell what would happen to bodies, and why.

    No broker is needed. "-" reads NDJSON lines {"source", "headers"?, "body"} from standard input.
    """
    trial, names = asking.trial(given, mapping, **whose), Topics.under(given.topic_prefix)
    show = asking.as_json if as_json else asking.as_text
    bad = False
    for offset, body in enumerate(asking.bodies(files, trial.source, trial.norms.sources)):
        if isinstance(body, Malformed):
            told: Iterable[Mapping[str, Any]] = [asking.unread(body)]
        else:
            if body.case and not as_json:
                click.echo(f"# {' '.join(body.case.split())}")
            told = explanation.lines(asking.with_headers(body, headers), offset, trial.norms, names, trial.project)
        for line in told:
            bad = bad or explanation.refused(line)
            click.echo(show(line))
    return int(bad)


@click.command()
def parameterize() -> None:
    """Print the template of each message, a line each.

    Messages are read from standard input.
    """
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        sys.stdout.buffer.write(template_of(text).encode("utf-8", "replace") + b"\n")
