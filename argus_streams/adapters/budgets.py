"""What each project may spend on analysis, from a YAML file."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from argus_streams.adapters import yaml_files
from argus_streams.adapters.contracts import data_folder
from argus_streams.core.analysis.account import Limits

_VARIABLE = "ARGUS_BUDGETS_FILE"
_NANOS = 1_000_000_000  # a dollar


class _Budget(Struct, frozen=True, forbid_unknown_fields=True):
    """As people write it."""

    dollars_per_day: Annotated[float, Meta(ge=0, le=1_000_000)]
    calls_per_minute: Annotated[int, Meta(ge=0, le=100_000)]


class _Budgets(Struct, frozen=True, forbid_unknown_fields=True):
    default: _Budget
    projects: dict[str, _Budget] = {}


class Budgets:
    """The limits of every project."""

    def __init__(self, default: Limits, own: Mapping[str, Limits]) -> None:
        self._default = default
        self._own = own

    def of(self, project: str) -> Limits:
        """A project's limits: its own, else the default."""
        return self._own.get(project, self._default)


def load_budgets(file: Path | None) -> Budgets:
    """The budgets, those that travel with the program without a file. Raises ``Misconfigured``."""
    file = file or data_folder("defaults") / "budgets.yaml"
    written = yaml_files.read(file, _Budgets, _VARIABLE)
    yaml_files.require_slugs(file, written.projects, _VARIABLE)
    return Budgets(_limits(written.default), {project: _limits(each) for project, each in written.projects.items()})


def _limits(written: _Budget) -> Limits:
    return Limits(int(Decimal(repr(written.dollars_per_day)) * _NANOS), written.calls_per_minute)
