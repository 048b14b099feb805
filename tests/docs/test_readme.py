"""The documents say what is so: tables, paths, commands, variables and examples are held to the code."""

import json
import re
import runpy
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from argus_streams import settings, sources
from argus_streams.agents.wire import Topics
from argus_streams.cli import main
from argus_streams.streaming.supervisor import MISCONFIGURED
from argus_streams.streaming.worker import CRASHED

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
WITHOUT_AN_ARGUMENT = ("demo", "migrate", "config", "parameterize", "locate", "groups")
TESTS_ALONE = {"ARGUS_REQUIRE", "ARGUS_CHAOS_SEED"}

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def _section(title):
    text = README.read_text("utf-8")
    return re.split(r"^## ", text.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def _code(text):
    return re.findall(r"^```(?:sh|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def _said_commands(text):
    """What is said after the word argus where code is meant."""
    inline = re.findall(r"`argus ([^`]+)`", text)
    lines = [line for block in _code(text) for line in block.splitlines()]
    return [*inline, *(said for line in lines for said in re.findall(r"(?:^|\$ |\w=\S+ )argus ([a-z][^#]*)", line))]


def test_the_tables_are_as_the_code_tells_them_now():
    for path, text in runpy.run_path(str(ROOT / "docs" / "tables.py"))["documents"]().items():
        assert path.read_text("utf-8") == text, f"run `make docs`: {path.name} is behind the code"


def test_every_sender_has_a_page_that_tells_how_to_point_it_here_with_an_example():
    for name in sources.load():
        text = (ROOT / "docs" / "senders" / f"{name}.md").read_text("utf-8")
        told = {
            "## Point it here",
            "## What is read",
            "## What is ignored, and why",
            "## An example",
            "## Every sample",
        }
        assert told <= set(text.splitlines())
        assert f"`ce_source: {name}`" in text


def test_every_setting_is_explained():
    assert all(about for _, _, about in settings.described())


@every_document
def test_a_file_that_is_linked_is_there(path):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


@every_document
def test_a_path_that_is_named_is_there(path):
    named = re.findall(r"`((?:argus_streams|docs|samples|schemas|supabase|tests|topics)/[\w./-]+)`", path.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_following_one_event_leads_past_files_that_are_there():
    steps = re.findall(r"^\d+\. (.*?):", _section("Follow one event"), re.MULTILINE)
    paths = [path for step in steps for path in re.findall(r"`([^`]+)`", step)]
    assert len(paths) >= len(steps) > 10
    assert [path for path in paths if not (ROOT / path).is_file()] == []


@every_document
def test_a_command_that_is_named_exists_with_its_arguments(path):
    context = click.Context(main)
    for said in _said_commands(path.read_text("utf-8")):
        name, *arguments = said.split()
        command = main.get_command(context, name)
        assert command is not None, said
        words = [argument for argument in arguments if argument.islower() and argument.isalpha()]
        choices = [
            choice
            for parameter in command.params
            if isinstance(parameter.type, click.Choice)
            for choice in parameter.type.choices
        ]
        if name in {"worker", "topics"}:
            assert set(words) <= set(choices), said


@every_document
def test_a_make_target_that_is_named_exists(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = path.read_text("utf-8")
    named = {*re.findall(r"`make ([a-z-]+)", text), *re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)}
    assert named <= targets


@every_document
def test_a_variable_that_is_named_is_a_setting(path):
    known = {name for name, _, _ in settings.described()} | TESTS_ALONE
    assert set(re.findall(r"\bARGUS_[A-Z_]+\b", path.read_text("utf-8"))) <= known


def test_every_command_is_named_in_the_changelog():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert [name for name in main.commands if f"`{name}" not in text and f"`argus {name}" not in text] == []


def test_the_topic_that_producers_are_sent_to_is_the_one_that_is_read():
    assert f'"{Topics.under("argus.").incoming}"' in _section("How producers publish")


def test_the_exit_codes_are_those_of_the_code():
    codes = set(map(int, re.findall(r"^\| (\d+) \|", _section("Exit codes"), re.MULTILINE)))
    assert codes == {0, 1, 2, CRASHED, MISCONFIGURED}


def test_what_explain_is_said_to_print_is_what_it_prints():
    said = re.search(
        r"<!-- explain: (\S+) -->\n```console\n\$ argus [^\n]*\n(.*?)…\n```", README.read_text(), re.DOTALL
    )
    printed = CliRunner().invoke(main, ["explain", str(ROOT / said[1])])
    assert printed.exit_code == 0
    assert printed.output.startswith(said[2])


def test_the_group_that_is_said_to_be_asked_for_is_the_declined_card():
    asked = re.search(r"^argus group (\w+) ", README.read_text("utf-8"), re.MULTILINE)[1]
    printed = CliRunner().invoke(main, ["explain", "--json", str(ROOT / "samples" / "sentry.json")])
    first = json.loads(printed.output.splitlines()[0])
    assert first["event"]["type"] == "PaymentDeclined"
    assert first["fingerprint"].startswith(f"v1:{asked}")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"ARGUS_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_BOOTSTRAP_SERVERS": "b:1"}, "ARGUS_KAFKA_SASL_USERNAME"),
        ({"ARGUS_BODY_LIMIT": "many"}, "ARGUS_BODY_LIMIT"),
        ({}, "KAFKA_BOOTSTRAP_SERVERS"),
    ],
    ids=["a login without a user", "a limit that is no number", "no broker"],
)
def test_a_wrong_setting_is_named_with_the_code_that_is_said(variables, words):
    nothing = {name: None for name, _, _ in settings.described()}
    ended = CliRunner().invoke(main, ["topics", "check"], env={**nothing, **variables})
    assert (ended.exit_code, words in ended.output) == (MISCONFIGURED, True)


@pytest.mark.parametrize("name", WITHOUT_AN_ARGUMENT)
def test_a_command_tells_what_it_is_for(name):
    told = CliRunner().invoke(main, [name, "--help"])
    assert told.exit_code == 0
    assert len(told.output.splitlines()) > 4
