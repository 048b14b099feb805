"""What a command loads: a role is given little memory, and a person waits for each second."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["anthropic", "redis", "opentelemetry", "google.protobuf"])
def test_what_only_some_deployments_need_is_not_loaded_by_any_command(package):
    script = f"import sys, argus_streams.cli; sys.exit({package!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0  # noqa: S603 - our own script
