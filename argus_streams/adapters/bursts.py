"""When a group is told to spike, from a YAML file; what it leaves out is as in ours."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from argus_streams.adapters import yaml_files
from argus_streams.adapters.contracts import data_folder
from argus_streams.core.grouping.spike import Bursts, Limits

VARIABLE = "ARGUS_BURSTS_FILE"
_MINUTE = 60_000  # ms


class _Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """As people write them."""

    threshold: Annotated[int, Meta(ge=1)] | None = None
    multiplier: Annotated[float, Meta(ge=1)] | None = None
    cooldown_minutes: Annotated[int, Meta(ge=0)] | None = None


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    usual: _Numbers = _Numbers()
    projects: dict[str, _Numbers] = {}


def load_bursts(file: Path | None) -> Bursts:
    """What a burst is in each project. Raises ``Misconfigured`` that names the line of a mistake."""
    ours = yaml_files.read(data_folder("defaults") / "bursts.yaml", _File, VARIABLE)
    told = ours if file is None else _told(file)
    projects = {slug: _limits(numbers, told.usual, ours.usual) for slug, numbers in told.projects.items()}
    return Bursts(_limits(told.usual, ours.usual), projects)


def _told(file: Path) -> _File:
    told = yaml_files.read(file, _File, VARIABLE)
    yaml_files.require_slugs(file, told.projects, VARIABLE)
    return told


def _limits(*given: _Numbers) -> Limits:
    """Each number by the first that tells it; ours tell all."""
    return Limits(
        threshold=next(each.threshold for each in given if each.threshold is not None),
        multiplier=next(each.multiplier for each in given if each.multiplier is not None),
        cooldown=next(each.cooldown_minutes for each in given if each.cooldown_minutes is not None) * _MINUTE,
    )
