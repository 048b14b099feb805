from typing import Annotated, Literal

import msgspec
import pytest

from argus_streams.adapters.yaml_files import line_of, read
from argus_streams.errors import Misconfigured


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    window: int = 0
    order: Literal["after", "any"] = "any"
    lasts: Annotated[str, msgspec.Meta(pattern="^[0-9]+[hd]$", description="6h, 1d")] | None = None


class Rules(msgspec.Struct, forbid_unknown_fields=True):
    rules: list[Rule]
    projects: dict[str, Rule] = {}
    prices: dict[str, dict[str, Rule]] = {}


def written(tmp_path, text):
    file = tmp_path / "rules.yaml"
    file.write_text(text)
    return file


def test_a_file_is_read_as_its_type(tmp_path):
    file = written(tmp_path, "rules:\n- name: burst\n  window: 5\n")
    assert read(file, Rules, "ARGUS_X") == Rules([Rule("burst", 5)])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules:\n- name: burst\n- name: deploy\n  window: soon\n", "line 4: Expected `int`, got `str`"),
        (
            "rules:\n- name: burst\n  windw: 5\n",
            "line 3: Object contains unknown field `windw`; known here: name, window, order, lasts",
        ),
        ("rules:\n- name: [\n", "line 3: expected the node content, but found '<stream end>'"),
        ("rules: []\nprojects:\n  shop:\n    window: 1\n", "line 3: Object missing required field `name`"),
        (
            "rules: []\nprojects:\n  mall: {name: a}\n  shop:\n    name: b\n    window: no\n",
            "line 6: Expected `int`, got `bool`",
        ),
        (
            "rules: []\nprices:\n  a: {near: {name: x}}\n  b:\n    near: {name: y}\n    far: {name: z, window: no}",
            "line 6: Expected `int`, got `bool`",
        ),
        (
            "rules: []\nprojects:\n  shop:\n    name: b\n    order: before\n",
            "line 5: Invalid enum value 'before'; known here: after, any",
        ),
        (
            "rules:\n- name: burst\n  lasts: 1 day\n",
            "line 3: Expected `str` matching regex '^[0-9]+[hd]$'; it is written like 6h, 1d",
        ),
        ("", "line 1: Expected `object`, got `null`"),
        ("rules:\n\t- name: x\n", "line 2: found character '\\t' that cannot start any token"),
    ],
)
def test_a_mistake_is_told_with_variable_file_and_line(tmp_path, text, told):
    file = written(tmp_path, text)
    with pytest.raises(Misconfigured) as error:
        read(file, Rules, "ARGUS_X")
    assert str(error.value) == f"ARGUS_X: {file}: {told}"


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Misconfigured, match=r"^ARGUS_X: .*rules.yaml: No such file or directory"):
        read(tmp_path / "rules.yaml", Rules, "ARGUS_X")


def test_the_line_of_a_place_is_that_of_its_key(tmp_path):
    file = written(tmp_path, "rules:\n- name: burst\n  window: 5\n")
    assert [line_of(file, "rules"), line_of(file, "rules", 0), line_of(file, "rules", 0, "window")] == [1, 2, 3]
