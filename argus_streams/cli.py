"""The command line, a thin layer over the rest.

Exit codes: 0 fine, 1 something was malformed or missing, 2 usage, 78 misconfigured.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TextIO

import click
import msgspec

from argus_streams import app, asking, explanation, logs, settings, sources, supervision
from argus_streams.adapters import migrations, topics
from argus_streams.agents.wire import Topics
from argus_streams.core.grouping.parameterize import parameterize as template_of
from argus_streams.core.intake import SLUG
from argus_streams.core.topology import Fine, Weak
from argus_streams.demo import run as demonstration
from argus_streams.errors import ArgusError, Malformed, Misconfigured
from argus_streams.settings import Settings
from argus_streams.streaming.supervisor import MISCONFIGURED

P = ParamSpec("P")


def with_settings(command: Callable[Concatenate[Settings, P], int]) -> Callable[P, None]:
    """Give a command the settings; its result is the exit code, and our errors are one line each."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            sys.exit(command(settings.load(), *args, **kwargs))
        except Misconfigured as error:
            click.echo(f"argus: {error}", err=True)
            sys.exit(MISCONFIGURED)
        except ArgusError as error:
            click.echo(f"argus: {error}", err=True)
            sys.exit(1)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="argus-streams")
def main() -> None:
    """Turn what production says about itself into a short list of explained problems, in Postgres."""
    logs.quieten()


@main.command()
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


@main.command()
@click.argument("roles", nargs=-1, required=True, type=click.Choice([*app.ROLES, "all"]))
@click.option("--attached", is_flag=True, hidden=True, help="End when standard input closes.")
@with_settings
def worker(given: Settings, roles: tuple[str, ...], attached: bool) -> int:  # noqa: FBT001 - click's flag
    """Run one role here, or several as supervised processes."""
    logs.configure(given.log_level)
    wanted = [role for role in app.ROLES if role in roles or "all" in roles]
    if len(wanted) > 1:
        return supervision.run(wanted)
    return asyncio.run(_worked(wanted[0], given, sys.stdin if attached else None))


async def _worked(role: app.Role, given: Settings, attached: TextIO | None) -> int:
    code = await app.run(role, given, attached=attached)
    logging.shutdown()
    os._exit(code)  # librdkafka's and the pool's threads may be in a call; all that matters is committed


@main.command("topics")
@click.argument("action", type=click.Choice(["check", "apply"]))
@with_settings
def topics_command(given: Settings, action: str) -> int:
    """Compare the broker's topics with ours, or make them so."""
    do = topics.check if action == "check" else topics.apply
    decisions = do(
        given.kafka(),
        prefix=given.topic_prefix,
        partitions=given.topic_partitions,
        replication=given.topic_replication,
    )
    for decision in decisions:
        click.echo(f"{decision.topic}: {decision.reason}")
    return asking.exit_code(action, [each for each in decisions if not isinstance(each, Fine | Weak)])


@main.command()
@with_settings
def migrate(given: Settings) -> int:
    """Bring the database and its daily partitions up to date."""
    for migration in asyncio.run(migrations.migrate(given.database())):
        click.echo(f"applied {migration.version} {migration.name}")
    done = asyncio.run(app.upkeep(given))
    click.echo(f"up to date; {len(done.created)} partitions made, {len(done.dropped)} dropped")
    return 0


@main.command()
@with_settings
def config(given: Settings) -> int:
    """Show every setting in force, secrets masked."""
    for name, value in settings.effective(given):
        click.echo(f"{name:<38} {value}".rstrip())
    for name in settings.strangers():
        click.echo(f"argus: {name} is no setting of this version", err=True)
    return 0


def _known_source(_: click.Context, __: click.Parameter, value: str | None) -> str:
    known = sources.load()
    if value is not None and value not in known:
        raise click.BadParameter(f"no source is named {value!r}; there are {', '.join(known)}")
    return value or ""


def _slug(_: click.Context, __: click.Parameter, value: str) -> str:
    if not SLUG.match(value):
        raise click.BadParameter(f"{value!r} is not 1 to 64 of a-z, 0-9 and -")
    return value


def _headers(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Mapping[str, str]:
    told = {}
    for value in values:
        name, colon, text = value.partition(":")
        if not (name.strip() and colon):
            raise click.BadParameter(f"{value!r} is not 'name: value'")
        told[name.strip().lower()] = text.strip()
    return {name: text for name, text in told.items() if text}  # a variable of a CI job may be empty


_HEADERS = click.option(
    "-H", "--header", "headers", multiple=True, callback=_headers, metavar="'NAME: VALUE'", help="One more header."
)


@main.command()
@_HEADERS
@click.option("--source", required=True, callback=_known_source, help="Which vendor's bodies these are.")
@click.option("--project", required=True, callback=_slug, help="Slug of the project they belong to.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_settings
def publish(given: Settings, source: str, project: str, headers: Mapping[str, str], files: tuple[Path, ...]) -> int:
    """Publish bodies from files.

    They go to the topic of raw bodies; a captured request {"headers", "body"} goes with its headers.
    """
    count = asyncio.run(asking.publish(given, source, project, [file.read_bytes() for file in files], headers))
    click.echo(f"published {count} {'body' if count == 1 else 'bodies'} to {Topics.under(given.topic_prefix).incoming}")
    return 0


@main.command()
@_HEADERS
@click.option(
    "--source",
    callback=_known_source,
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


@main.command()
def parameterize() -> None:
    """Print the template of each message, a line each.

    Messages are read from standard input.
    """
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        sys.stdout.buffer.write(template_of(text).encode("utf-8", "replace") + b"\n")


@main.command()
@click.option("--project", help="Only this project's.")
@click.option("--status", type=click.Choice(["open", "regressed", "resolved", "ignored"]), multiple=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="One JSON line a group.")
@with_settings
def groups(given: Settings, project: str | None, status: Any, limit: int, as_json: bool) -> int:  # noqa: FBT001 - click's flag
    """List what is wrong, the latest first."""
    found = asyncio.run(asking.groups(given, project=project, statuses=status, limit=limit))
    if as_json:
        for each in found:
            click.echo(msgspec.json.encode(each))
    else:
        asking.show_groups(found)
    return 0


@main.command()
@click.argument("group_id", metavar="ID")
@click.argument("action", required=False, type=click.Choice(["resolve", "ignore", "reopen"]))
@click.option("--project", help="Where two projects have a group of that id.")
@click.option("--by", default="", help="Who decides; shown with the group.")
@with_settings
def group(given: Settings, group_id: str, action: Any, project: str | None, by: str) -> int:
    """Show one group, or resolve, ignore or reopen it.

    It is shown with its stack, why it is one group, its senders and history. ID is the beginning of its id.
    """
    found = asyncio.run(asking.group(given, group_id, project=project))
    if action is None:
        asyncio.run(asking.show_group(given, found))
    else:
        asyncio.run(asking.command(given, found, action, by))
        click.echo(f"asked to {action}: {found.title.partition(chr(10))[0]} ({found.project} {found.fingerprint})")
    return 0


if __name__ == "__main__":
    main()
