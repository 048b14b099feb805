"""``argus plan`` for people, programs and the chart."""

import json
import shutil
import subprocess

import parts
import pytest
import yaml
from commands import argus
from parts import ROOT

EXAMPLE = ("plan", "--rate", "10000", "--bytes", "2000", "--retention", "7d")
CHART = ROOT / "helm" / "argus"


def test_every_line_for_people_has_its_reason_below_it():
    told = argus(*EXAMPLE)
    assert told.exit_code == 0
    lines = told.stdout.splitlines()[:-2]
    assert [line.startswith("    ") for line in lines] == [False, True] * (len(lines) // 2)


def test_programs_are_told_the_same_as_people():
    told = json.loads(argus(*EXAMPLE, "--json").stdout)
    shown = argus(*EXAMPLE).stdout
    assert told["workers"]["normalize"] >= 2
    assert all(line["reason"] in shown for line in [*told["lines"], *told["money"]])


def test_the_values_are_keys_that_the_chart_has():
    def known(given, has, path=""):
        for key, value in given.items():
            assert key in has, f"{path}{key}"
            if isinstance(value, dict) and path != "roles.":
                known(value, has[key], f"{path}{key}.")
            elif path == "roles.":
                assert value.keys() <= (common | has[key]).keys()

    values = yaml.safe_load((CHART / "values.yaml").read_text())
    common = values["common"]
    known(yaml.safe_load(argus(*EXAMPLE, "--values").stdout), values)


@pytest.mark.helm
def test_the_chart_renders_with_the_values(tmp_path):
    if shutil.which("helm") is None:
        parts.missing("helm", "no helm on PATH")
    file = tmp_path / "values.yaml"
    file.write_text(argus(*EXAMPLE, "--values").stdout)
    given = ("--set", "kafka.bootstrapServers=kafka:9092", "--set", "database.existingSecret=database")
    command = [shutil.which("helm"), "template", "argus", CHART, "--kube-version", "1.33.0", "--values", file, *given]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    assert done.returncode == 0, done.stderr
    found = {
        each["metadata"]["labels"]["app.kubernetes.io/component"]: each["spec"]["replicas"]
        for each in yaml.safe_load_all(done.stdout)
        if each and each["kind"] in ("Deployment", "StatefulSet")
    }
    assert found == json.loads(argus(*EXAMPLE, "--json").stdout)["workers"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--rate", "0", "--bytes", "1"), 1, "rate is 0"),
        (("--rate", "nan", "--bytes", "1"), 1, "rate is nan"),
        (("--rate", "1e12", "--bytes", "1"), 1, "rate is 1e+12"),
        (("--rate", "5", "--bytes", "-3"), 1, "body is -3"),
        (("--rate", "5", "--bytes", "1", "--retention", "long"), 2, "'long' is not like 36h or 7d"),
        (("--rate", "5", "--bytes", "1", "--retention", "0d"), 1, "retention is 0"),
        (("--rate", "five", "--bytes", "1"), 2, "five"),
    ],
)
def test_a_wrong_number_is_named(arguments, code, words):
    told = argus("plan", *arguments)
    assert (told.exit_code, words in told.stderr) == (code, True), told.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("as_of: 2026-01-01\nexample: false\n", "missing required field"),
        ("core: .nan\n", "--prices"),
        ("curency: EUR\n", "curency"),
        ("[", "line 1"),
    ],
    ids=["too few", "no number", "misspelt", "no YAML"],
)
def test_a_wrong_price_file_is_named_with_what_is_wrong(tmp_path, text, words):
    file = tmp_path / "prices.yaml"
    whole = (ROOT / "defaults" / "plan-prices.yaml").read_text()
    kept = (
        ""
        if text.startswith(("as_of", "["))
        else "".join(f"{line}\n" for line in whole.splitlines() if not line.startswith("core"))
    )
    file.write_text(kept + text)
    told = argus(*EXAMPLE, "--prices", file)
    assert (told.exit_code, words in told.stderr, str(file) in told.stderr) == (78, True, True), told.stderr


def test_figures_of_ones_own_are_used_and_what_they_lack_is_named(tmp_path):
    file, whole = tmp_path / "figures.yaml", (ROOT / "defaults" / "sizing.yaml").read_text()
    file.write_text(whole.replace("value: 9950", "value: 995"))
    assert json.loads(argus(*EXAMPLE, "--figures", file, "--json").stdout)["workers"]["normalize"] > 50
    file.write_text(whole.replace("  normalize: {value", "  normalise: {value"))
    told = argus(*EXAMPLE, "--figures", file)
    assert (told.exit_code, "cpu lacks normalize" in told.stderr) == (78, True)
