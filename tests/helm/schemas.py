"""The schemas that a cluster would hold the chart's objects to, made strict: what it does not know is refused."""

import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import jsonschema
import parts
import yaml

# Go's module cache brings the sources of what defines an object, in seconds; it is where Helm comes from, too.
KUBERNETES = "k8s.io/kubernetes@v1.34.0"
DEFINED = {
    "keda.sh": ("github.com/kedacore/keda/v2@v2.18.1", "config/crd/bases"),
    "monitoring.coreos.com": (
        "github.com/prometheus-operator/prometheus-operator@v0.85.0",
        "example/prometheus-operator-crd",
    ),
    "external-secrets.io": ("github.com/external-secrets/external-secrets@v1.3.2", "config/crds/bases"),
}
# Small ones of our own, written from the documentation, where the definition is in no module of Go's: Strimzi's.
OWN = Path(__file__).parent / "schemas"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"


class Unknown(Exception):  # noqa: N818 - what is unknown, not what went wrong
    """There is no schema of this kind of object."""


def complaints(document):
    """What a cluster would not take of an object, each with its place."""
    schema = schema_of(document["apiVersion"], document["kind"])
    errors = jsonschema.Draft202012Validator(schema).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in errors]


@cache
def schema_of(version, kind):
    """The strict schema of a kind of object."""
    group, _, number = version.rpartition("/")
    own = OWN / f"{group}_{kind}_{number}.yaml"
    if own.exists():
        return _with_metadata(strict(yaml.safe_load(own.read_text())))
    if group in DEFINED:
        return _custom(group, number, kind)
    return _built_in(group, number, kind)


def strict(schema):
    """The schema without room for what it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    open_ = closed.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in closed
    if isinstance(closed.get("properties"), dict) and not open_:
        closed["additionalProperties"] = False
    if closed.get("nullable") and isinstance(closed.get("type"), str):
        closed["type"] = [closed["type"], "null"]
    return closed


def _built_in(group, number, kind):
    """Of Kubernetes' own, from what it publishes of its interface."""
    name = f"apis__{group}__{number}" if group else f"api__{number}"
    file = module(KUBERNETES) / "api" / "openapi-spec" / "v3" / f"{name}_openapi.json"
    if not file.exists():
        raise Unknown(f"{group}/{number} {kind}: write tests/helm/schemas/{group}_{kind}_{number}.yaml")
    schemas = _schemas(file)
    wanted = {"group": group, "version": number, "kind": kind}
    for key, schema in schemas.items():
        if wanted in schema.get("x-kubernetes-group-version-kind", []):
            return {"$ref": f"#/components/schemas/{key}", "components": {"schemas": schemas}}
    raise Unknown(f"Kubernetes has no {kind} in {group}/{number}")


@cache
def _schemas(file):
    schemas = strict(json.loads(file.read_text())["components"]["schemas"])
    return {**schemas, QUANTITY: {"type": ["string", "number"]}}


def _custom(group, number, kind):
    """Of a custom resource, from its definition."""
    source, folder = DEFINED[group]
    for definition in _definitions(module(source) / folder, kind):
        if definition["spec"]["group"] == group and definition["spec"]["names"]["kind"] == kind:
            for version in definition["spec"]["versions"]:
                if version["name"] == number and version["served"]:
                    return _with_metadata(strict(version["schema"]["openAPIV3Schema"]))
    raise Unknown(f"{source} has no {kind} in {group}/{number}")


class Loader(yaml.CSafeLoader):
    """YAML 1.1 gives a bare `=` a meaning that PyYAML knows no value for; Prometheus' operators mean the sign."""


Loader.add_constructor("tag:yaml.org,2002:value", yaml.CSafeLoader.construct_yaml_str)


def _definitions(folder, kind):
    texts = [file.read_text() for file in sorted(folder.glob("*.yaml"))]
    return [yaml.load(text, Loader) for text in texts if f"    kind: {kind}\n" in text]  # noqa: S506 - a safe one


def _with_metadata(schema):
    metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    schemas = _schemas(module(KUBERNETES) / "api" / "openapi-spec" / "v3" / "api__v1_openapi.json")
    properties = {**schema["properties"], "metadata": {"$ref": f"#/components/schemas/{metadata}"}}
    return {**schema, "properties": properties, "components": {"schemas": schemas}}


@cache
def module(source):
    """The folder of a module of Go's."""
    with tempfile.TemporaryDirectory() as nowhere:  # outside of any module
        command = ("go", "mod", "download", "-json", source)
        try:
            done = subprocess.run(command, cwd=nowhere, capture_output=True, text=True, check=False)  # noqa: S603
        except FileNotFoundError:
            parts.missing("helm", "Go, whose module cache brings the schemas")
    told = json.loads(done.stdout or "{}")
    if "Dir" not in told:
        parts.missing("helm", f"{source}: {told.get('Error', done.stderr)}")
    return Path(told["Dir"])
