"""Settings, secrets and files reach the workers, each those that need it."""

import charts
import pods
import pytest
import yaml

from argus_streams import app, settings
from argus_streams.adapters.budgets import load_budgets
from argus_streams.adapters.rules import load_rules

DECIDED = {"ARGUS_HEALTH_PORT": "8080", "ARGUS_STATE_DIR": "/var/lib/argus"}
NAMED = {  # by a value of its own: value, what it is set to, what the variable then says
    "KAFKA_BOOTSTRAP_SERVERS": ("kafka.bootstrapServers", "a:1,b:2", "a:1,b:2"),
    "ARGUS_KAFKA_SECURITY_PROTOCOL": ("kafka.securityProtocol", "SASL_SSL", "SASL_SSL"),
    "ARGUS_KAFKA_SASL_MECHANISM": ("kafka.sasl.mechanism", "PLAIN", "PLAIN"),
    "ARGUS_KAFKA_SASL_USERNAME": ("kafka.sasl.username", "argus", "argus"),
    "ARGUS_KAFKA_SSL_CA_LOCATION": ("kafka.tls.ca.existingSecret", "ca", "/etc/argus/kafka/ca.crt"),
    "ARGUS_KAFKA_SSL_CERTIFICATE_LOCATION": ("kafka.tls.client.existingSecret", "me", "/etc/argus/kafka/tls.crt"),
    "ARGUS_KAFKA_SSL_KEY_LOCATION": ("kafka.tls.client.existingSecret", "me", "/etc/argus/kafka/tls.key"),
    "ARGUS_TOPIC_PREFIX": ("kafka.topicPrefix", "shop.", "shop."),
    "ARGUS_TOPIC_PARTITIONS": ("kafka.partitions", 1000, "1000"),
    "ARGUS_TOPIC_REPLICATION": ("kafka.replication", 2, "2"),
    "ARGUS_INPUTS": ("kafka.inputs", {"raw": "sentry:shop", "more": "mapped:till"}, "more=mapped:till,raw=sentry:shop"),
    "ARGUS_DB_SCHEMA": ("database.schema", "argus_live", "argus_live"),
    "ARGUS_MODEL_PROVIDERS": ("models.providers", ["anthropic", "vertex"], "anthropic,vertex"),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("traces.endpoint", "http://collector:4318", "http://collector:4318"),
    "ARGUS_GENERATION": ("generation", "rules2", "rules2"),
    "ARGUS_LOG_LEVEL": ("logLevel", "DEBUG", "DEBUG"),
}
SECRET = {  # by a Secret: the value that names it, its key there, who gets it in a first generation
    "ARGUS_KAFKA_SASL_PASSWORD": ("kafka.sasl", "password", set(app.ROLES)),
    "DATABASE_URL": ("database", "DATABASE_URL", {"store", "analyze"}),
    "OTEL_EXPORTER_OTLP_HEADERS": ("traces.headers", "OTEL_EXPORTER_OTLP_HEADERS", set(app.ROLES)),
    "REDIS_URL": ("redis", "REDIS_URL", {"analyze"}),
    "ANTHROPIC_API_KEY": ("models.anthropic", "ANTHROPIC_API_KEY", {"analyze"}),
    "AWS_BEARER_TOKEN_BEDROCK": ("models.bedrock", "AWS_BEARER_TOKEN_BEDROCK", {"analyze"}),
    "ARGUS_VERTEX_TOKEN": ("models.vertex", "ARGUS_VERTEX_TOKEN", {"analyze"}),
    "ANTHROPIC_FOUNDRY_API_KEY": ("models.foundry", "ANTHROPIC_FOUNDRY_API_KEY", {"analyze"}),
}
REFERENCES = {
    **dict.fromkeys(("secretKeyRef", "secretRef", "secret"), "Secret"),
    **dict.fromkeys(("configMapKeyRef", "configMapRef", "configMap"), "ConfigMap"),
}
FIELDS = {settings.variable(name): field for name, field in settings.Settings.model_json_schema()["properties"].items()}
LOGIN = {"kafka.securityProtocol": "SASL_SSL", "kafka.sasl.username": "argus", "kafka.sasl.existingSecret": "user"}

every_chart = pytest.mark.parametrize("name", [file.name.removesuffix("-values.yaml") for file in charts.VALUES])


def allowed(name):
    """A value that the setting of this name may have."""
    field = FIELDS[name]
    told = next((each for each in field.get("anyOf", [field]) if {"enum", "maximum"} & each.keys()), {"maximum": 12})
    return told["enum"][-1] if "enum" in told else told["maximum"]


def secrets_of(chart):
    """Every Secret that is asked for, with the keys, and whatever they hold."""
    held = {}
    for spec in chart.pods.values():
        for container in spec["containers"]:
            for variable in container.get("env", []):
                if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                    held.setdefault(reference["name"], {})[reference["key"]] = f"the {reference['key']}"
    return held


def seen(chart, role):
    return pods.environment(chart, pods.container(chart, role), secrets_of(chart))


def files(settings_):
    return {name for name, _, _ in settings_ if name.endswith("_FILE")}


@pytest.fixture(scope="module")
def everything(helm):
    """A release in which every value is set that sets a setting, and every other setting by its name."""
    named = {value: given for value, given, _ in NAMED.values()}
    by_secret = {f"{value}.existingSecret": "mine" for value, _, _ in SECRET.values()}
    known = {name for name, _, _ in settings.described()}
    others = known - NAMED.keys() - SECRET.keys() - DECIDED.keys() - files(settings.described())
    given = {name.removeprefix("ARGUS_").removesuffix("_FILE").lower(): {} for name in files(settings.described())}
    return helm.rendered(
        **{**named, **LOGIN, **by_secret, "settings": {name: allowed(name) for name in others}, "files": given}
    )


def test_every_setting_can_be_set(everything):
    told = seen(everything, "analyze")
    for name, _, _ in settings.described():
        if name in NAMED:
            assert told[name] == NAMED[name][2], name
        elif name in SECRET:
            assert told[name] == f"the {SECRET[name][1]}"
        elif name.endswith("_FILE"):
            assert told[name] == f"/etc/argus/{name.removeprefix('ARGUS_').removesuffix('_FILE').lower()}.yaml"
        else:
            assert told[name] == DECIDED.get(name, str(allowed(name)))


def test_every_secret_is_known_as_one():
    assert settings.secrets() == SECRET.keys()


@pytest.mark.parametrize("role", app.ROLES)
def test_a_role_has_no_secret_that_it_does_not_use(helm, role):
    chart = helm.rendered(**{**LOGIN, **{f"{value}.existingSecret": "mine" for value, _, _ in SECRET.values()}})
    assert {name for name in seen(chart, role) if name in SECRET} == {
        name for name, (_, _, roles) in SECRET.items() if role in roles
    }


def test_the_workers_of_a_later_generation_all_ask_the_database_whether_it_is_ready(helm):
    chart = helm.rendered(generation="rules2")
    assert all("DATABASE_URL" in seen(chart, role) for role in app.ROLES)


@every_chart
def test_no_variable_of_ours_is_unknown_to_the_program(rendered, name):
    known = {variable for variable, _, _ in settings.described()}
    for role in app.ROLES:
        ours = {variable for variable in seen(rendered[name], role) if variable.startswith("ARGUS_")}
        assert ours <= known


@every_chart
def test_no_secret_stands_where_everybody_can_read_it(rendered, name):
    chart = rendered[name]
    for document in chart.all("ConfigMap"):
        assert not settings.secrets() & document["data"].keys()
    for spec in chart.pods.values():
        for container in spec["containers"]:
            plain = {each["name"] for each in container.get("env", []) if "value" in each}
            assert not settings.secrets() & plain


@every_chart
def test_every_reference_is_to_what_the_chart_makes_or_was_told_to_exist(rendered, name):
    chart = rendered[name]
    values = (charts.CHART / "ci" / f"{name}-values.yaml").read_text()
    own = {(each["kind"], each["metadata"]["name"]): set(each["data"]) for each in chart.all("ConfigMap", "Secret")}
    accounts = {each["metadata"]["name"] for each in chart.all("ServiceAccount")}
    given = set(_told_to_exist(yaml.safe_load(values)))
    for spec in chart.pods.values():
        assert spec["serviceAccountName"] in accounts
        for kind, reference, key in _references(spec):
            assert reference in given or key in own[kind, reference] | {None}


def _told_to_exist(values):
    """Names that values give to Secrets of the user's."""
    if isinstance(values, dict):
        for key, value in values.items():
            if key in {"existingSecret", "secretRef", "configMapRef"}:
                yield value if isinstance(value, str) else value["name"]
            else:
                yield from _told_to_exist(value)
    elif isinstance(values, list):
        for value in values:
            yield from _told_to_exist(value)


def _references(spec):
    """(kind, name, key or None) of all that a pod reads."""
    for container in spec["containers"]:
        sources = [each["valueFrom"] for each in container.get("env", []) if "valueFrom" in each]
        for source in [*sources, *container.get("envFrom", [])]:
            parts = {REFERENCES[key]: part for key, part in source.items() if key in REFERENCES}
            yield from ((kind, part["name"], part.get("key")) for kind, part in parts.items())
    for volume in spec["volumes"]:
        for source in volume.get("projected", {}).get("sources", []):
            yield from ((REFERENCES[key], part["name"], None) for key, part in source.items())


def test_a_secret_that_values_hold_is_in_a_secret_and_nowhere_else(helm):
    url = "postgresql://argus:hush@db/argus"
    chart = helm.rendered(**{"database.existingSecret": "", "database.url": url})
    assert seen(chart, "store")["DATABASE_URL"] == url
    assert "hush" not in str([each for each in chart.documents if each["kind"] != "Secret"])


def test_numbers_arrive_as_they_were_written(helm):
    given = {"ARGUS_BODY_LIMIT": 8_388_608, "ARGUS_KEEP_DAYS": 30}
    told = seen(helm.rendered(settings=given), "normalize")
    assert {name: told[name] for name in given} == {"ARGUS_BODY_LIMIT": "8388608", "ARGUS_KEEP_DAYS": "30"}


def test_files_are_what_the_program_reads(rendered, tmp_path):
    chart = rendered["production"]
    told, volume = seen(chart, "normalize"), pods.mounts(chart, "normalize")["/etc/argus"]
    (name,) = [each["configMap"]["name"] for each in volume["projected"]["sources"] if "configMap" in each]
    for file, text in chart.named("ConfigMap", name)["data"].items():
        (tmp_path / file).write_text(text)
    assert (told["ARGUS_RULES_FILE"], told["ARGUS_BUDGETS_FILE"]) == (
        "/etc/argus/rules.yaml",
        "/etc/argus/budgets.yaml",
    )
    assert load_rules(tmp_path / "rules.yaml")
    assert load_budgets(tmp_path / "budgets.yaml")


def test_certificates_are_where_the_settings_say(helm):
    chart = helm.rendered(
        **LOGIN,
        **{
            "kafka.tls.ca": {"existingSecret": "events-cluster-ca-cert"},
            "kafka.tls.client": {"existingSecret": "argus", "certKey": "user.crt", "keyKey": "user.key"},
            "database.tls.existingSecret": "postgres-ca",
        },
    )
    told, volume = seen(chart, "store"), pods.mounts(chart, "store")["/etc/argus"]
    items = {
        f"/etc/argus/{item['path']}": (source["secret"]["name"], item["key"])
        for source in volume["projected"]["sources"]
        for item in source["secret"]["items"]
    }
    assert {name: items[told[name]] for name in told if "_SSL_" in name or name == "PGSSLROOTCERT"} == {
        "ARGUS_KAFKA_SSL_CA_LOCATION": ("events-cluster-ca-cert", "ca.crt"),
        "ARGUS_KAFKA_SSL_CERTIFICATE_LOCATION": ("argus", "user.crt"),
        "ARGUS_KAFKA_SSL_KEY_LOCATION": ("argus", "user.key"),
        "PGSSLROOTCERT": ("postgres-ca", "ca.crt"),
    }


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"ARGUS_KEEP_DAYS": 1}},
        {"files": {"rules": {}}},
        {"kafka.partitions": 32},
        {"database.existingSecret": "", "database.url": "postgresql://other"},
    ],
    ids=str,
)
def test_pods_are_replaced_when_what_they_read_at_their_start_changes(helm, default, change):
    changed = _templates(helm.rendered(**change))
    assert all(changed[role] != template for role, template in _templates(default).items())


@pytest.mark.parametrize("change", [{"roles.store.replicas": 5}, {"networkPolicy.enabled": True}], ids=str)
def test_pods_are_left_alone_when_something_else_changes(helm, default, change):
    assert _templates(helm.rendered(**change)) == _templates(default)


def _templates(chart):
    return {role: workload["spec"]["template"] for role, workload in chart.workloads.items()}
