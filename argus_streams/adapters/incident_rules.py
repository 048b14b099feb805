"""The rules by which signals become incidents: the program's own, changed by a file of a deployment."""

from collections.abc import Mapping
from pathlib import Path

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.yaml_files import line_of, read, require_slugs
from argus_streams.core.incidents.rules import Incomplete, Overrides, OverridesFile, Rules, overridden
from argus_streams.errors import Misconfigured

VARIABLE = "ARGUS_INCIDENTS_FILE"


def load_incident_rules(file: Path | None) -> tuple[Rules, Mapping[str, Rules]]:
    """The rules of projects that are not named, and those of each that is. Raises ``Misconfigured`` with the line."""
    rules = read(data_folder("defaults") / "incidents.yaml", Rules, "incidents.yaml")
    if file is None:
        return rules, {}
    written = read(file, OverridesFile, VARIABLE)
    require_slugs(file, written.projects, VARIABLE)
    rules = _overridden(file, rules, written.all, "all")
    projects = {project: _overridden(file, rules, by, "projects", project) for project, by in written.projects.items()}
    return rules, projects


def _overridden(file: Path, rules: Rules, by: Overrides, *path: str) -> Rules:
    for name, patch in by.rules.items():
        if isinstance(patch, bool) and name not in rules.rules:
            line = line_of(file, *path, "rules", name)
            raise Misconfigured(f"{VARIABLE}: {file}: line {line}: no rule {name!r} to switch on or off")
    try:
        return overridden(rules, by)
    except Incomplete as error:
        line = line_of(file, *path, "rules", error.rule)
        raise Misconfigured(f"{VARIABLE}: {file}: line {line}: {error}") from error
