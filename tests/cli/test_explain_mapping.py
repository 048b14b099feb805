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
    assert f"argus: --mapping: {mapping}: shop: mapping 'probes': fields.message: 'text ||': " in line


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("kind: alert", "kind: alarm", "shop: mapping 'probes': Invalid enum value 'alarm' - at `$.kind`"),
        ("when: probe", "whn: probe", "shop: mapping 'probes': Object contains unknown field `whn`"),
        ("name: probes", "nam: probes", "shop: mapping 1: Object contains unknown field `nam`"),
        ("  - name: probes", "  - 7\n  - name: probes", "shop: mapping 1: Expected `object`, got `int`"),
    ],
)
def test_a_mistake_in_the_shape_is_told_with_project_and_mapping(mapping, body, right, wrong, told):
    mapping.write_text(MAPPINGS.replace(right, wrong))
    result = argus("explain", "--mapping", mapping, body)
    assert result.exit_code == 78
    assert told in result.stderr


def test_a_project_without_mappings_and_a_file_that_is_not_there_are_exit_78(mapping, body, tmp_path):
    stranger = argus("explain", "--mapping", mapping, "--project", "till", body)
    assert (stranger.exit_code, "has mappings of shop: choose with --project" in stranger.stderr) == (78, True)
    nothing = argus("explain", "--mapping", tmp_path / "none.yaml", body)
    assert nothing.stderr == f"argus: --mapping: {tmp_path / 'none.yaml'}: No such file or directory\n"


def test_the_element_that_a_mapping_can_not_read_is_told_by_its_number(mapping, body):
    mapping.write_text(MAPPINGS.replace("when: probe", "each: probes"))
    body.write_text('{"probes": [{"probe": "a"}, {"text": "no rule"}]}')
    result = argus("explain", "--mapping", mapping, body)
    assert "mapped[1]: malformed: nothing that the mapping looks for" in result.stdout


def test_lines_name_their_own_source(mapping):
    given = b'{"body": {"probe": "x"}}\n{"source": "argus", "body": {"message": "y"}}\n'
    result = argus("explain", "--json", "--mapping", mapping, "-", given=given)
    assert [json.loads(line)["source"] for line in result.stdout.splitlines()] == ["mapped", "argus"]


def test_the_setting_serves_without_the_option(mapping, body):
    result = argus(
        "explain", "--json", "--source", "mapped", "--project", "shop", body, ARGUS_MAPPINGS_FILE=str(mapping)
    )
    assert json.loads(result.stdout)["event"]["type"] == "shop answers"
