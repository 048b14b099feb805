"""What scales a role looks at that role's own work."""

import charts
import pods
import pytest

from argus_streams import app
from argus_streams.agents.wire import DEAD
from argus_streams.settings import Settings, with_environment

KEDA = {"common.autoscaling.mode": "keda"}
INPUTS = {"kafka.inputs": {"sentry-raw": "sentry:shop"}}
FLOODED = f"events.incoming{DEAD}"  # a sender can make letters in any number; the others are about our own records
SECRETS = {"argus-database": {"DATABASE_URL": "postgresql://db/argus"}}


def scaled_object(chart, role):
    (found,) = chart.labelled("ScaledObject", role)
    return found


def triggers(chart, role):
    return [trigger["metadata"] for trigger in scaled_object(chart, role)["spec"]["triggers"]]


def told(chart, role):
    """The settings that a worker of this role has."""
    return with_environment(Settings(), _known(pods.environment(chart, pods.container(chart, role), SECRETS)))


def _known(variables):
    return {name: value for name, value in variables.items() if name.startswith(("ARGUS_", "KAFKA_", "DATABASE_"))}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kafka.topicPrefix": "shop."},
        {"generation": "rules2", "database.schema": "argus_live"},
        {
            "regions": ["asia"],
            "mirrorMaker2": {"enabled": True, "alias": "eu", "sources": {"us": {"bootstrapServers": "us:9092"}}},
        },
    ],
    ids=str,
)
@pytest.mark.parametrize("release", ["argus", "shop"])
def test_keda_looks_at_the_lag_of_the_roles_own_group_on_all_that_it_reads(helm, release, values):
    chart = helm.rendered(release=release, **KEDA, **INPUTS, **values)
    for role in app.ROLES:
        given = told(chart, role)
        read = app.inputs(given, role)
        ours = {topic for topic in read if topic.endswith(DEAD) and not topic.endswith(FLOODED)}
        looked_at = [trigger["topic"] for trigger in triggers(chart, role)]
        assert sorted(looked_at) == sorted(set(read) - ours)
        assert {trigger["consumerGroup"] for trigger in triggers(chart, role)} == {app.group_of(given, role)}
        assert {trigger["bootstrapServers"] for trigger in triggers(chart, role)} == {given.kafka_bootstrap_servers}


@pytest.mark.parametrize(
    ("topics", "complaint"),
    [
        ([], "roles.heal.autoscaling.topics is empty"),
        (None, "at '/roles/heal/autoscaling': missing property 'topics'"),
        (["tests.fialed"], "roles.heal.autoscaling.topics names tests.fialed, which is no topic"),
    ],
    ids=str,
)
def test_lag_of_nothing_is_refused(helm, topics, complaint):
    with pytest.raises(charts.RefusedError) as refused:
        helm.rendered(**KEDA, **{"roles.heal.autoscaling.topics": topics})
    assert complaint in str(refused.value)


def test_keda_logs_in_as_the_workers_do(helm):
    chart = helm.rendered(
        **KEDA,
        **{
            "kafka.securityProtocol": "SASL_SSL",
            "kafka.sasl": {"username": "argus", "existingSecret": "user", "passwordKey": "secret"},
            "kafka.tls.ca.existingSecret": "ca",
        },
    )
    (authentication,) = chart.all("TriggerAuthentication")
    for role in app.ROLES:
        for trigger in scaled_object(chart, role)["spec"]["triggers"]:
            assert trigger["authenticationRef"] == {"name": authentication["metadata"]["name"]}
            assert (trigger["metadata"]["sasl"], trigger["metadata"]["tls"]) == ("scram_sha512", "enable")
    assert authentication["spec"] == {
        "env": [{"parameter": "username", "name": "ARGUS_KAFKA_SASL_USERNAME", "containerName": "worker"}],
        "secretTargetRef": [
            {"parameter": "password", "name": "user", "key": "secret"},
            {"parameter": "ca", "name": "ca", "key": "ca.crt"},
        ],
    }


@pytest.mark.parametrize(
    ("protocol", "mechanism", "sasl", "tls"),
    [
        ("SASL_PLAINTEXT", "PLAIN", "plaintext", "disable"),
        ("SASL_SSL", "SCRAM-SHA-256", "scram_sha256", "enable"),
        ("SSL", "PLAIN", "none", "enable"),
    ],
)
def test_security_is_told_in_kedas_words(helm, protocol, mechanism, sasl, tls):
    login = {"mechanism": mechanism, "username": "argus", "existingSecret": "user"}
    chart = helm.rendered(**KEDA, **{"kafka.securityProtocol": protocol, "kafka.sasl": login})
    assert {(trigger["sasl"], trigger["tls"]) for trigger in triggers(chart, "heal")} == {(sasl, tls)}


def test_an_open_kafka_is_looked_at_without_a_login(helm):
    chart = helm.rendered(**KEDA)
    assert not chart.all("TriggerAuthentication")
    assert all("authenticationRef" not in each for each in scaled_object(chart, "store")["spec"]["triggers"])


def test_cpu_is_that_of_the_worker_and_not_of_what_runs_beside_it(helm):
    chart = helm.rendered(**{"common.autoscaling": {"mode": "hpa"}})
    for each in chart.all("HorizontalPodAutoscaler"):
        assert (each["spec"]["minReplicas"], each["spec"]["maxReplicas"]) == (2, 20)
        (metric,) = each["spec"]["metrics"]
        target = {"type": "Utilization", "averageUtilization": 70}
        assert metric["containerResource"] == {"name": "cpu", "container": "worker", "target": target}


@pytest.mark.parametrize("mode", ["hpa", "keda"])
def test_it_shrinks_late_and_in_few_steps_for_each_is_a_rebalance(helm, mode):
    chart = helm.rendered(**{"common.autoscaling": {"mode": mode}})
    (each,) = chart.labelled("HorizontalPodAutoscaler" if mode == "hpa" else "ScaledObject", "store")
    advanced = each["spec"].get("advanced", {}).get("horizontalPodAutoscalerConfig", each["spec"])
    down = advanced["behavior"]["scaleDown"]
    assert down["stabilizationWindowSeconds"] >= 300
    assert min(policy["periodSeconds"] for policy in down["policies"]) >= 300


def test_some_roles_by_cpu_and_some_by_lag(rendered):
    chart = rendered["production"]
    assert {each["metadata"]["name"] for each in chart.all("HorizontalPodAutoscaler")} == {"argus-normalize"}
    assert {each["metadata"]["name"] for each in chart.all("ScaledObject")} == {"argus-correlate", "argus-analyze"}
    assert chart.all("TriggerAuthentication")
