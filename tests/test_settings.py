import json
import re
from pathlib import Path

import pytest

from argus_streams import settings
from argus_streams.cli.configuration import effective
from argus_streams.errors import Misconfigured
from argus_streams.settings import Settings

OURS = ("ARGUS_", "KAFKA_", "DATABASE_URL", "OTEL_")
OF_OTHERS = (
    "KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "ANTHROPIC_API_KEY", "AWS_BEARER_TOKEN_BEDROCK",
    "ANTHROPIC_FOUNDRY_API_KEY", "REDIS_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS",
)  # fmt: skip
"""Variables that have a name elsewhere, which people know."""


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    """No setting of the machine that runs the tests."""
    for name, _, _ in settings.described():
        monkeypatch.delenv(name, raising=False)


def test_every_setting_says_what_it_is_for():
    for name, _, told in settings.described():
        assert re.fullmatch(r"ARGUS_[A-Z_]+", name) or name in OF_OTHERS
        assert len(told) > 10, name
        assert told.endswith((".", "`")), name


def test_every_variable_named_is_one_that_is_read(monkeypatch):
    """What the table calls a setting is what the environment has to call it."""
    plain = {str: "x", int: "7"}
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or settings.variable(name))
        value = plain.get(field.annotation)
        if value is not None and not field.metadata:
            monkeypatch.setenv(variable, value)
            assert str(getattr(settings.load(), name)) == value
            monkeypatch.delenv(variable)


def test_nothing_else_reads_the_environment():
    package = Path(settings.__file__).parent
    readers = [
        file.name
        for file in package.rglob("*.py")
        if re.search(r"os\.environ|os\.getenv|getenv\(", file.read_text(encoding="utf-8"))
    ]
    assert set(readers) - {"settings.py"} <= {"guard.py", "process.py", "containers.py", "identity.py", "jars.py"}


def test_no_default_needs_anything_to_be_there():
    given = settings.load()
    assert (given.topic_prefix, given.body_limit, given.store) == ("argus.", 1_048_576, "exemplars")
    assert given.inputs == ()


def test_an_empty_variable_is_no_setting(monkeypatch):
    monkeypatch.setenv("ARGUS_KEEP_DAYS", "")
    monkeypatch.setenv("DATABASE_URL", "")
    given = settings.load()
    assert given.keep_days == 90
    with pytest.raises(Misconfigured, match="DATABASE_URL"):
        given.database()


def test_lists_are_written_with_commas(monkeypatch):
    monkeypatch.setenv("ARGUS_INPUTS", " old-errors=sentry:shop , logs=otlp:web-1,")
    monkeypatch.setenv("ARGUS_SCRUB_KEYS", "iban, badge")
    given = settings.load()
    assert given.input_defaults() == {"old-errors": ("sentry", "shop"), "logs": ("otlp", "web-1")}
    assert given.scrub_keys == ("iban", "badge")


@pytest.mark.parametrize("value", ["a", "a=b", "=b:c", "a=:c", "a=b:", "a=b:The Shop", "a=b:c,d"])
def test_a_mapping_that_says_too_little_is_refused(monkeypatch, value):
    monkeypatch.setenv("ARGUS_INPUTS", value)
    with pytest.raises(Misconfigured, match=r"ARGUS_INPUTS: .*topic=source:project"):
        settings.load()


def test_secrets_are_masked_wherever_settings_are_shown(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://argus:hunter2@db/argus")
    monkeypatch.setenv("ARGUS_KAFKA_SASL_PASSWORD", "hunter2")
    given = settings.load()
    assert "hunter2" not in repr(given) + str(effective(given)) + given.model_dump_json()


def test_the_client_is_told_what_it_needs_and_no_more(monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one:9092")
    assert settings.load().kafka() == {"bootstrap.servers": "one:9092", "security.protocol": "PLAINTEXT"}
    monkeypatch.setenv("ARGUS_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("ARGUS_KAFKA_SASL_USERNAME", "argus")
    monkeypatch.setenv("ARGUS_KAFKA_SASL_PASSWORD", "hunter2")
    assert settings.load().kafka() == {
        "bootstrap.servers": "one:9092", "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "argus", "sasl.password": "hunter2",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["CA", "CERTIFICATE", "KEY"])
def test_a_file_for_tls_that_is_not_there_is_named_with_its_variable(monkeypatch, tmp_path, kind):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one:9092")
    monkeypatch.setenv(f"ARGUS_KAFKA_SSL_{kind}_LOCATION", str(tmp_path / "none.pem"))
    with pytest.raises(Misconfigured, match=rf"ARGUS_KAFKA_SSL_{kind}_LOCATION: there is no .*/none\.pem"):
        settings.load().kafka()
    (tmp_path / "none.pem").touch()
    assert str(tmp_path / "none.pem") in settings.load().kafka().values()


@pytest.mark.parametrize("missing", ["ARGUS_KAFKA_SASL_USERNAME", "ARGUS_KAFKA_SASL_PASSWORD"])
def test_a_login_needs_both_its_halves(monkeypatch, missing):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one:9092")
    monkeypatch.setenv("ARGUS_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    for name in {"ARGUS_KAFKA_SASL_USERNAME", "ARGUS_KAFKA_SASL_PASSWORD"} - {missing}:
        monkeypatch.setenv(name, "x")
    with pytest.raises(Misconfigured, match=missing):
        settings.load().kafka()


def test_replaced_variables_replace_and_the_rest_stays(monkeypatch):
    monkeypatch.setenv("ARGUS_KEEP_DAYS", "5")
    monkeypatch.setenv("ARGUS_INPUTS", "a=sentry:shop")
    changed = settings.with_environment(
        settings.load(), {"DATABASE_URL": "postgresql://x", "ARGUS_TOPIC_PARTITIONS": "8", "ARGUS_HEALTH_PORT": "0"}
    )
    assert (changed.database(), changed.topic_partitions, changed.health_port) == ("postgresql://x", 8, 0)
    assert (changed.keep_days, changed.inputs) == (5, ("a=sentry:shop",))


def test_the_settings_can_not_be_changed_while_they_are_used():
    with pytest.raises(ValueError, match="frozen"):
        settings.load().keep_days = 1


def test_what_is_described_is_what_there_is():
    rows = settings.described()
    assert [name for name, _, _ in rows] == [name for name, _ in effective(settings.load())]
    assert json.dumps(rows)


@pytest.mark.parametrize("value", ["EU", "eu.west", "-eu", "eu,eu"])
def test_a_region_whose_alias_can_not_be_is_refused(value, monkeypatch):
    monkeypatch.setenv("ARGUS_REGIONS", value)
    with pytest.raises(Misconfigured, match="ARGUS_REGIONS"):
        settings.load()


def test_regions_are_read_as_a_list(monkeypatch):
    monkeypatch.setenv("ARGUS_REGIONS", "eu, us-east-1")
    assert settings.load().regions == ("eu", "us-east-1")
