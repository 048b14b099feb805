"""What holds of every workload, whichever values are given."""

import charts
import pods
import pytest

from argus_streams import app
from argus_streams.streaming.supervisor import STOP_SECONDS

SELECTING = {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}
CAPABILITIES = {"drop": ["ALL"]}

every_chart = pytest.mark.parametrize("name", [file.name.removesuffix("-values.yaml") for file in charts.VALUES])


def selected(selector, labels):
    return selector.items() <= labels.items()


@every_chart
def test_what_scales_a_role_alone_says_how_many_there_are(rendered, name):
    chart = rendered[name]
    scaled = {
        each["spec"]["scaleTargetRef"]["name"]: each for each in chart.all("HorizontalPodAutoscaler", "ScaledObject")
    }
    assert len(scaled) == len(chart.all("HorizontalPodAutoscaler", "ScaledObject"))
    for workload in chart.workloads.values():
        target = scaled.get(workload["metadata"]["name"])
        assert ("replicas" in workload["spec"]) == (target is None)
        if target:
            reference = target["spec"]["scaleTargetRef"]
            assert (reference["apiVersion"], reference["kind"]) == (workload["apiVersion"], workload["kind"])


@every_chart
def test_every_role_is_spread_and_evicted_one_by_one(rendered, name):
    chart = rendered[name]
    for role, workload in chart.workloads.items():
        labels = workload["spec"]["template"]["metadata"]["labels"]
        (budget,) = chart.labelled("PodDisruptionBudget", role)
        assert selected(budget["spec"]["selector"]["matchLabels"], labels)
        assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        spread = workload["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert {each["topologyKey"] for each in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
        assert all(selected(each["labelSelector"]["matchLabels"], labels) for each in spread)


@every_chart
def test_what_can_not_be_changed_later_carries_nothing_that_an_upgrade_changes(rendered, name):
    for workload in rendered[name].workloads.values():
        selector = workload["spec"]["selector"]["matchLabels"]
        assert set(selector) == SELECTING
        assert selected(selector, workload["spec"]["template"]["metadata"]["labels"])
        for claim in workload["spec"].get("volumeClaimTemplates", []):
            assert set(claim["metadata"]["labels"]) == SELECTING


@every_chart
def test_every_pod_keeps_to_what_a_restricted_namespace_allows(rendered, name):
    for spec in rendered[name].pods.values():
        security = spec["securityContext"]
        assert (security["runAsNonRoot"], security["runAsUser"], security["fsGroup"]) == (True, 10001, 10001)
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        assert {kind for volume in spec["volumes"] for kind in volume} <= {"name", "emptyDir", "projected"}
        for container in (each for each in spec["containers"] if each["name"] in {"worker", "argus"}):
            own = container["securityContext"]
            assert (own["allowPrivilegeEscalation"], own["readOnlyRootFilesystem"]) == (False, True)
            assert own["capabilities"] == CAPABILITIES


@every_chart
def test_every_container_asks_for_the_memory_it_may_have_and_is_never_throttled(rendered, name):
    for spec in rendered[name].pods.values():
        for container in (each for each in spec["containers"] if each["name"] in {"worker", "argus"}):
            resources = container["resources"]
            assert resources["limits"]["memory"] == resources["requests"]["memory"]
            assert "cpu" in resources["requests"]
            assert "cpu" not in resources["limits"]


def test_the_sizes_are_those_of_the_plan(default):
    told = {}
    for role in ("normalize", "correlate", "analyze"):
        requests = pods.container(default, role)["resources"]["requests"]
        told[role] = (default.role(role)["spec"]["replicas"], requests["cpu"], requests["memory"])
    assert told == {
        "normalize": (4, "500m", "256Mi"),
        "correlate": (2, "1", "512Mi"),
        "analyze": (2, "2", "2Gi"),
    }


@every_chart
def test_a_pod_runs_its_role_and_nothing_else(rendered, name):
    for role in app.ROLES:
        worker = pods.container(rendered[name], role)
        assert worker["args"] == ["worker", role]
        assert "command" not in worker, "the image's entry point is argus"


@every_chart
def test_only_a_process_that_does_not_answer_is_ended_and_only_one_that_works_is_ready(rendered, name):
    for role in app.ROLES:
        worker = pods.container(rendered[name], role)
        probes = {kind: worker[f"{kind}Probe"] for kind in ("startup", "liveness", "readiness")}
        paths = {kind: probe["httpGet"]["path"] for kind, probe in probes.items()}
        assert paths == {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}
        assert {port["name"] for port in worker["ports"]} == {probe["httpGet"]["port"] for probe in probes.values()}
        patience = {kind: probe["periodSeconds"] * probe["failureThreshold"] for kind, probe in probes.items()}
        # The watchdog ends a process whose event loop has not answered for 60 s, and says where: it has to be first.
        assert patience["liveness"] > 60 > patience["readiness"]
        assert patience["startup"] > 60


@every_chart
def test_a_pod_has_more_time_to_end_than_a_worker_needs(rendered, name):
    for workload in rendered[name].workloads.values():
        assert workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 2 * STOP_SECONDS


@every_chart
def test_state_is_where_the_worker_looks_for_it(rendered, name):
    chart = rendered[name]
    for role, workload in chart.workloads.items():
        told = {each["name"]: each.get("value") for each in pods.container(chart, role).get("env", [])}
        stateful = workload["kind"] == "StatefulSet"
        assert ("ARGUS_STATE_DIR" in told) == stateful
        if stateful:
            assert pods.mounts(chart, role)[told["ARGUS_STATE_DIR"]]["metadata"]["name"] == "state"
            (service,) = chart.labelled("Service", role)
            assert service["metadata"]["name"] == workload["spec"]["serviceName"]
            assert service["spec"]["clusterIP"] == "None"


def test_without_a_volume_state_lies_in_the_pod(helm):
    chart = helm.rendered(common={"persistence": {"enabled": False}})
    assert "volumeClaimTemplates" not in chart.role("correlate")["spec"]
    assert "emptyDir" in pods.mounts(chart, "correlate")["/var/lib/argus"]


def test_a_digest_goes_before_a_tag(helm):
    digest = f"sha256:{'0' * 64}"
    for image, told in (
        ({"repository": "r/argus", "tag": "1"}, "r/argus:1"),
        ({"repository": "r/argus", "tag": "1", "digest": digest}, f"r/argus@{digest}"),
    ):
        chart = helm.rendered(image=image)
        images = {each["image"] for spec in chart.pods.values() for each in spec["containers"]}
        assert images == {told}


def test_what_a_role_says_goes_before_what_is_common_also_where_it_says_no(helm):
    chart = helm.rendered(
        common={"pdb": {"maxUnavailable": 2}, "podLabels": {"a": "common", "b": "common"}, "minReadySeconds": 20},
        roles={
            "store": {"pdb": {"enabled": False}, "podLabels": {"a": "own"}, "minReadySeconds": 0},
            "heal": {"enabled": False},
        },
    )
    assert "heal" not in chart.workloads
    store = chart.role("store")["spec"]
    assert not chart.labelled("PodDisruptionBudget", "store")
    assert chart.labelled("PodDisruptionBudget", "normalize")[0]["spec"]["maxUnavailable"] == 2
    labels = store["template"]["metadata"]["labels"]
    assert (labels["a"], labels["b"], store["minReadySeconds"]) == ("own", "common", 0)
