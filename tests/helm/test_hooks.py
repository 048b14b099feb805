"""What runs before the workers do, with exactly the command and the environment that the chart renders."""

import urllib.error
import urllib.request
import uuid

import charts
import commands
import pods
import psycopg
import pytest
from processes import comes_true

from argus_streams.embedded.process import claim_ports

NOWHERE = "127.0.0.1:1"  # nobody listens on it


def hooks(chart):
    """Jobs in the order in which Helm runs them."""
    return sorted(chart.all("Job"), key=weight)


def weight(document):
    return int(document["metadata"]["annotations"]["helm.sh/hook-weight"])


def running(chart, container, **changed):
    """A container as a process here, with the environment that it would have there."""
    return commands.process(*container["args"], **{**pods.environment(chart, container), **changed})


def ended(process):
    """Exit code, and what was said."""
    out, errors = process.communicate(timeout=300)
    return process.returncode, out + errors


def run(chart, job):
    (container,) = job["spec"]["template"]["spec"]["containers"]
    with running(chart, container) as process:
        return ended(process)


@pytest.fixture
def install(helm):
    """Renders a release of its own name on this Kafka and this Postgres, both in values."""

    def rendered(kafka, postgres, **more):
        own = {"database.existingSecret": "", "database.url": postgres}
        values = {"kafka.bootstrapServers": kafka, "kafka.partitions": 4, **own, **more}
        return helm.rendered(release=f"r{uuid.uuid4().hex[:8]}", **values)

    return rendered


def test_topics_come_before_tables_and_what_they_need_before_both(install):
    chart = install("kafka:9092", "postgresql://db")
    assert [job["spec"]["template"]["spec"]["containers"][0]["args"] for job in hooks(chart)] == [
        ["topics", "apply"],
        ["migrate"],
    ]
    made = {
        (each["kind"], each["metadata"]["name"]): weight(each)
        for each in chart.documents
        if "helm.sh/hook-weight" in each["metadata"].get("annotations", {})
    }
    for job in hooks(chart):
        spec = job["spec"]["template"]["spec"]
        assert made["ServiceAccount", spec["serviceAccountName"]] < weight(job)
        (container,) = spec["containers"]
        assert "envFrom" not in container, "the workers' ConfigMap comes later"
        secrets = {each["valueFrom"]["secretKeyRef"]["name"] for each in container["env"] if "valueFrom" in each}
        assert all(made["Secret", name] < weight(job) for name in secrets)


def test_what_failed_is_kept_with_its_logs_until_the_next_run(default):
    for job in hooks(default):
        annotations = job["metadata"]["annotations"]
        assert annotations["helm.sh/hook"] == "pre-install,pre-upgrade"
        assert set(annotations["helm.sh/hook-delete-policy"].split(",")) == {"before-hook-creation", "hook-succeeded"}
        assert job["spec"]["activeDeadlineSeconds"] > 0
        assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize("name", ["topics", "migrate"])
def test_each_can_be_switched_off(helm, name):
    chart = helm.rendered(**{f"hooks.{name}.enabled": False})
    assert not [job for job in hooks(chart) if job["metadata"]["name"].endswith(name)]
    assert len(hooks(chart)) == 1


def test_two_installs_at_once_end_as_one(install, kafka, postgres_url):
    chart = install(kafka, postgres_url)
    for job in hooks(chart):
        (container,) = job["spec"]["template"]["spec"]["containers"]
        with running(chart, container) as one, running(chart, container) as other:
            assert [ended(each)[0] for each in (one, other)] == [0, 0]
    schema = chart.all("ConfigMap")[0]["data"]["ARGUS_DB_SCHEMA"]
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("select to_regclass(%s || '.error_groups')::text", [schema]).fetchone()
    assert tables == (f"{schema}.error_groups",)
    assert [run(chart, job)[0] for job in hooks(chart)] == [0, 0]  # an upgrade


def test_what_is_not_there_is_named_by_the_hook_and_waited_for_by_the_workers(install, tmp_path):
    chart = install(NOWHERE, f"postgresql://argus@{NOWHERE}/argus?connect_timeout=2")
    (port,) = claim_ports(tmp_path, 1)
    changed = {"ARGUS_HEALTH_PORT": str(port), "ARGUS_HEALTH_HOST": "127.0.0.1"}
    with running(chart, pods.container(chart, "store"), **changed) as worker:
        for job, told in zip(hooks(chart), ("Kafka does not answer", "Postgres"), strict=True):
            code, said = run(chart, job)
            assert code == 1
            assert told in said
        assert comes_true(lambda: asked(port, "/livez") == 200, 10)
        assert asked(port, "/readyz") == 503
        assert worker.poll() is None
        worker.terminate()
        assert ended(worker)[0] == 0


def test_workers_beside_the_hooks_name_what_is_missing_until_it_is_there(install, kafka, postgres_url, tmp_path):
    store = {"enabled": True, "store": {"name": "vault"}}
    chart = install(kafka, postgres_url, externalSecrets=store)  # a first install that makes its own Secrets
    port, other = claim_ports(tmp_path, 2)
    changed = {"ARGUS_HEALTH_PORT": str(port), "ARGUS_HEALTH_HOST": "127.0.0.1"}
    store, normalize = (pods.container(chart, role) for role in ("store", "normalize"))
    beside = {**changed, "ARGUS_HEALTH_PORT": str(other)}
    with running(chart, store, **changed) as one, running(chart, normalize, **beside) as two:
        for worker, told in ((one, "`argus migrate`"), (two, "`argus topics apply`")):
            code, said = ended(worker)
            assert code == 78  # Kubernetes starts it again
            assert told in said
    topics, tables = (charts.pod(job)["spec"]["containers"][0] for job in chart.all("Job"))
    with running(chart, topics) as one, running(chart, tables) as two:
        assert [ended(each)[0] for each in (one, two)] == [0, 0]
    with running(chart, store, **changed) as worker:
        assert comes_true(lambda: asked(port, "/readyz") == 200, 30)
        worker.terminate()
        assert ended(worker)[0] == 0


def asked(port, path):
    """The answer's code; none while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None
