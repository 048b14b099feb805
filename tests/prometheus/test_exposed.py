"""What alerts and dashboards ask for is shown by workers that run, in a form that Prometheus takes."""

import re
import urllib.request
import uuid

import parts
import pytest
from commands import argus
from databases import database_on
from expressions import asked, measured, rules
from processes import comes_true
from prometheus_client.parser import text_string_to_metric_families
from test_dashboards import FILES, expressions

from argus_streams import app, supervision
from argus_streams.adapters import tracing_metrics
from argus_streams.embedded.process import claim_ports

PARTITIONS = 2
UNSEEN = ("argus_model_", "argus_analys", "argus_budget_", "argus_healing_", "argus_unknown_fields")
"""What only models, broken locators or strange fields make: it is announced, and has no value yet."""
ELSEWHERE = {metric.read_as for metric in (*measured.ALL, *tracing_metrics.ALL)}
"""Written by audits, or shown where a collector of traces is named."""


class Crew:
    """A worker of each role, as processes."""

    def __init__(self, bootstrap, database, folder):
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "DATABASE_URL": database,
            "ARGUS_TOPIC_PREFIX": f"m{uuid.uuid4().hex[:8]}.",
            "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
            "ARGUS_HEALTH_HOST": "127.0.0.1",
        }
        self.ports = dict(zip(app.ROLES, claim_ports(folder, len(app.ROLES)), strict=True))
        own = {
            role: {**self.environment, "ARGUS_HEALTH_PORT": str(port), "ARGUS_STATE_DIR": str(folder / role)}
            for role, port in self.ports.items()
        }
        self.supervisor = supervision.supervisor(tuple(app.ROLES), own, logs=folder)

    def argus(self, *arguments):
        done = argus(*arguments, **self.environment)
        assert done.exit_code == 0, done.stderr

    def texts(self):
        """What each role shows; empty while it does not listen yet."""
        return {role: _text(port) for role, port in self.ports.items()}


def _text(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def samples(text):
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def value(texts, role, name, **labels):
    found = [s.value for s in samples(texts[role]) if s.name == name and labels.items() <= s.labels.items()]
    return sum(found)


@pytest.fixture(scope="module")
def shown(kafka, postgres_server, migrated, tmp_path_factory):
    """What the workers of all roles show once they have had an error, a deploy and something unreadable."""
    folder = tmp_path_factory.mktemp("workers")
    with database_on(postgres_server, migrated) as url:
        crew = Crew(kafka, url, folder)
        crew.argus("topics", "apply")
        unreadable = folder / "unreadable.json"
        unreadable.write_text("{")
        crew.supervisor.start()
        try:
            for sender, file in (("sentry", "sentry.json"), ("argus", "argus.json")):
                crew.argus("publish", "--source", sender, "--project", "shop", parts.ROOT / "samples" / file)
            crew.argus("publish", "--source", "sentry", "--project", "shop", unreadable)
            assert comes_true(lambda: _complete(crew.texts()), 60), _logs(folder)
            yield crew.texts()
        finally:
            crew.supervisor.stop()


def _complete(texts):
    """Whether all went through, and ends and beginnings of logs were asked for."""
    counted = value(texts, "correlate", "argus_outcomes_total", stage="group", outcome="counted")
    stored = value(texts, "store", "argus_records_in_total")
    letters = value(texts, "normalize", "argus_letters_total", stage="normalize")
    asked_for = all("argus_headroom_records{" in text for text in texts.values())
    return counted and stored and letters and asked_for


def _logs(folder):
    return "\n".join(file.read_text()[-1500:] for file in sorted(folder.glob("*.log")))


def announced(text):
    """The names that queries may use, by what the text says of each metric."""
    found = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE):
        found |= {f"{name}_bucket", f"{name}_sum", f"{name}_count"} if kind == "histogram" else {name}
    return found


def test_prometheus_takes_what_each_role_shows(promtool, shown):
    for text in shown.values():
        promtool.run("check", "metrics", stdin=text)


def test_everything_that_alerts_and_dashboards_ask_for_is_there(shown):
    wanted = set().union(
        *(asked(rule["expr"]).selected for rule in rules().values()),
        *(asked(text).selected for file in FILES for text in expressions(file)),
    )
    assert wanted - ELSEWHERE - set().union(*map(announced, shown.values())) == set()
    values = {sample.name for text in shown.values() for sample in samples(text)}
    assert {name for name in wanted - ELSEWHERE - values if not name.startswith(UNSEEN)} == set()


def test_numbers_agree_with_each_other(shown):
    def number(name, **labels):
        return value(shown, "normalize", name, **labels)

    outcomes = [number("argus_outcomes_total", outcome=each) for each in ("normalised", "ignored", "dead")]
    assert sum(outcomes) == number("argus_records_in_total") == number("argus_headroom_records")
    assert outcomes[-1] == number("argus_letters_total") == 1
    assert number("argus_expired_records_total") == 0
    for role in app.ROLES:
        assert value(shown, role, "argus_input_partitions") == value(shown, role, "argus_partitions") > 0
    assert value(shown, "correlate", "argus_signals_total", kind="group_new") >= 1
    assert value(shown, "correlate", "argus_state_free_bytes") > 0


def test_each_role_tells_its_version_and_consumer_group(shown):
    for role, text in shown.items():
        (build,) = [sample.labels for sample in samples(text) if sample.name == "argus_build_info"]
        assert build["group"].endswith(f".{role}")
        assert build["version"]
