"""The grouping rules of projects, from a YAML file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec
import yaml

from argus_streams.core.grouping.fingerprint import Field, Rule
from argus_streams.errors import Misconfigured


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """A rule as people write it."""

    name: str
    match: dict[str, str]
    parts: list[str]


def load_rules(file: Path | None) -> Mapping[str, Sequence[Rule]]:
    """Rules by project, none without a file. Raises ``Misconfigured`` with the place of the mistake."""
    if file is None:
        return {}
    try:
        written = msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), dict[str, list[_Written]])
    except OSError as error:
        raise Misconfigured(f"ARGUS_RULES_FILE: {file}: {error.strerror}") from error
    except (ValueError, yaml.YAMLError, msgspec.ValidationError, RecursionError) as error:
        raise Misconfigured(f"ARGUS_RULES_FILE: {file}: {error}") from error
    return {project: tuple(_rule(file, project, each) for each in rules) for project, rules in written.items()}


def _rule(file: Path, project: str, written: _Written) -> Rule:
    unknown = sorted(set(written.match) - set(get_args(Field)))
    if unknown or not written.parts or not written.match:
        what = f"no field {', '.join(unknown)}" if unknown else "`match` and `parts` may not be empty"
        raise Misconfigured(f"ARGUS_RULES_FILE: {file}: {project}: rule {written.name!r}: {what}")
    match: Any = tuple(written.match.items())
    return Rule(name=written.name, match=match, parts=tuple(written.parts))
