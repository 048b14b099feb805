"""The mappings of projects, from a YAML file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import yaml

from argus_streams.core.intake import SLUG
from argus_streams.core.mapping import BodyMapping, WrittenMapping, compiled
from argus_streams.errors import Misconfigured


def load_mappings(file: Path | None) -> Mapping[str, Sequence[BodyMapping]]:
    """Mappings by project, none without a file. Raises ``Misconfigured`` with the place of the mistake."""
    if file is None:
        return {}
    try:
        written = msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), dict[str, list[WrittenMapping]])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError, RecursionError) as error:
        raise Misconfigured(f"ARGUS_MAPPINGS_FILE: {file}: {error}") from error
    return {project: _of_project(file, project, mappings) for project, mappings in written.items()}


def _of_project(file: Path, project: str, written: Sequence[WrittenMapping]) -> Sequence[BodyMapping]:
    at = f"ARGUS_MAPPINGS_FILE: {file}: {project}"
    if not SLUG.match(project):
        raise Misconfigured(f"{at}: a project is 1 to 64 of a-z, 0-9 and -")
    if not written:
        raise Misconfigured(f"{at}: has no mapping")
    try:
        return tuple(compiled(each) for each in written)
    except Misconfigured as error:
        raise Misconfigured(f"{at}: {error}") from error
