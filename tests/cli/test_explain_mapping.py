"""`argus explain --mapping FILE` tries a file of mappings."""

import json

import pytest
from commands import argus

MAPPINGS = """
shop:
  - name: probes
    kind: alert
    when: probe
    fields: {rule: probe, message: text}
"""


@pytest.fixture
def mapping(tmp_path):
    file = tmp_path / "mappings.yaml"
    file.write_text(MAPPINGS)
    return file


@pytest.fixture
def body(tmp_path):
    file = tmp_path / "github.json"  # a name that is another source's
    file.write_text('{"probe": "shop answers", "text": "no answer"}')
    return file


def test_a_body_is_read_by_the_only_project_of_the_file(mapping, body):
    result = argus("explain", "--json", "--mapping", mapping, body)
    line = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (line["source"], line["event"]["project"], line["event"]["message"]) == ("mapped", "shop", "no answer")


def test_several_projects_leave_the_choice_to_the_person(mapping, body):
    mapping.write_text(MAPPINGS + MAPPINGS.replace("shop:", "till:").replace("text", "probe"))
    unnamed = argus("explain", "--mapping", mapping, body)
    assert unnamed.exit_code == 78
    assert "shop, till: choose with --project" in unnamed.stderr
    named = argus("explain", "--json", "--mapping", mapping, "--project", "till", body)
    assert json.loads(named.stdout)["event"]["message"] == "shop answers"


def test_a_body_that_no_mapping_fits_is_exit_1(mapping, body):
    body.write_text("{}")
    result = argus("explain", "--mapping", mapping, body)
    assert result.exit_code == 1
    assert "mapped: malformed: no mapping fits (tried: probes)" in result.stdout


def test_a_mistake_is_exit_78_and_one_sentence_with_its_place(mapping, body):
    mapping.write_text(MAPPINGS.replace("message: text", "message: 'text ||'"))
    result = argus("explain", "--mapping", mapping, body)
    assert result.exit_code == 78
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert f"{mapping}: shop: mapping 'probes': fields.message: 'text ||': " in line


def test_lines_name_their_own_source(mapping):
    given = b'{"body": {"probe": "x"}}\n{"source": "argus", "body": {"message": "y"}}\n'
    result = argus("explain", "--json", "--mapping", mapping, "-", given=given)
    assert [json.loads(line)["source"] for line in result.stdout.splitlines()] == ["mapped", "argus"]


def test_the_setting_serves_without_the_option(mapping, body):
    result = argus(
        "explain", "--json", "--source", "mapped", "--project", "shop", body, ARGUS_MAPPINGS_FILE=str(mapping)
    )
    assert json.loads(result.stdout)["event"]["type"] == "shop answers"
