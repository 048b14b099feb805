"""Docker Compose's own loader takes the file: its schema, its variables, its profiles, and what depends on what."""

import json
import os
import shutil
import subprocess

import parts
import pytest
from composed import FILE, PASSWORDS, of_profile, services

LOADER = parts.ROOT / "tests" / "deploy" / "loader"


@pytest.fixture(scope="module")
def loader(tmp_path_factory):
    """The reference loader of the Compose Specification, built."""
    if shutil.which("go") is None:
        parts.missing("go", "no go on PATH")
    program = tmp_path_factory.mktemp("loader") / "loader"
    command = [shutil.which("go"), "build", "-o", program, "."]
    built = subprocess.run(command, cwd=LOADER, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if built.returncode:
        parts.missing("go", built.stderr)
    return program


def _loaded(loader, file=FILE, **variables):
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("COMPOSE_", *PASSWORDS))}
    command, given = [loader, file], bare | variables
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)  # noqa: S603 - our own


@pytest.mark.parametrize("profiles", ["single", "ha", "single,observe", "ha,observe"])
def test_every_profile_loads_with_the_services_that_it_names(loader, profiles):
    done = _loaded(loader, COMPOSE_PROFILES=profiles, **PASSWORDS)
    assert done.returncode == 0, done.stderr
    named = {name for each in profiles.split(",") for name in of_profile(each, services())}
    assert json.loads(done.stdout)["services"].keys() == named


def test_a_password_that_is_not_given_is_named_with_what_to_do(loader):
    done = _loaded(loader, COMPOSE_PROFILES="single")
    assert done.returncode == 1
    assert "POSTGRES_PASSWORD" in done.stderr
    assert "docs/operations/compose.md" in done.stderr


def test_a_misspelt_key_is_refused(loader, tmp_path):
    wrong = tmp_path / "compose.yml"
    wrong.write_text(FILE.read_text().replace("read_only:", "readonly:"))
    done = _loaded(loader, wrong, COMPOSE_PROFILES="single", **PASSWORDS)
    assert done.returncode == 1
    assert "readonly" in done.stderr
