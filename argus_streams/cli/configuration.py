"""``argus config``: every setting in force, secrets masked."""

import click

from argus_streams import settings
from argus_streams.cli.command import with_settings
from argus_streams.settings import Settings, variable


@click.command()
@with_settings
def config(given: Settings) -> int:
    """Show every setting in force, secrets masked."""
    for name, value in effective(given):
        click.echo(f"{name:<38} {value}".rstrip())
    for name in settings.strangers():
        click.echo(f"argus: {name} is no setting of this version", err=True)
    return 0


def effective(given: Settings) -> list[tuple[str, str]]:
    """Every variable with its value in force, secrets masked."""
    return [
        (str(field.validation_alias or variable(name)), _shown(getattr(given, name)))
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: object) -> str:
    if value is None:
        return ""
    return ",".join(value) if isinstance(value, tuple) else str(value)
