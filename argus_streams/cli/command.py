"""What every command shares: the settings, exit codes, and how options are checked.

Exit codes: 0 fine, 1 something was malformed or missing, 2 usage, 78 misconfigured.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from time import time
from typing import Concatenate, ParamSpec

import click

from argus_streams import settings, sources
from argus_streams.core.generations import naming
from argus_streams.core.intake import SLUG
from argus_streams.errors import ArgusError, Misconfigured
from argus_streams.foreign import harmless
from argus_streams.settings import Settings
from argus_streams.streaming.supervisor import MISCONFIGURED

log = logging.getLogger(__name__)

P = ParamSpec("P")
_AGO = re.compile(r"([0-9]{1,6})([smhd])\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def with_settings(command: Callable[Concatenate[Settings, P], int]) -> Callable[P, None]:
    """Give a command the settings; its result is the exit code, and our errors are one line each."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            sys.exit(command(settings.load(), *args, **kwargs))
        except ArgusError as error:
            _complain(harmless(str(error)))
            sys.exit(MISCONFIGURED if isinstance(error, Misconfigured) else 1)

    return run


def _complain(told: str) -> None:
    if settings.logs_json():
        log.error("%s", told)
    else:
        click.echo(f"argus: {told}", err=True)


def with_generation(command: Callable[Concatenate[Settings, P], int]) -> Callable[P, None]:
    """Give a command the settings, and ``--generation``: the one that workers make, before the setting of that name."""
    return _with_option(command, lambda given, name: given.model_copy(update={"generation": name}))


def with_shown_generation(command: Callable[Concatenate[Settings, P], int]) -> Callable[P, None]:
    """Give a command the settings, and ``--generation``: the one that people are shown instead of the live one."""
    return _with_option(
        command, lambda given, name: given.model_copy(update={"db_schema": given.naming().of(name).schema})
    )


def _with_option(
    command: Callable[Concatenate[Settings, P], int], choose: Callable[[Settings, str], Settings]
) -> Callable[P, None]:
    @wraps(command)
    def run(given: Settings, /, *args: P.args, **kwargs: P.kwargs) -> int:
        name = kwargs.pop("generation", None)
        return command(given if name is None else choose(given, str(name)), *args, **kwargs)

    return click.option("--generation", callback=generation, metavar="NAME", help="Which one: docs/replay.md.")(
        with_settings(run)
    )


def generation(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """The name of a generation."""
    complaint = None if value is None else naming.complaint(value)
    if complaint is not None:
        raise click.BadParameter(complaint)
    return value


def moment(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """A time in ms: so long ago ("2h", "3d"), or ISO 8601, in UTC where it names no zone."""
    if value is None:
        return None
    ago = _AGO.match(value)
    if ago is not None:
        return max(0, int((time() - int(ago[1]) * _SECONDS[ago[2]]) * 1000))
    try:
        told = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is neither like 2h or 3d ago nor a time like 2026-11-27T14:00") from None
    return max(0, int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() * 1000))  # Kafka has no earlier


def known_source(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """The name of a source, or nothing."""
    known = sources.load()
    if value is not None and value not in known:
        raise click.BadParameter(f"no source is named {value!r}; there are {', '.join(known)}")
    return value or ""


def slug(_: click.Context, __: click.Parameter, value: str) -> str:
    """A project's slug."""
    if not SLUG.match(value):
        raise click.BadParameter(f"{value!r} is not 1 to 64 of a-z, 0-9 and -")
    return value


def headers(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Mapping[str, str]:
    """Headers by name, in lower case; those without a value are left out."""
    told = {}
    for value in values:
        name, colon, text = value.partition(":")
        if not (name.strip() and colon):
            raise click.BadParameter(f"{value!r} is not 'name: value'")
        told[name.strip().lower()] = text.strip()
    return {name: text for name, text in told.items() if text}  # a variable of a CI job may be empty
