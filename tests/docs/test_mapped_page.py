"""The page docs/senders/mapped.md: its file loads and reads our samples, and it names all that can be written."""

import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from argus_streams.adapters.mappings import load_mappings
from argus_streams.cli import main
from argus_streams.core.mapping import FIELDS, WrittenMapping

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "senders" / "mapped.md").read_text("utf-8")


@pytest.fixture
def example(tmp_path):
    file = tmp_path / "mappings.yaml"
    file.write_text(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
    return file


def test_the_example_is_of_the_samples_own_mappings(example):
    shown = {each.name: each for each in load_mappings(example)["shop"]}
    ours = {each.name: each for each in load_mappings(ROOT / "samples" / "mapped.yaml")["shop"]}
    assert shown
    for name, mapping in shown.items():
        assert mapping.fields.keys() <= ours[name].fields.keys()
        assert (mapping.kind, mapping.written.when) == (ours[name].kind, ours[name].written.when)


def test_the_example_reads_the_samples_that_it_is_about(example):
    samples = str(ROOT / "samples" / "mapped.json")
    ended = CliRunner().invoke(main, ["explain", "--mapping", str(example), samples])
    assert "error alert, firing: checkout page answers: no answer within 10 s" in ended.stdout
    assert "queue orders is too long" in ended.stdout


def test_the_page_names_every_key_and_field():
    keys = [each.name for each in msgspec.structs.fields(WrittenMapping)]
    named = PAGE.split("## What is read", 1)[1].split("## What is ignored", 1)[0]
    assert [name for name in {*keys, *set().union(*FIELDS.values())} if f"`{name}`" not in named] == []
