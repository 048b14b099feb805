"""The wheel is whole: installed far from the checkout, the program finds all that it needs."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import parts
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"topics": "topics", "schemas": "schemas", "samples": "samples", "migrations": "supabase/migrations"}
BESIDE_THE_CODE = (
    "py.typed",
    "adapters/queries.sql",
    "embedded/kafka-4.4.0.lock",
    "embedded/log4j2.yaml",
    "embedded/server.properties",
)
ASKS = """
import json, sys
import argus_streams
from argus_streams.adapters import migrations, topics
from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import load_statements
from argus_streams.demo.run import samples
print(json.dumps({
    "package": argus_streams.__file__,
    "folder": str(data_folder("schemas")),
    "topics": [each.name for each in topics.load()],
    "migrations": [each.name for each in migrations.read_migrations(data_folder("migrations"))],
    "statements": len(load_statements("argus_live")),
    "samples": len(samples()),
}))
"""


def _run(*command, cwd, **environment):
    done = subprocess.run(  # noqa: S603 - our own commands
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built as `make wheel` does."""
    if find_spec("hatchling") is None:
        parts.missing("hatchling", "requirements.lock has it, this environment has not")
    folder = tmp_path_factory.mktemp("dist")
    options = ("--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", folder)
    _run(sys.executable, "-m", "pip", "wheel", *options, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """A virtual environment with the wheel, whose dependencies are those of this one."""
    folder = tmp_path_factory.mktemp("far from the checkout")
    _run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    # A path named by a .pth file brings its packages, not its own .pth files: no editable checkout comes along.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = folder / "venv" / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def told(elsewhere):
    """What the installed package says of itself."""
    return json.loads(_run("venv/bin/python", "-c", ASKS, cwd=elsewhere))


def test_every_file_that_travels_is_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"argus_streams/_data/{inside}/{file.name}"
        for inside, folder in FOLDERS.items()
        for file in (ROOT / folder).iterdir()
        if file.is_file()
    }
    assert len(wanted) > 20
    assert {*wanted, *(f"argus_streams/{name}" for name in BESIDE_THE_CODE)} - names == set()


def test_nothing_else_is_in_the_wheel(wheel):
    top = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert len(top) == 2
    assert "argus_streams" in top
    assert not any("__pycache__" in name or "/tests/" in name for name in zipfile.ZipFile(wheel).namelist())


def test_the_licence_is_in_the_wheel(wheel):
    assert any(name.endswith("licenses/LICENSE") for name in zipfile.ZipFile(wheel).namelist())


def test_the_installed_package_reads_its_own_files(elsewhere, told):
    assert told["package"].startswith(str(elsewhere))
    assert told["folder"].startswith(str(elsewhere))


def test_the_installed_topics_are_those_of_the_checkout(told):
    declared = {path.stem for path in (ROOT / "topics").glob("*.yaml")}
    assert {name for name in told["topics"] if not name.endswith(".dlq")} == declared


def test_the_installed_migrations_are_those_of_the_checkout(told):
    files = sorted((ROOT / "supabase" / "migrations").glob("*.sql"))
    assert told["migrations"] == [file.stem.partition("_")[2] for file in files]
    assert told["statements"] > 3


def test_the_installed_demo_has_all_samples(told):
    assert told["samples"] == sum(len(json.loads(file.read_text())) for file in (ROOT / "samples").glob("*.json"))


def test_the_installed_command_explains_a_body_as_the_checkout_does(elsewhere):
    body = ROOT / "samples" / "sentry.json"
    here = _run(sys.executable, "-m", "argus_streams", "explain", "--json", body, cwd=ROOT)
    assert _run(elsewhere / "venv/bin/python", "-m", "argus_streams", "explain", "--json", body, cwd=elsewhere) == here
    assert len(here.splitlines()) > 5


def test_the_installed_script_runs(elsewhere):
    assert "argus" in _run("venv/bin/argus", "--version", cwd=elsewhere)
