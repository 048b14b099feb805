"""What a platform wants of its own is taken, what nobody knows is refused, and a person is told what to look at."""

import json
import shutil

import charts
import pods
import pytest

EXTRAS = {
    "topologySpreadConstraints": [{"topologyKey": "rack", "maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule"}],
    "extraEnv": [{"name": "REGION", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}],
    "envFrom": [{"configMapRef": {"name": "mine"}}],
    "nodeSelector": {"disk": "fast"},
    "affinity": {"podAntiAffinity": {}},
    "tolerations": [{"operator": "Exists"}],
    "priorityClassName": "high",
    "lifecycle": {"preStop": {"sleep": {"seconds": 1}}},
    "podLabels": {"a": "b"},
    "podAnnotations": {"c": "d"},
    "extraVolumes": [{"name": "cache", "emptyDir": {}}],
    "extraVolumeMounts": [{"name": "cache", "mountPath": "/cache"}],
    "initContainers": [{"name": "before", "image": "i"}],
    "sidecars": [{"name": "beside", "image": "i"}],
}


def test_every_extra_reaches_the_pods(helm):
    chart = helm.rendered(common=EXTRAS)
    for role, workload in chart.workloads.items():
        template, worker = workload["spec"]["template"], pods.container(chart, role)
        spec = template["spec"]
        for name in ("nodeSelector", "affinity", "tolerations", "priorityClassName", "initContainers"):
            assert spec[name] == EXTRAS[name]
        for given, held in (
            ("topologySpreadConstraints", spec["topologySpreadConstraints"]),
            ("extraVolumes", spec["volumes"]),
            ("sidecars", spec["containers"]),
            ("extraEnv", worker["env"]),
            ("envFrom", worker["envFrom"]),
            ("extraVolumeMounts", worker["volumeMounts"]),
        ):
            assert all(each in held for each in EXTRAS[given]), given
        assert worker["lifecycle"] == EXTRAS["lifecycle"]
        assert EXTRAS["podLabels"].items() <= template["metadata"]["labels"].items()
        assert EXTRAS["podAnnotations"].items() <= template["metadata"]["annotations"].items()


def test_what_is_common_to_all_objects_is_on_all_of_them(helm):
    chart = helm.rendered(commonLabels={"team": "platform"}, commonAnnotations={"owner": "me"})
    for document in chart.documents:
        assert document["metadata"]["labels"]["team"] == "platform"
        assert document["metadata"]["annotations"]["owner"] == "me"


def test_what_the_schema_takes_is_told_in_the_values():
    schema = json.loads((charts.CHART / "values.schema.json").read_text())
    told = charts.values()
    role = set(schema["$defs"]["role"]["properties"])
    assert set(schema["properties"]) - {"global"} == told.keys()
    assert role == told["common"].keys()
    assert set(_closed(schema, schema)) - {("global",)} <= set(_keys(told))


def _closed(schema, place, path=()):
    """The paths of what an object may hold and nothing else."""
    for name, part in place.get("properties", {}).items():
        if path[:1] not in {("roles",), ("settings",)}:
            yield (*path, name)
            yield from _closed(schema, _resolved(schema, part), (*path, name))


def _resolved(schema, part):
    name = part.get("$ref", "").removeprefix("#/$defs/")
    return {} if name in {"role", "resources", "probe"} else schema["$defs"].get(name, part)


def _keys(values, path=()):
    yield path
    if isinstance(values, dict):
        for name, value in values.items():
            yield from _keys(value, (*path, name))


@pytest.fixture(scope="module")
def notes(helm, tmp_path_factory):
    """What an install prints; `helm template` prints none, so a copy of the chart has it as an object."""
    copy = shutil.copytree(charts.CHART, tmp_path_factory.mktemp("chart") / "argus")
    included = '{{ include "argus/templates/NOTES.txt" . | toJson }}'
    (copy / "templates" / "told.yaml").write_text(f"kind: Told\nmetadata: {{name: notes}}\ntext: {included}\n")

    def told(**values):
        return helm.rendered(folder=copy, **values).named("Told", "notes")["text"]

    return told


def test_an_install_says_how_to_see_whether_all_is_well(notes):
    told = notes(release="shop")
    for line in (
        "kubectl --namespace default get pods --selector app.kubernetes.io/instance=shop",
        "helm test shop --namespace default --logs",
        "kubectl --namespace default exec deploy/shop-argus-store -- argus doctor",
        "shop-argus.events.incoming",
    ):
        assert line in told
    assert "history" not in told
    assert "wait job" not in told


def test_an_install_that_makes_its_own_secrets_says_how_to_wait_for_topics_and_tables(notes):
    told = notes(externalSecrets={"enabled": True, "store": {"name": "vault"}})
    assert "kubectl --namespace default wait job --for=condition=complete --timeout=600s" in told


def test_an_install_warns_of_a_secret_in_its_history_and_does_not_print_it(notes):
    told = notes(**{"database.existingSecret": "", "database.url": "postgresql://argus:hush@db/argus"})
    assert "use database.existingSecret" in told
    assert "hush" not in told


def test_the_chart_test_runs_the_doctor(default):
    (test,) = default.all("Pod")
    assert test["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert test["spec"]["containers"][0]["args"] == ["doctor"]
