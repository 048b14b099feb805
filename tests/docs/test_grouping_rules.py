"""The example of docs/grouping-rules.md does what the page says."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from argus_streams.adapters.rules import load_rules
from argus_streams.cli import main
from argus_streams.core.events import Event, ExceptionInfo, Frame
from argus_streams.core.grouping.fingerprint import Field, fingerprint

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "grouping-rules.md").read_text("utf-8")


@pytest.fixture
def rules_file(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
    return file


@pytest.fixture
def rules(rules_file):
    return load_rules(rules_file)


def test_failures_of_one_provider_are_one_group_whatever_they_say(rules):
    one = Event(type="shop.PaymentDeclined", message="card 1", tags={"provider": "north"})
    other = Event(type="PaymentDeclined", message="insufficient funds", tags={"provider": "north"})
    third = Event(type="PaymentDeclined", message="card 1", tags={"provider": "south"})
    found = [fingerprint(event, rules["shop"]) for event in (one, other, third)]
    assert found[0].value == found[1].value != found[2].value
    assert found[0].how == "rule:one group a payment provider"


def test_what_an_event_lacks_is_told(rules):
    found = fingerprint(Event(type="PaymentDeclined"), rules["shop"])
    assert ("fingerprint", "<no tags.provider>") in found.parts


def test_a_default_part_only_divides_further(rules):
    raised = (ExceptionInfo("KeyError", "x", frames=(Frame("run", "shop.jobs"),)),)
    jobs = [Event(type="KeyError", message="x", exceptions=raised, service=name) for name in ("cron-a", "cron-b")]
    parts = [fingerprint(event, rules["shop"]).parts for event in jobs]
    assert parts[0] != parts[1]
    assert parts[0][1:] == parts[1][1:] == fingerprint(jobs[0]).parts


def test_all_fields_of_a_match_must_fit(rules):
    fits = Event(logger="billing.invoices", message="run 7 failed at once")
    assert fingerprint(fits, rules["billing"]).how == "rule:all of the invoice run"
    assert fingerprint(Event(logger="billing.invoices", message="late"), rules["billing"]).how == "message"


def test_a_missing_field_fits_like_an_empty_text(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text('shop: [{name: any, match: {logger: "*"}, parts: [all]}]')
    assert fingerprint(Event(message="x"), load_rules(file)["shop"]).how == "rule:any"


def test_the_senders_own_fingerprint_beats_a_rule(rules):
    event = Event(type="PaymentDeclined", fingerprint=("mine",))
    assert fingerprint(event, rules["shop"]).how == "sender"


def test_the_page_names_every_field():
    named = PAGE.split("The fields are", 1)[1].split("* `parts`", 1)[0]
    assert [field for field in get_args(Field) if f"`{field}`" not in named] == []


@pytest.mark.parametrize(
    "text",
    [
        "shop: [{name: a, match: {}, parts: [x]}]",
        "shop: 2026-99-99",
        "shop: [{name: a, match: {colour: red}, parts: [x]}]",
        "shop: [{nam: a}]",
    ],
    ids=["an empty match", "no date", "an unknown field", "an unknown key"],
)
def test_a_mistake_ends_with_78_and_its_place(tmp_path, text):
    file = tmp_path / "rules.yaml"
    file.write_text(text)
    body = tmp_path / "argus.json"
    body.write_text('{"message": "x"}')
    ended = CliRunner().invoke(main, ["explain", str(body)], env={"ARGUS_RULES_FILE": str(file)})
    assert ended.exit_code == 78
    assert str(file) in ended.output


def test_a_rule_is_tried_under_the_project_that_explain_is_told(tmp_path, rules_file):
    body = tmp_path / "argus.json"
    body.write_text(json.dumps({"type": "PaymentDeclined", "message": "x"}))
    how = []
    for project in ("shop", "billing"):
        command = ["explain", "--json", "--project", project, str(body)]
        ended = CliRunner().invoke(main, command, env={"ARGUS_RULES_FILE": str(rules_file)})
        how.append(json.loads(ended.output)["how"])
    assert how == ["rule:one group a payment provider", "message"]
