"""docker-compose.kafka.yml as tests read it: anchors merged, variables put in."""

import re

import yaml
from parts import ROOT

FILE = ROOT / "docker-compose.kafka.yml"
PASSWORDS = {"POSTGRES_PASSWORD": "two words & more", "GRAFANA_PASSWORD": "another"}


def written():
    """The file without a variable put in."""
    return yaml.safe_load(FILE.read_text())


def services(variables=PASSWORDS):
    """Each service with its variables, those of its environment as text."""
    text = re.sub(r"\$\{(\w+)[^}]*\}", lambda found: variables[found[1]], FILE.read_text())
    return {
        name: service | {"environment": _environment(service)}
        for name, service in yaml.safe_load(text)["services"].items()
    }


def of_profile(profile, given):
    """The services that run with this profile."""
    return {name: service for name, service in given.items() if profile in service.get("profiles", [profile])}


def seconds(duration):
    """Compose's `30s` as a number."""
    return float(duration.removesuffix("s"))


def _environment(service):
    told = service.get("environment", {})
    return {name: str(value) for name, value in told.items() if value is not None}
