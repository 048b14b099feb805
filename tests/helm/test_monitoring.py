"""What the chart gives to Prometheus and Grafana is what the repository tests."""

import json

import charts
import pytest
import yaml

from argus_streams import app
from argus_streams.cli import main

ALERTS = [
    group
    for file in sorted((charts.CHART / "alerts").glob("*.yaml"))
    for group in yaml.safe_load(file.read_text())["groups"]
]
DASHBOARDS = {file.stem: json.loads(file.read_text()) for file in (charts.CHART / "dashboards").glob("*.json")}


def one(chart, kind):
    (found,) = chart.all(kind)
    return found


def test_nothing_of_it_is_there_unless_it_was_asked_for(default):
    assert default.all("PodMonitor", "PrometheusRule") == []
    assert not [each for each in default.all("ConfigMap") if "dashboard" in each["metadata"]["name"]]


def test_a_pod_of_each_role_is_read_at_its_health_port_and_no_other_pod(rendered):
    chart = rendered["production"]
    spec = one(chart, "PodMonitor")["spec"]
    (roles,) = spec["selector"]["matchExpressions"]
    assert roles["values"] == list(app.ROLES)
    assert set(app.ROLES) == chart.workloads.keys()
    for workload in chart.workloads.values():
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert spec["selector"]["matchLabels"].items() <= labels.items()
        assert labels[roles["key"]] in roles["values"]
        ports = workload["spec"]["template"]["spec"]["containers"][0]["ports"]
        assert spec["podMetricsEndpoints"][0]["port"] in {port["name"] for port in ports}


def test_metrics_get_the_labels_that_alerts_and_dashboards_group_by(rendered):
    (endpoint,) = one(rendered["production"], "PodMonitor")["spec"]["podMetricsEndpoints"]
    given = {each["targetLabel"]: each["sourceLabels"] for each in endpoint["relabelings"]}
    assert given == {
        "role": ["__meta_kubernetes_pod_label_app_kubernetes_io_component"],
        "release": ["__meta_kubernetes_pod_label_app_kubernetes_io_instance"],
        "instance": ["__meta_kubernetes_pod_name"],
    }


def test_alerts_are_those_of_the_files_to_the_letter(helm):
    rule = one(helm.rendered(prometheusRule={"enabled": True}), "PrometheusRule")
    assert rule["spec"]["groups"] == ALERTS


def test_alerts_get_the_operators_labels_and_runbooks_and_lose_what_is_disabled(rendered):
    rule = one(rendered["production"], "PrometheusRule")
    assert rule["metadata"]["labels"]["release"] == "prometheus"
    rules = [each for group in rule["spec"]["groups"] for each in group["rules"]]
    known = {each["alert"] for group in ALERTS for each in group["rules"]}
    assert {each["alert"] for each in rules} == known - {"ArgusAuditOverdue"}
    for each in rules:
        assert each["labels"]["team"] == "platform"
        assert each["annotations"]["runbook_url"] == f"https://runbooks.example.com/argus/{each['alert']}.md"


def test_an_alert_that_is_disabled_and_is_none_is_refused_by_name(helm):
    with pytest.raises(charts.RefusedError, match=r"prometheusRule\.disabled names ArgusNoSuch, which is no alert"):
        helm.rendered(prometheusRule={"enabled": True, "disabled": ["ArgusNoSuch"]})


def test_the_audit_runs_by_itself_and_tells_the_gateway_under_the_labels_that_alerts_group_by(helm, rendered):
    assert helm.rendered().all("CronJob") == []
    (job,) = rendered["production"].all("CronJob")
    (container,) = charts.pod(job)["spec"]["containers"]
    assert container["args"] == [
        "audit", "--from", "2d", "--wait", "60",
        "--metrics", "http://pushgateway.monitoring:9091/metrics/job/argus-audit/namespace/default/release/argus",
    ]  # fmt: skip
    silent = charts.pod(one(helm.rendered(audit={"enabled": True}), "CronJob"))["spec"]["containers"][0]
    assert "--metrics" not in silent["args"]
    shown = {option for each in main.commands["audit"].params for option in each.opts}
    assert {each for each in container["args"] if each.startswith("--")} <= shown


def test_each_dashboard_is_in_a_config_map_that_grafana_finds(rendered):
    maps = [each for each in rendered["production"].all("ConfigMap") if "-dashboard-" in each["metadata"]["name"]]
    found = {}
    for each in maps:
        assert each["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert each["metadata"]["annotations"]["grafana_folder"] == "argus"
        ((file, text),) = each["data"].items()
        found[file.removeprefix("argus-").removesuffix(".json")] = json.loads(text)
    assert found == DASHBOARDS
