"""The mappings of projects, from a YAML file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from argus_streams.core.intake import SLUG
from argus_streams.core.mapping import BodyMapping, WrittenMapping, compiled
from argus_streams.errors import Misconfigured


def load_mappings(file: Path | None, named_by: str = "ARGUS_MAPPINGS_FILE") -> Mapping[str, Sequence[BodyMapping]]:
    """Mappings by project, none without a file. Raises ``Misconfigured`` with what named it and the mistake's place."""
    if file is None:
        return {}
    at = f"{named_by}: {file}"
    try:
        written = msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), dict[str, list[Any]])
    except OSError as error:
        raise Misconfigured(f"{at}: {error.strerror}") from error
    except (ValueError, yaml.YAMLError, msgspec.ValidationError, RecursionError) as error:  # 2026-99-99 is a ValueError
        raise Misconfigured(f"{at}: {error}") from error
    return {project: _of_project(f"{at}: {project}", project, mappings) for project, mappings in written.items()}


def _of_project(at: str, project: str, written: Sequence[Any]) -> Sequence[BodyMapping]:
    if not SLUG.match(project):
        raise Misconfigured(f"{at}: a project is 1 to 64 of a-z, 0-9 and -")
    if not written:
        raise Misconfigured(f"{at}: has no mapping")
    try:
        return tuple(compiled(_shaped(each, number)) for number, each in enumerate(written, 1))
    except Misconfigured as error:
        raise Misconfigured(f"{at}: {error}") from error


def _shaped(written: Any, number: int) -> WrittenMapping:
    """The mapping in its shape; a mistake is told by the mapping's name, where it has one."""
    try:
        return msgspec.convert(written, WrittenMapping)
    except msgspec.ValidationError as error:
        name = written.get("name") if isinstance(written, dict) else None
        raise Misconfigured(f"mapping {number if name is None else repr(name)}: {error}") from error
