import pytest
from commands import argus

from argus_streams.cli import main


def test_templates_are_told_a_line_each():
    given = b"user 17 not found\nuser 18 not found\n\nfrom 10.0.0.1 to 10.0.0.2\nno newline at the end"
    told = argus("parameterize", given=given).stdout.splitlines()
    assert len(told) == 5
    assert told[0] == told[1] == "user <num> not found"
    assert told[4] == "no newline at the end"


@pytest.mark.parametrize(
    "line", [b"\xff\xfe\x00 7", b"\xed\xa0\x80", b"a" * 200_000, b"a\r", b"\0", "\u2028\x85 1".encode()]
)
def test_no_line_stops_the_templates(line):
    result = argus("parameterize", given=line + b"\nnext 1\n")
    assert result.exit_code == 0
    assert result.stdout_bytes.count(b"\n") == 2
    assert result.stdout_bytes.endswith(b"next <num>\n")


def test_the_configuration_is_shown_without_secrets():
    result = argus(
        "config",
        DATABASE_URL="postgresql://argus:hunter2@db/argus",
        KAFKA_BOOTSTRAP_SERVERS="one:9092,two:9092",
        ARGUS_KAFKA_SASL_PASSWORD="hunter3",  # noqa: S106 - a test's own
        ARGUS_INPUTS="old=sentry:shop,[red]=otlp:web",
    )
    assert result.exit_code == 0
    assert "hunter" not in result.output
    shown = dict(line.split(None, 1) for line in result.stdout.splitlines() if len(line.split(None, 1)) > 1)
    assert shown["KAFKA_BOOTSTRAP_SERVERS"] == "one:9092,two:9092"
    assert shown["ARGUS_INPUTS"] == "old=sentry:shop,[red]=otlp:web"
    assert shown["ARGUS_BODY_LIMIT"] == "1048576"
    assert set(shown["DATABASE_URL"]) == {"*"}


WRONG = {
    "ARGUS_KAFKA_SECURITY_PROTOCOL": "TLS",
    "ARGUS_KAFKA_SASL_MECHANISM": "GSSAPI",
    "ARGUS_TOPIC_PREFIX": "no spaces",
    "ARGUS_TOPIC_PARTITIONS": "0",
    "ARGUS_TOPIC_REPLICATION": "many",
    "ARGUS_INPUTS": "topic=sentry",
    "ARGUS_BODY_LIMIT": "9000000",
    "ARGUS_STORE": "some",
    "ARGUS_UNKNOWN_PROJECTS": "maybe",
    "ARGUS_DB_SCHEMA": 'a"; drop',
    "ARGUS_PARTITION_DAYS_AHEAD": "-1",
    "ARGUS_KEEP_DAYS": "1.5",
    "ARGUS_HEALTH_PORT": "65536",
    "ARGUS_LOG_LEVEL": "LOUD",
}


@pytest.mark.parametrize(("name", "value"), WRONG.items(), ids=WRONG)
def test_a_wrong_setting_is_exit_78_and_a_sentence_that_names_it(name, value):
    result = argus("config", **{name: value})
    assert result.exit_code == 78
    assert name in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_misspelt_setting_is_told_beside_those_in_force():
    result = argus("config", ARGUS_BODY_LIMT="5")
    assert (result.exit_code, result.stderr) == (0, "argus: ARGUS_BODY_LIMT is no setting of this version\n")
    assert argus("config").stderr == ""


def test_a_wrong_setting_is_told_in_our_own_words():
    result = argus("config", ARGUS_INPUTS="probes")
    assert result.stderr == "argus: ARGUS_INPUTS: 'probes' is not topic=source:project\n"


@pytest.mark.parametrize("name", ["ARGUS_RULES_FILE", "ARGUS_MAPPINGS_FILE"])
def test_a_file_that_is_not_there_is_told_once(name):
    result = argus("explain", __file__, **{name: "none.yaml"})
    assert (result.exit_code, result.stderr) == (78, f"argus: {name}: none.yaml: No such file or directory\n")


def test_all_wrong_settings_are_named_at_once():
    result = argus("config", ARGUS_STORE="some", ARGUS_KEEP_DAYS="0")
    assert "ARGUS_STORE" in result.stderr
    assert "ARGUS_KEEP_DAYS" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("topics", "check"), ("topics", "apply"), ("publish", "--source", "argus", "--project", "shop", __file__)],
)
def test_without_a_broker_named_a_command_is_exit_78(arguments):
    result = argus(*arguments)
    assert result.exit_code == 78
    assert "KAFKA_BOOTSTRAP_SERVERS" in result.stderr


@pytest.mark.parametrize("arguments", [("migrate",), ("groups",), ("group", "abc"), ("group", "abc", "resolve")])
def test_without_a_database_named_a_command_is_exit_78(arguments):
    result = argus(*arguments)
    assert result.exit_code == 78
    assert "DATABASE_URL" in result.stderr


@pytest.mark.parametrize("arguments", [("migrate",), ("groups",), ("group", "abc")])
def test_what_is_no_connection_string_is_exit_78_and_is_not_repeated(arguments):
    result = argus(*arguments, DATABASE_URL="ostgres:hunter2")
    assert result.exit_code == 78
    assert "DATABASE_URL" in result.stderr
    assert "hunter2" not in result.output


def test_a_login_without_a_password_is_exit_78():
    result = argus("topics", "check", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1", ARGUS_KAFKA_SECURITY_PROTOCOL="SASL_SSL")
    assert result.exit_code == 78
    assert "ARGUS_KAFKA_SASL_USERNAME" in result.stderr


@pytest.mark.parametrize(
    "content",
    ["shop: 7", "shop: [{name: x, match: {tpye: a}, parts: [b]}]", "shop: [{name: x}]", "{", "\x00", "- a", ""],
)
def test_wrong_rules_are_exit_78_and_say_where(tmp_path, content):
    rules = tmp_path / "rules.yaml"
    rules.write_text(content)
    result = argus("explain", __file__, ARGUS_RULES_FILE=str(rules))
    assert result.exit_code == 78
    assert "ARGUS_RULES_FILE" in result.stderr
    assert str(rules) in result.stderr


@pytest.mark.parametrize(
    "arguments", [("demo", "--json"), ("demo", "--seconds", "1"), ("worker", "gardener"), ("worker",)]
)
def test_wrong_usage_is_exit_2(arguments):
    assert argus(*arguments).exit_code == 2


def test_every_command_has_help():
    listed = argus("--help").stdout.partition("Commands:")[2]
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]
    assert {"demo", "worker", "topics", "migrate", "config", "publish", "groups", "group", "explain"} <= set(names)
    assert all(argus(name, "--help").exit_code == 0 for name in names)


@pytest.mark.parametrize(("source", "project"), [("nope", "shop"), ("sentry", "Bad Name")])
def test_publish_refuses_a_source_or_project_that_could_only_become_a_letter(tmp_path, source, project):
    body = tmp_path / "body.json"
    body.write_text("{}")
    done = argus("publish", "--source", source, "--project", project, str(body), KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert done.exit_code == 2
    assert "is named" in done.stderr or "is not 1 to 64" in done.stderr


def test_the_help_tells_of_each_command_a_whole_sentence():
    listed = argus("-h").stdout.partition("Commands:\n")[2].splitlines()
    assert len(listed) == len(main.commands)
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "yesterday"),
        ("--offsets", "argus.events.incoming"),
        ("--offsets", "argus.events.incoming:0:7-7"),
        ("--offsets", "argus.events.incoming:0:1-7", "--from", "2h"),
        ("--wait", "-1"),
    ],
    ids=" ".join,
)
def test_a_span_to_audit_that_is_none_is_wrong_usage(arguments):
    assert argus("audit", *arguments).exit_code == 2


def test_an_audit_needs_a_broker_and_a_database():
    for environment in ({}, {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}):
        done = argus("audit", **environment)
        assert done.exit_code == 78
        assert "is not set" in done.stderr
