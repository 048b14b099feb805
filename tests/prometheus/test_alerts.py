"""Alerts fire when they should and are silent when they should not, and each tells a person what to do."""

import re

import parts
import pytest
import yaml
from expressions import ALERTS, rules, strangers

HERE = parts.ROOT / "tests" / "prometheus"
CASES = sorted(HERE.glob("*.yaml"))
RUNBOOKS = parts.ROOT / "docs" / "runbooks"
PARTS = ["## What it means", "## What to look at", "## What to do", "## When it is over"]
SEVERITIES = {"critical", "warning", "info"}

every_alert = pytest.mark.parametrize("name", sorted(rules()))


def cases():
    """For each alert, whether its cases expect it to fire."""
    found = {}
    for file in CASES:
        for test in yaml.safe_load(file.read_text("utf-8"))["tests"]:
            for case in test["alert_rule_test"]:
                found.setdefault(case["alertname"], []).append(bool(case["exp_alerts"]))
    return found


def test_prometheus_takes_every_rule(promtool):
    promtool.run("check", "rules", *ALERTS)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_alerts_fire_when_they_should_and_are_silent_when_not(promtool, file):
    promtool.run("test", "rules", file)


@every_alert
def test_an_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent(name):
    assert set(cases()[name]) == {True, False}


def test_every_case_is_about_an_alert_that_there_is():
    assert cases().keys() == rules().keys()


@every_alert
def test_an_alert_says_how_bad_it_is_what_has_happened_and_where_to_read_on(name):
    rule = rules()[name]
    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks/{name}.md"
    assert rule["annotations"]["description"].endswith(".")


@every_alert
def test_a_text_names_only_labels_that_the_alert_has(name):
    rule = rules()[name]
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"\b(?:by|on) \(([^)]*)\)", rule["expr"]))))
    named = set(re.findall(r"\$labels\.(\w+)", "".join(rule["annotations"].values())))
    assert named <= grouped


@every_alert
def test_an_alert_asks_for_nothing_that_nobody_shows(name):
    assert strangers(rules()[name]["expr"]) == set()


@every_alert
def test_a_threshold_has_its_reason_beside_it(name):
    (text,) = [text for file in ALERTS if f"- alert: {name}\n" in (text := file.read_text("utf-8"))]
    before = text.split(f"- alert: {name}\n")[0].rstrip().splitlines()
    assert before[-1].strip().startswith("#")


@every_alert
def test_an_alert_has_a_runbook_of_four_parts(name):
    text = (RUNBOOKS / f"{name}.md").read_text("utf-8")
    lines = text.splitlines()
    assert lines[0] == f"# {name}"
    assert [line for line in lines if line.startswith("## ")] == PARTS


def test_every_runbook_belongs_to_an_alert():
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == {"README", *rules()}


@every_alert
def test_a_runbook_asks_for_nothing_that_nobody_shows(name):
    text = (RUNBOOKS / f"{name}.md").read_text("utf-8")
    queries = "\n".join(re.findall(r"^```promql\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    named = " ".join(re.findall(r"`((?:argus|process)_\w+(?:\{[^`]*\})?)`", text))
    assert [line for line in queries.splitlines() if strangers(line)] == []
    assert strangers(named) == set()
