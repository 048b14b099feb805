"""A first install comes to its end where the Secrets that its pods read come with it."""

import charts
import pytest

NAMES = [file.name.removesuffix("-values.yaml") for file in charts.VALUES]
HOOK = "helm.sh/hook"
EXTERNAL = {"externalSecrets": {"enabled": True, "store": {"name": "vault"}, "secrets": {"a": {"b": {"key": "c"}}}}}
TLS = {
    "kafka.securityProtocol": "SASL_SSL",
    "kafka.sasl": {"username": "argus", "existingSecret": "kafka-password"},
    "kafka.tls.ca.existingSecret": "kafka-ca",
    "kafka.tls.client.existingSecret": "kafka-certificate",
    "database.tls.existingSecret": "postgres-ca",
    "traces.headers.existingSecret": "collector",
}


def before(document):
    """Whether Helm ends with this before it makes the release."""
    return "pre-" in document["metadata"].get("annotations", {}).get(HOOK, "")


def made_with(chart):
    """The names of the Secrets that come with the release."""
    asked = chart.all("ExternalSecret", "KafkaUser", "Secret")
    return {each["metadata"]["name"] for each in asked if not before(each)}


def secrets(document):
    """The names of the Secrets that a pod waits for."""
    spec = charts.pod(document)["spec"]
    for container in spec["containers"]:
        yield from (each["valueFrom"]["secretKeyRef"]["name"] for each in container["env"] if "valueFrom" in each)
    sources = [each for volume in spec["volumes"] for each in volume.get("projected", {}).get("sources", [])]
    yield from (each["secret"]["name"] for each in sources if "secret" in each)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_comes_first_waits_for_what_comes_after_it(rendered, name):
    chart = rendered[name]
    for job in filter(before, chart.all("Job")):
        assert not made_with(chart) & set(secrets(job))


@pytest.mark.parametrize("values", [EXTERNAL, {"strimzi": {"cluster": "events", "user": {"enabled": True}}}], ids=str)
def test_jobs_beside_the_workers_have_all_that_they_need_beside_them(helm, values):
    own = {"database.existingSecret": "", "database.url": "postgresql://db", "networkPolicy.enabled": True}
    chart = helm.rendered(**values, **own)
    beside = [each for each in chart.documents if not before(each)]
    names = {(each["kind"], each["metadata"]["name"]) for each in beside}
    assert len([each for each in beside if each["kind"] == "Job"]) == 2
    for job in chart.all("Job"):
        assert ("ServiceAccount", charts.pod(job)["spec"]["serviceAccountName"]) in names
        assert {("Secret", name) for name in secrets(job)} <= names
    assert ("NetworkPolicy", "argus-hooks") in names


def test_a_job_that_can_not_be_changed_gets_another_name(helm):
    one, same, other = (helm.rendered(**EXTERNAL, **{"image.tag": tag}) for tag in ("1", "1", "2"))
    called = [{each["metadata"]["name"] for each in chart.all("Job")} for chart in (one, same, other)]
    assert called[0] == called[1]
    assert not called[0] & called[2]


def test_an_upgrade_has_them_before_the_workers_as_ever(helm):
    chart = helm.rendered(**EXTERNAL, flags=("--is-upgrade",))
    assert {each["metadata"]["name"] for each in chart.all("Job")} == {"argus-topics", "argus-migrate"}
    assert all(map(before, chart.all("Job")))


def test_a_hook_waits_for_no_secret_that_its_command_has_no_need_of(helm):
    chart = helm.rendered(**TLS, generation="rules2", **{"database.schema": "argus_live"})
    read = {each["metadata"]["name"]: set(secrets(each)) for each in chart.all("Job")}
    assert read == {
        "argus-topics": {"kafka-password", "kafka-ca", "kafka-certificate"},
        "argus-migrate": {"argus-database", "postgres-ca"},
    }
