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
        (
            {"settings": {"ARGUS_KEEPDAYS": 3}},
            "settings.ARGUS_KEEPDAYS: there is no such setting, but ARGUS_KEEP_DAYS;",
        ),
        ({"settings": {"ARGUS_XYZ": 3}}, "settings.ARGUS_XYZ: there is no such setting; the table of settings"),
        ({"settings": {"ARGUS_STATE_DIR": "/x"}}, "settings.ARGUS_STATE_DIR: "),
        ({"settings": {"keep": 3}}, "at '/settings': additional properties 'keep' not allowed"),
        ({"settings": {"ARGUS_KEEP_DAYS": "abc"}}, "at '/settings/ARGUS_KEEP_DAYS'"),
        ({"settings": {"ARGUS_KEEP_DAYS": 4000}}, "at '/settings/ARGUS_KEEP_DAYS'"),
        ({"settings": {"ARGUS_MERGE": False}}, "at '/settings/ARGUS_MERGE'"),  # YAML's bare `off`
        ({"settings": {"ARGUS_VERTEX_TOKEN": "…"}}, "settings.ARGUS_VERTEX_TOKEN: this is a secret"),
        ({"settings": {"DATABASE_URL": "…"}}, "settings.DATABASE_URL: this is a secret"),
        ({"settings": {"ARGUS_TOPIC_PREFIX": "shop."}}, 'settings.ARGUS_TOPIC_PREFIX: this is "argus." already'),
        ({"generation": "rules2", "fullnameOverride": "shop"}, "generation is rules2: say database.schema: argus_live"),
        ({"files": {"rule": {}}}, "invalid propertyName 'rule'"),
        ({"fullnameOverride": "a" * 37}, "can not name the release's objects"),
        ({"fullnameOverride": "1argus"}, "can not name the release's objects"),
        ({"nameOverride": "-x"}, "at '/nameOverride'"),
        ({"image": {"tag": "a b"}}, "at '/image/tag'"),
        ({"kafka": {"bootstrapServers": "k:99999"}}, "at '/kafka/bootstrapServers'"),
        ({"traces": {"endpoint": "http://collector:99999"}}, "at '/traces/endpoint'"),
        (
            {"audit": {"enabled": True, "schedule": "every day at two"}},
            'audit.schedule is "every day at two", which is no line of cron',
        ),
        (
            {"audit": {"enabled": True, "schedule": "99 2 * * *"}},
            'audit.schedule is "99 2 * * *", which is no line of cron',
        ),
        ({"commonLabels": {"team": "a b"}}, "at '/commonLabels/team'"),
        ({"commonLabels": {"app.kubernetes.io/name": "x"}}, "commonLabels has app.kubernetes.io/name, by which"),
        (
            {"roles": {"heal": {"podLabels": {"app.kubernetes.io/component": "x"}}}},
            "roles.heal.podLabels has app.kubernetes.io/component, by which",
        ),
        ({"common": {"extraEnv": [{"name": "DATABASE_URL", "value": "x"}]}}, ".extraEnv: DATABASE_URL is set already"),
        ({"common": {"extraEnv": [{"name": "ARGUS_STATE_DIR", "value": "/x"}]}}, ".extraEnv: ARGUS_STATE_DIR is set"),
        (
            {"roles": {"heal": {"extraEnv": [{"name": "ARGUS_TOPIC_PREFIX", "value": "x"}]}}},
            "roles.heal.extraEnv: ARGUS_TOPIC_PREFIX is set already",
        ),
        ({"roles": {"heal": {"extraEnv": [{"name": "A"}, {"name": "A"}]}}}, "roles.heal.extraEnv: A is set already"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_can_not_work_is_refused_by_its_name(helm, values, told):
    merged = {key: {**charts.GIVEN.get(key, {}), **value} if isinstance(value, dict) else value
              for key, value in values.items()}  # fmt: skip
    with pytest.raises(charts.RefusedError) as refused:
        helm.rendered(**merged)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "values",
    [
        {"nameOverride": "argus2"},
        {"image.tag": "v1.2.3-rc.1_x"},
        {"image.repository": "registry.intern:5000/a/b"},
        {"kafka.bootstrapServers": "a:1,10.0.0.1:65535,[::1]:9092"},
        {"traces.endpoint": "https://otel.example.com/v1"},
        {"traces.endpoint": "http://[::1]:4318"},
        {"audit": {"enabled": True, "pushGateway": "http://me:a@push:9091/x"}},
        *({"audit": {"enabled": True, "schedule": each}} for each in (
            "@daily", "*/5 * * * *", "0 2 1,15 * MON-FRI", "0 0-23/2 ? jan-mar 0", "00 02 * * *",
        )),
        {"commonLabels": {"app.kubernetes.io/part-of": "platform", "empty": "", "a": "1.2_b"}},
        {"commonAnnotations": {"what": "any text: at all"}},
        {"settings": {"ARGUS_KEEP_DAYS": "30", "ARGUS_MERGE": "off", "AWS_REGION": "eu", "OTEL_TRACES_SAMPLER": "x"}},
        {"roles.heal.extraEnv": [{"name": "ARGUS_LOG_LEVEL", "value": "DEBUG"}]},
        {"settings": {"ARGUS_TRACES": 9}, "roles.normalize.extraEnv": [{"name": "ARGUS_TRACES", "value": "1"}]},
        {"common.extraEnv": [{"name": "ANTHROPIC_API_KEY", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]},
        {"common.podSecurityContext.runAsUser": None, "common.podSecurityContext.fsGroup": None},
        {"roles.store.pdb": {"minAvailable": "50%", "maxUnavailable": None}},
    ],
    ids=str,
)  # fmt: skip
def test_what_can_work_is_taken(helm, values):
    assert set(helm.rendered(**values).workloads) == set(app.ROLES)
