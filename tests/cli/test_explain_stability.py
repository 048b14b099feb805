import json
import os
import shutil
import subprocess
import sys

import parts
import pytest

SOURCES = ("sentry", "github", "alertmanager", "otlp")
pytestmark = pytest.mark.shared


def explained(python, seed):
    """What `explain --json` prints of all these payloads, in the order of their names; the folder names the source."""
    folders = (parts.SHARED / "payloads" / source for source in SOURCES)
    files = [str(file) for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(parts.ROOT)}
    command = [python, "-m", "argus_streams", "explain", "--json", *files]
    ran = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)  # noqa: S603 - ours
    assert ran.returncode in {0, 1}, ran.stderr.decode()
    return ran.stdout


@pytest.fixture(scope="module")
def printed():
    return explained(sys.executable, "1")


def other_pythons():
    """The interpreters of other versions that have what we depend on."""
    found = {}
    for version in ("3.11", "3.12", "3.13"):
        named = os.environ.get(f"ARGUS_PYTHON_{version.replace('.', '_')}")
        python = named or shutil.which(f"python{version}")
        if python and f"{sys.version_info.major}.{sys.version_info.minor}" != version and _serves(python):
            found[version] = python
    return found


def _serves(python):
    environment = os.environ | {"PYTHONPATH": str(parts.ROOT)}
    command = [python, "-c", "import argus_streams.cli"]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0  # noqa: S603 - ours


def test_two_runs_print_the_same_bytes_whatever_the_hash_seed(printed):
    assert explained(sys.executable, "4711") == printed


def test_nothing_that_a_vendor_published_is_malformed(printed):
    lines = [json.loads(line) for line in printed.splitlines()]
    assert {line["source"] for line in lines} == set(SOURCES)
    assert [line for line in lines if "malformed" in line] == []


def test_every_python_prints_the_same_bytes(printed):
    pythons = other_pythons()
    if not pythons:
        pytest.skip(f"{parts.MISSING}no other Python has our dependencies: name one in ARGUS_PYTHON_3_12, ..._3_13")
    assert [version for version, python in pythons.items() if explained(python, "2") != printed] == []
