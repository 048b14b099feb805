"""What a load needs: ``argus plan``."""

import re
from pathlib import Path
from typing import Any

import click
import msgspec
import yaml

from argus_streams.adapters import planning
from argus_streams.adapters.budgets import load_budgets
from argus_streams.cli.command import with_settings
from argus_streams.core.planning.figures import Figures, Given, Line, Load, Plan
from argus_streams.core.planning.sizing import plan as made
from argus_streams.settings import Settings

_DURATION = re.compile(r"([0-9]{1,6})([hd])\Z")
_SECONDS = {"h": 3_600.0, "d": 86_400.0}
_NANOS = 1e9  # of a dollar
_PATH = click.Path(path_type=Path, dir_okay=False)


def _duration(_: click.Context, __: click.Parameter, value: str) -> float:
    found = _DURATION.match(value)
    if found is None:
        raise click.BadParameter(f"{value!r} is not like 36h or 7d")
    return int(found[1]) * _SECONDS[found[2]]


@click.command()
@click.option("--rate", type=float, required=True, help="Bodies a second, on average of a busy day.")
@click.option("--bytes", "body", type=float, required=True, help="Bytes of a body, on average.")
@click.option("--retention", callback=_duration, default="7d", show_default=True, help="How long inputs are kept.")
@click.option("--replication", type=int, default=3, show_default=True, help="Replicas of each topic.")
@click.option("--problems", type=int, default=100_000, show_default=True, help="Groups that are alive at a time.")
@click.option("--projects", type=int, default=10, show_default=True, help="Projects, each with its budget for models.")
@click.option("--prices", type=_PATH, help="YAML with your prices; default: defaults/plan-prices.yaml, examples.")
@click.option("--figures", type=_PATH, help="YAML with figures of your own; default: defaults/sizing.yaml.")
@click.option("--json", "shape", flag_value="json", help="One JSON object.")
@click.option("--values", "shape", flag_value="values", help="Values for the chart helm/argus.")
@with_settings
def plan(given: Settings, /, prices: Path | None, figures: Path | None, shape: str | None, **load: Any) -> int:
    """Say what a load needs, of what, why, and at what price."""
    measured = planning.load_figures(figures)
    found = made(
        Given(
            load=Load(**load),
            figures=measured,
            prices=planning.load_prices(prices),
            kept=planning.kept(),
            keep_days=given.keep_days,
            dollars_a_day=load_budgets(given.budgets_file).of("").nanos_per_day / _NANOS,
        )
    )
    match shape:
        case "json":
            click.echo(msgspec.json.encode(found).decode())
        case "values":
            click.echo(yaml.safe_dump(_values(found, measured), sort_keys=False), nl=False)
        case _:
            _show(found, measured)
    return 0


def _show(found: Plan, measured: Figures) -> None:
    for line in (*found.lines, *found.money):
        click.echo(f"{line.name:<27}{_amount(line):>12} {line.unit}\n    {line.reason}")
    click.echo(f"\nMeasured on {measured.machine}: defaults/sizing.yaml tells by what, and when.")


def _amount(line: Line) -> str:
    """Whole where it is a number of things, else with what tells apart small ones."""
    return f"{line.amount:,.0f}" if line.amount >= 100 or line.amount == int(line.amount) else f"{line.amount:,.2f}"  # noqa: PLR2004 - three digits are enough


def _values(found: Plan, measured: Figures) -> dict[str, Any]:
    """Values of the chart: what the plan says, and nothing else."""
    roles: dict[str, Any] = {}
    for role, replicas in found.workers.items():
        size = measured.workers[role]
        memory = f"{size.memory:.0f}Mi"
        resources = {"requests": {"cpu": f"{size.cpu * 1000:.0f}m", "memory": memory}, "limits": {"memory": memory}}
        roles[role] = {"replicas": replicas, "resources": resources}
    roles["correlate"]["persistence"] = {"size": f"{found.state_gib}Gi"}
    return {"kafka": {"partitions": found.partitions, "replication": found.load.replication}, "roles": roles}
