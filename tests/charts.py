"""The chart rendered as Helm does it, and what its objects say."""

import json
import os
import shutil
import subprocess
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import parts
import yaml

CHART = parts.ROOT / "helm" / "argus"
VALUES = sorted((CHART / "ci").glob("*-values.yaml"))
KUBERNETES = "1.34.0"  # a Helm of `go install` takes itself to be before 1.21
WORKLOADS = frozenset({"Deployment", "StatefulSet"})
GIVEN = {"kafka": {"bootstrapServers": "kafka:9092"}, "database": {"existingSecret": "argus-database"}}


class RefusedError(Exception):
    """What Helm says instead of rendering."""


class Chart:
    """The objects of one release."""

    def __init__(self, documents):
        self.documents = documents

    def all(self, *kinds):
        return [document for document in self.documents if document["kind"] in kinds]

    def named(self, kind, name):
        (found,) = [each for each in self.all(kind) if each["metadata"]["name"] == name]
        return found

    def labelled(self, kind, component):
        """The objects of a kind that belong to a component."""
        return [each for each in self.all(kind) if _component(each) == component]

    def role(self, name):
        """The workload of a role."""
        return self.workloads[name]

    @cached_property
    def workloads(self):
        return {_component(each): each for each in self.all(*WORKLOADS)}

    @cached_property
    def pods(self):
        """The pods' specs by the kind and name of what makes them, hooks and tests among them."""
        return {_called(each): pod(each)["spec"] for each in self.documents if pod(each)}


class Helm(NamedTuple):
    """The program."""

    binary: str

    def run(self, *arguments):
        """Its standard output; ``RefusedError`` with what it complains of."""
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise RefusedError(done.stderr + done.stdout)
        return done.stdout

    def lint(self, values):
        self.run("lint", "--strict", "--kube-version", KUBERNETES, str(CHART), "--values", str(values))

    def template(self, *files, release="argus", namespace="default", folder=CHART, flags=(), **values):
        """A release as text, with values of files and of our own, which go before those."""
        given = [part for file in files for part in ("--values", str(file))]
        own = [part for key, value in values.items() for part in ("--set-json", f"{key}={json.dumps(value)}")]
        told = (release, str(folder), "--namespace", namespace, "--kube-version", KUBERNETES)
        return self.run("template", *told, *flags, *given, *own)

    def render(self, *files, **given):
        """The objects of a release; what is given is as in ``template``."""
        documents = yaml.load_all(self.template(*files, **given), yaml.CSafeLoader)
        return Chart([document for document in documents if document])

    def rendered(self, release="argus", **values):
        """The same with what has to be given."""
        return self.render(release=release, **{**GIVEN, **values})


def values():
    """The chart's own values."""
    return yaml.safe_load((CHART / "values.yaml").read_text())


def tool(name):
    """A program of Go's, where there is one: on the path, or where `go install` puts it."""
    go = os.environ.get("GOPATH", str(Path.home() / "go"))
    return shutil.which(name) or shutil.which(name, path=f"{go}/bin")


def installed():
    """Helm itself; tests of the chart skip loudly without it."""
    binary = tool("helm")
    if binary is None:
        parts.missing("helm", "`go install helm.sh/helm/v3/cmd/helm@latest` makes one")
    return Helm(binary)


def _component(document):
    return document["metadata"]["labels"].get("app.kubernetes.io/component")


def pod(document):
    """The template of the pods that this makes, if it makes any."""
    if document["kind"] == "Pod":
        return document
    if document["kind"] == "CronJob":
        return document["spec"]["jobTemplate"]["spec"]["template"]
    return document["spec"]["template"] if document["kind"] in WORKLOADS | {"Job"} else None


def _called(document):
    return f"{document['kind']}/{document['metadata']['name']}"
