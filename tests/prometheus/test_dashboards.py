"""Dashboards show what there is, say what it tells, and belong to nobody's Grafana."""

import json
import re

import parts
import pytest
import yaml
from expressions import OF_WORKERS, asked, measured, strangers

FILES = sorted((parts.ROOT / "helm" / "argus" / "dashboards").glob("*.json"))
UNITS = {"none", "short", "s", "bytes", "Bps", "cps", "eps", "recps", "percentunit", "currencyUSD"}
every_dashboard = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file):
    return json.loads(file.read_text("utf-8"))


def panels(file):
    return [panel for panel in read(file)["panels"] if panel["type"] != "row"]


def expressions(file):
    """As Prometheus gets them once Grafana has put values for its variables."""
    told = [target["expr"] for panel in panels(file) for target in panel["targets"]]
    variables = [variable["query"]["query"] for variable in read(file)["templating"]["list"][1:]]
    asked_for = [re.sub(r"label_values\((.*), \w+\)", r"\1", query) for query in variables]
    return [
        re.sub(r"\$\w+", ".*", text.replace("$__rate_interval", "5m").replace("$__range", "1d"))
        for text in (*told, *asked_for)
    ]


def test_there_is_one_for_each_thing_that_is_watched():
    assert {file.stem for file in FILES} == {"overview", "flow", "lag", "loss", "letters", "groups", "bill"}


@every_dashboard
def test_a_panel_has_a_title_a_description_a_unit_and_a_question(file):
    for panel in panels(file):
        assert panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        assert all(target["expr"] for target in panel["targets"])


@every_dashboard
def test_nothing_is_asked_for_that_nobody_shows(file):
    assert {text: strangers(text) for text in expressions(file) if strangers(text)} == {}


@every_dashboard
def test_prometheus_takes_every_question(file, promtool, tmp_path):
    rules = [{"record": f"n{number}", "expr": text} for number, text in enumerate(expressions(file))]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "questions", "rules": rules}]}))
    promtool.run("check", "rules", tmp_path / "rules.yaml")


@every_dashboard
def test_a_dashboard_works_in_any_grafana_with_any_release(file):
    dashboard = read(file)
    assert [each["name"] for each in dashboard["templating"]["list"]] == ["datasource", "namespace", "release", "role"]
    assert not dashboard.keys() & {"uid", "id"}
    sources = re.findall(r'"uid": "([^"]*)"', file.read_text("utf-8"))
    assert set(sources) == {"${datasource}"}


@every_dashboard
def test_a_question_is_about_the_chosen_release(file):
    for panel in panels(file):
        for target in panel["targets"]:
            chosen = asked(target["expr"]).selected
            lacking = [name for name, labels in chosen.items() if not {"namespace", "release"} <= labels]
            assert set(lacking) <= {"argus_ready"}, target["expr"]  # what another series is only matched with


@every_dashboard
def test_panels_do_not_cover_each_other(file):
    cells = [
        (x, y)
        for panel in read(file)["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    ids = [panel["id"] for panel in read(file)["panels"]]
    assert len(ids) == len(set(ids))


def test_every_metric_is_shown_somewhere():
    shown = " ".join(text for file in FILES for text in expressions(file))
    unused = {metric.name for metric in (*OF_WORKERS, *measured.ALL) if metric.name not in shown}
    assert unused == {"argus_chunk_bytes", "argus_model_fit"}  # beside those of chunk_records and model_unfit
