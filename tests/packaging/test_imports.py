"""What a command loads: a role is given little memory, and a person waits for each second."""

import subprocess
import sys

import pytest

ALL = "list(main.commands.values())"


def loaded(command, package):
    """Whether a fresh Python that has the command has loaded the package as well."""
    script = f"import sys; from argus_streams.cli import main; {command}; sys.exit({package!r} in sys.modules)"
    return subprocess.run([sys.executable, "-c", script], check=False).returncode != 0  # noqa: S603 - our own script


@pytest.mark.parametrize("package", ["anthropic", "redis", "opentelemetry", "google.protobuf"])
def test_what_only_some_deployments_need_is_not_loaded_by_any_command(package):
    assert not loaded(ALL, package)


@pytest.mark.parametrize(
    ("command", "package"),
    [
        ("config", "confluent_kafka"),
        ("plan", "faust"),
        ("worker", "argus_streams.demo"),
        ("worker", "argus_streams.cli.doctor"),
    ],
)
def test_a_command_loads_nothing_that_only_others_need(command, package):
    assert loaded(ALL, package)
    assert not loaded(f"main.commands[{command!r}]", package)
