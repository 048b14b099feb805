"""Faults of settings, of this machine and of what stands beside Kafka and Postgres."""

import asyncio
import json
import os
import sys
import threading

import pytest
from commands import argus
from processes import python
from prometheus_client import CollectorRegistry
from sites import NOWHERE, Patient, Site, unknown, wrong

from argus_streams.streaming.health import Health
from argus_streams.streaming.probes import HealthServer

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

HOLD = """
import sys, time
from pathlib import Path
from argus_streams.streaming.store import RocksStore
store = RocksStore(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def site(kafka, database):
    return Site.made(kafka, database)


@pytest.fixture
def patient(site):
    return Patient(site)


def doctor(site, *arguments, **environment):
    """The command: its exit code and what it found, by check and verdict."""
    done = site.argus("doctor", "--json", *arguments, **environment)
    found = json.loads(done.stdout)["findings"]
    return done.exit_code, {(each["check"], each["verdict"]): each for each in found}


def test_a_healthy_deployment_ends_with_0_and_without_colours_where_no_terminal_is(site):
    done = site.argus("doctor")
    assert done.exit_code == 0, done.output
    assert "\nfine     topics: " in done.stdout
    assert "\x1b" not in done.stdout


def test_a_misspelt_setting_is_told_with_the_likeliest_right_one(site):
    code, found = doctor(site, ARGUS_TOPIC_PARTITION="8", ARGUS_COMPLETELY_OTHER="1")
    assert code == 78
    assert found["settings", "wrong"]["mend"] == "rename it to ARGUS_TOPIC_PARTITIONS"
    assert "ARGUS_COMPLETELY_OTHER" in found["settings", "warning"]["what"]


def test_what_kubernetes_tells_of_services_is_no_misspelt_setting(site):
    links = {
        "ARGUS_PORT": "tcp://10.0.0.1:80",
        "ARGUS_SERVICE_HOST": "10.0.0.1",
        "ARGUS_WEB_PORT_80_TCP_ADDR": "10.0.0.1",
    }
    code, found = doctor(site, **links)
    assert (code, found["settings", "fine"]["verdict"]) == (0, "fine")


def test_a_value_that_is_none_is_a_finding_and_hides_no_other(site):
    code, found = doctor(site, ARGUS_KEEP_DAYS="many")
    assert code == 78
    assert found["settings", "wrong"]["what"].startswith("ARGUS_KEEP_DAYS: ")
    assert ("topics", "fine") in found


def test_where_a_wrong_value_would_lead_to_other_topics_kafka_is_not_asked(site):
    code, found = doctor(site, ARGUS_TOPIC_PREFIX="a b")
    assert code == 78
    assert found["topics", "unknown"]["what"] == "Kafka was not asked"
    assert "ARGUS_TOPIC_PREFIX" in found["kafka", "unknown"]["what"]
    assert ("migrations", "fine") in found


def test_without_any_setting_all_that_is_missing_is_told():
    done = argus("doctor", KAFKA_BOOTSTRAP_SERVER="kafka:9092")
    assert done.exit_code == 78
    assert "rename KAFKA_BOOTSTRAP_SERVER to KAFKA_BOOTSTRAP_SERVERS" in done.stdout
    assert "set DATABASE_URL" in done.stdout


def test_what_is_missing_is_wrong_once():
    code, found = unsited()
    assert code == 78
    assert ("kafka", "unknown") in found
    assert {check for check, verdict in found if verdict == "wrong"} == {"settings"}


def test_a_password_that_is_not_escaped_is_a_wrong_setting_and_not_shown():
    code, found = unsited(DATABASE_URL="postgresql://postgres:Tr0ub@dor3@127.0.0.1:1/db")
    assert code == 78
    assert any("%40" in each["what"] for each in found.values() if each["check"] == "settings")
    assert ("postgres", "unknown") in found
    assert not any("dor3" in str(each) or "Tr0ub" in str(each) for each in found.values())


def unsited(**environment):
    done = argus("doctor", "--json", **environment)
    return done.exit_code, {(each["check"], each["verdict"]): each for each in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ARGUS_RULES_FILE", "shop: [{name: a, match: {nothing: x}, parts: [b]}]"),
        ("ARGUS_MAPPINGS_FILE", "projects: ["),
        ("ARGUS_MODELS_FILE", "tiers: {}"),
        ("ARGUS_BUDGETS_FILE", None),
    ],
)
def test_a_file_that_can_not_be_read_is_told_with_its_variable(patient, tmp_path, variable, text):
    file = tmp_path / "file.yaml"
    if text is not None:
        file.write_text(text)
    found = patient.has(*wrong("files"), of=patient.site.beside(**{variable: str(file)}))
    assert found["files"].what.startswith(variable)


def test_an_input_of_an_unknown_source_is_told(patient):
    other = patient.site.beside(ARGUS_INPUTS=f"{patient.site.topics.incoming}=sentri:shop")
    assert "no source sentri" in patient.has(*wrong("inputs"), of=other)["inputs"].what


def test_half_a_login_is_told_by_its_missing_half(patient):
    other = patient.site.beside(ARGUS_KAFKA_SECURITY_PROTOCOL="SASL_SSL", ARGUS_KAFKA_SASL_USERNAME="argus")
    told = other.ailments()["settings", "wrong"]
    assert [each.mend for each in told] == ["set ARGUS_KAFKA_SASL_PASSWORD"]


def test_a_provider_of_models_without_its_key_is_told_but_may_have_it_elsewhere(patient):
    found = patient.has(("models", "warning"), of=patient.site.beside(ARGUS_MODEL_PROVIDERS="foundry"))
    assert "ANTHROPIC_FOUNDRY_API_KEY" in found["models"].what


def test_a_state_folder_that_is_a_file_is_told(patient, tmp_path):
    (tmp_path / "file").write_text("")
    found = patient.has(
        *wrong("state folder"), of=patient.site.beside(ARGUS_STATE_DIR=str(tmp_path / "file" / "state"))
    )
    assert "is a file, where a folder is needed" in found["state folder"].what


@pytest.mark.skipif(sys.platform != "linux", reason="asked of Linux alone")
def test_a_state_folder_that_a_stranger_holds_is_told_with_its_process(patient, tmp_path):
    held = patient.site.beside(ARGUS_STATE_DIR=str(tmp_path))
    patient.recovers(of=held)
    with python(HOLD, str(tmp_path / patient.site.topics.changelog)) as holder:
        assert holder.stdout.readline() == "held\n"
        found = patient.has(*wrong("state folder"), of=held)
        assert f"held by process {holder.pid}" in found["state folder"].what
    patient.recovers(of=held)


def test_a_state_folder_in_memory_is_told(patient):
    shared = "/dev/shm"  # noqa: S108 - a tmpfs of every Linux
    if not os.path.ismount(shared):
        pytest.skip("there is no tmpfs")
    found = patient.site.beside(ARGUS_STATE_DIR=f"{shared}").ailments()
    assert any("tmpfs" in each.what for each in found["state folder", "warning"])


@pytest.mark.redis
def test_a_redis_that_is_away_is_told_once_it_is(patient, redis_server):
    with_redis = patient.site.beside(REDIS_URL=redis_server.url)
    patient.recovers(of=with_redis)
    redis_server.stop()
    assert "REDIS_URL" in patient.has(*wrong("redis"), of=with_redis)["redis"].mend


def test_workers_that_are_named_are_asked_what_stands_in_their_way(patient):
    health = Health("store")
    with serving(health) as url:
        health.hold("outside", "Postgres (no connection)")
        found = patient.has(*wrong("workers"), workers=[url])
        assert "store at" in found["workers"].what
        assert "holding: Postgres" in found["workers"].what
        health.go_on("outside")
        patient.has(("workers", "warning"), workers=[url])
        health.joined, health.rebalancing = True, False
        patient.recovers(workers=[url])
    assert "does not answer" in patient.has(*wrong("workers"), workers=[url])["workers"].what


def test_all_that_is_away_is_told_within_seconds():
    away = {
        "KAFKA_BOOTSTRAP_SERVERS": NOWHERE,
        "DATABASE_URL": f"postgresql://{NOWHERE}/x",
        "REDIS_URL": f"redis://{NOWHERE}",
    }
    found = {
        (each["check"], each["verdict"]) for each in json.loads(argus("doctor", "--json", **away).stdout)["findings"]
    }
    assert set(wrong("kafka", "postgres", "redis", "servers")) <= found
    assert set(unknown("topics", "migrations", "lag")) <= found
    assert found


class serving:  # noqa: N801 - a block
    """A worker's health port for a block."""

    def __init__(self, health):
        self._server = HealthServer(health, CollectorRegistry(), host="127.0.0.1", port=0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return f"http://127.0.0.1:{self._do(self._server.start())}"

    def __exit__(self, *_):
        self._do(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what):
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)
