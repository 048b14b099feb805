"""The chart renders as Helm wants it, and refuses what can not work with a sentence."""

import charts
import pytest

from argus_streams import app


@pytest.mark.parametrize("values", charts.VALUES, ids=lambda file: file.name)
def test_every_file_of_values_is_without_a_complaint(helm, values):
    helm.lint(values)


def test_every_role_has_a_workload_of_its_own(rendered):
    for chart in rendered.values():
        assert set(chart.workloads) == set(app.ROLES)


def test_state_lies_in_the_volumes_of_a_stateful_set(default):
    kinds = {role: workload["kind"] for role, workload in default.workloads.items()}
    stateful = {role for role, kind in kinds.items() if kind == "StatefulSet"}
    assert stateful == {"correlate", "heal", "analyze"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"kafka": {"partitions": 3}}, "roles.normalize.replicas is 4, but kafka.partitions is 3"),
        (
            {"roles": {"heal": {"autoscaling": {"mode": "hpa", "maxReplicas": 65}}}},
            "roles.heal.autoscaling.maxReplicas is 65, but kafka.partitions is 64",
        ),
        (
            {"roles": {"store": {"autoscaling": {"mode": "keda", "minReplicas": 21}}}},
            "roles.store.autoscaling.minReplicas is 21, but maxReplicas is 20",
        ),
        ({"roles": {"store": {"autoscaling": {"mode": "both"}}}}, "/roles/store/autoscaling/mode"),
        ({"roles": {"store": {"replica": 3}}}, "additional properties 'replica' not allowed"),
        ({"roles": {"stores": {}}}, "additional properties 'stores' not allowed"),
        ({"common": {"pdb": {"minAvailable": 1}}}, "roles.normalize.pdb has both minAvailable and maxUnavailable"),
        ({"kafka": {"bootstrapServers": ""}}, "kafka.bootstrapServers is empty"),
        ({"kafka": {"bootstrapServers": "kafka"}}, "/kafka/bootstrapServers"),
        ({"database": {"existingSecret": ""}}, "database.existingSecret is empty"),
        ({"kafka": {"securityProtocol": "SASL_SSL"}}, "kafka.sasl.username is empty"),
        (
            {"kafka": {"securityProtocol": "SASL_SSL", "sasl": {"username": "argus"}}},
            "kafka.sasl.existingSecret is empty",
        ),
        ({"settings": {"ARGUS_KEEPDAYS": 3}}, "invalid propertyName 'ARGUS_KEEPDAYS'"),
        ({"settings": {"ARGUS_VERTEX_TOKEN": "…"}}, "invalid propertyName 'ARGUS_VERTEX_TOKEN'"),
        ({"settings": {"DATABASE_URL": "…"}}, "invalid propertyName 'DATABASE_URL'"),
        ({"settings": {"ARGUS_TOPIC_PREFIX": "shop."}}, 'settings.ARGUS_TOPIC_PREFIX: this is "argus." already'),
        ({"generation": "rules2", "fullnameOverride": "shop"}, "generation is rules2: say database.schema: argus_live"),
        ({"files": {"rule": {}}}, "invalid propertyName 'rule'"),
        ({"fullnameOverride": "a" * 37}, "can not name the release's objects"),
        ({"fullnameOverride": "1argus"}, "can not name the release's objects"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_can_not_work_is_refused_by_its_name(helm, values, told):
    merged = {key: {**charts.GIVEN.get(key, {}), **value} if isinstance(value, dict) else value
              for key, value in values.items()}  # fmt: skip
    with pytest.raises(charts.RefusedError) as refused:
        helm.rendered(**merged)
    assert told in str(refused.value)
