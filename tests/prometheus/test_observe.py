"""What the compose file's profile `observe` mounts is what Prometheus and Grafana take."""

import parts
import yaml
from expressions import ALERTS, OF_TARGETS

from argus_streams.app import ROLES

OBSERVE = parts.ROOT / "deploy" / "observe"
MOUNTED = "/etc/prometheus/alerts"


def read(name):
    return yaml.safe_load((OBSERVE / name).read_text("utf-8"))


def test_prometheus_takes_its_settings_with_all_alerts(promtool, tmp_path):
    here = (OBSERVE / "prometheus.yaml").read_text("utf-8").replace(MOUNTED, str(ALERTS[0].parent))
    (tmp_path / "prometheus.yaml").write_text(here)
    assert f"{len(ALERTS)} rule files found" in promtool.run("check", "config", tmp_path / "prometheus.yaml")


def test_every_role_is_asked_and_gets_the_labels_that_alerts_group_by():
    (job,) = read("prometheus.yaml")["scrape_configs"]
    assert job["dns_sd_configs"][0]["names"] == list(ROLES)
    given = {each["target_label"] for each in job["relabel_configs"]} | {"instance", "job"}
    assert OF_TARGETS - given == {"pod"}


def test_grafana_finds_one_source_of_data_and_the_dashboards():
    (source,) = read("grafana/datasources.yaml")["datasources"]
    assert (source["type"], source["url"], source["isDefault"]) == ("prometheus", "http://prometheus:9090", True)
    (provider,) = read("grafana/dashboards.yaml")["providers"]
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"
