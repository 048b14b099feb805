"""What the chart's README and schema take from elsewhere: the values with their comments, the settings' names."""

import json
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import yaml

from argus_streams import settings

CHART = Path(__file__).resolve().parents[1] / "helm" / "argus"
SCHEMA = CHART / "values.schema.json"
DECIDED = {"ARGUS_HEALTH_PORT", "ARGUS_STATE_DIR"}  # by the chart: other objects of it rely on them
SHOWN = 80  # characters of a default; a longer one is read where it stands
_KEY = re.compile(r"(?P<indent> *)(?P<key>[\w.-]+):")
_BEGINS = "# -- "


def values() -> Iterator[tuple[str, str, str]]:
    """Path, default and comment of every value that has a comment beginning with ``# --``."""
    text = (CHART / "values.yaml").read_text("utf-8")
    tree, path, said = yaml.safe_load(text), [], ""
    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("#"):
            said = bare.removeprefix(_BEGINS) if bare.startswith(_BEGINS) else said and f"{said} {bare[1:].strip()}"
        elif key := _KEY.match(line):
            path = [*path[: len(key["indent"]) // 2], key["key"]]
            if said:
                yield ".".join(path), _shown(reduce(lambda part, name: part[name], path, tree)), said
            said = ""
        else:
            said = ""


def schema() -> str:
    """The schema with the names of all settings as the program knows them now."""
    written = json.loads(SCHEMA.read_text("utf-8"))
    names = {name for name, _, _ in settings.described() if name.startswith("ARGUS_")}
    ours, others = written["properties"]["settings"]["propertyNames"]["anyOf"]
    ours["enum"] = sorted(names - settings.secrets() - DECIDED)
    others["allOf"][1]["not"]["enum"] = sorted(settings.secrets() - names)
    written["properties"]["files"]["propertyNames"]["enum"] = list(files())
    return json.dumps(written, indent=2) + "\n"


def files() -> Iterator[str]:
    """The files that settings name, as ``files`` of the values calls them."""
    for name, _, _ in settings.described():
        if name.endswith("_FILE"):
            yield name.removeprefix("ARGUS_").removesuffix("_FILE").lower()


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= SHOWN else "see `values.yaml`"
