"""What the chart's README and schema take from elsewhere: the values with their comments, the settings."""

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
KNOWN = CHART / "files" / "settings.yaml"
DECIDED = {"ARGUS_HEALTH_PORT", "ARGUS_STATE_DIR"}  # by the chart: other objects of it rely on them
SHOWN = 80  # characters of a default; a longer one is read where it stands
_KEY = re.compile(r"(?P<indent> *)(?P<key>[\w.-]+):")
_BEGINS = "# -- "
_HEAD = "# Written by `make docs`: the settings that values may set by name, and those that are a Secret's.\n"
_NULL = {"type": "null"}


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
    """The schema with the settings as the program knows them now, and with what null can not take away."""
    written = json.loads(SCHEMA.read_text("utf-8"))
    written["properties"]["settings"]["properties"] = dict(_limits())
    written["properties"]["files"]["propertyNames"]["enum"] = list(files())
    defaults = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    written["allOf"] = [_needed(written, defaults, written["$defs"]["role"])]
    return json.dumps(written, indent=2) + "\n"


def known() -> str:
    """The names of the settings that may stand in the values, and of those that are secret."""
    names = {name for name, _, _ in settings.described() if name.startswith("ARGUS_")}
    told = {"open": sorted(names - settings.secrets() - DECIDED), "secret": sorted(settings.secrets())}
    return _HEAD + yaml.safe_dump(told, sort_keys=False, width=120)


def _limits() -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each setting that is a number or a choice, what it may be; a number may be written as text."""
    for name, field in settings.Settings.model_json_schema()["properties"].items():
        told = next((each for each in field.get("anyOf", [field]) if {"enum", "minimum"} & each.keys()), {})
        if "enum" in told:
            yield settings.variable(name), {"enum": told["enum"]}
        elif told.get("type") == "integer":
            bounds = {key: told[key] for key in ("minimum", "maximum")}
            yield settings.variable(name), {"type": ["integer", "string"], **bounds, "pattern": "^[0-9]*$"}


def _needed(place: dict[str, Any], told: dict[str, Any], role: dict[str, Any]) -> dict[str, Any]:
    """What null can not take out of the defaults: of a key whose value is null Helm hands nothing on.

    What is empty, 0 or false is so without its key, too; a map of which the schema names no fields is a person's own.
    """
    fields = (role if place.get("$ref") == "#/$defs/role" else place).get("properties", {})
    kept = {name: told[name] for name in fields if told.get(name) and _NULL not in fields[name].get("anyOf", ())}
    maps = {name: _needed(fields[name], value, role) for name, value in kept.items() if isinstance(value, dict)}
    return {"required": list(kept), "properties": {name: part for name, part in maps.items() if part["required"]}}


def files() -> Iterator[str]:
    """The files that settings name, as ``files`` of the values calls them."""
    for name, _, _ in settings.described():
        if name.endswith("_FILE"):
            yield name.removeprefix("ARGUS_").removesuffix("_FILE").lower()


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= SHOWN else "see `values.yaml`"
