"""What the plugins have written, held against the schemas of the topics that it goes to."""

import json

from jsonschema import Draft202012Validator
from parts import ROOT
from referencing import Registry, Resource

SCHEMAS = {path.name: json.loads(path.read_bytes()) for path in (ROOT / "schemas").glob("*.json")}
_REGISTRY = Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items())
_FILES = {"failure": "test_failure.v1.schema.json", "outcome": "outcome.v1.schema.json"}


def told(path):
    """Failures and outcomes of a file, each a list."""
    lines = {"failure": [], "outcome": []}
    for line in path.read_text().splitlines():
        ((kind, value),) = json.loads(line).items()
        Draft202012Validator(SCHEMAS[_FILES[kind]], registry=_REGISTRY).validate(value)
        lines[kind].append(value)
    return lines["failure"], lines["outcome"]
