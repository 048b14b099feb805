"""kube-score finds nothing critical."""

import subprocess

import charts
import parts
import pytest
import yaml

# An image is named by its digest, which is the same wherever it comes from. A CPU limit would throttle heartbeats.
LEFT_OUT = ("--ignore-test", "container-image-pull-policy", "--ignore-container-cpu-limit")


@pytest.mark.parametrize("name", ["production", "airgap"])
def test_nothing_is_critical(rendered, name):
    binary = charts.tool("kube-score")
    if binary is None:
        parts.missing("kube-score", "`go install github.com/zegl/kube-score/cmd/kube-score@latest` makes one")
    text = yaml.safe_dump_all(rendered[name].documents)
    command = (binary, "score", "-", "--output-format", "ci", *LEFT_OUT)
    told = subprocess.run(command, input=text, capture_output=True, text=True, check=False).stdout  # noqa: S603
    lines = told.splitlines()
    assert any(line.startswith("[OK]") for line in lines), told
    assert not [line for line in lines if line.startswith("[CRITICAL]")]
