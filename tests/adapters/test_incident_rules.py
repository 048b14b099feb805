"""Files that change by which rules signals become incidents."""

import pytest

from argus_streams.adapters.incident_rules import load_incident_rules
from argus_streams.errors import Misconfigured


def loaded(tmp_path, text):
    file = tmp_path / "incidents.yaml"
    file.write_text(text)
    return load_incident_rules(file)


def test_without_a_file_the_rules_are_the_programs():
    rules, projects = load_incident_rules(None)
    assert {"deploy", "suspect-commit", "trace", "alert-of-callee"} <= rules.rules.keys()
    assert projects == {}


def test_a_file_changes_rules_for_all_and_more_of_them_for_some(tmp_path):
    rules, projects = loaded(
        tmp_path,
        """
all:
  quiet: 1h
  weights: {ci: 0}
projects:
  shop:
    rules:
      burst: {window: 2m}
      session: off
      same-host-window: {one: [alert], other: [alert], share: [environment], window: 1m, score: 0.2}
    services: {checkout: [payments, orders-db]}
""",
    )
    shop = projects["shop"]
    assert (rules.quiet, shop.quiet, rules.weights["ci"], shop.weights["error"]) == ("1h", "1h", 0, 1)
    assert (shop.rules["burst"].window, shop.rules["burst"].score) == ("2m", rules.rules["burst"].score)
    assert "session" in rules.rules
    assert "session" not in shop.rules
    assert shop.rules["same-host-window"].fade == 1.0
    assert shop.services == {"checkout": ("payments", "orders-db")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("projects:\n  Shop_1: {opens: 3}\n", "line 2: 'Shop_1' is no project"),
        ("all:\n  quite: 1h\n", "line 2: Object contains unknown field `quite`"),
        ("all:\n  quiet: soon\n", "line 2: Expected `str` matching regex"),
        ("all:\n  quiet: 0m\n", "line 2: Expected `str` matching regex"),
        ("all:\n  threshold: 1.5\n", "line 2: Expected `float` <= 1.0"),
        ("all:\n  rules:\n    burst:\n      windw: 1m\n", "line 4: Object contains unknown field `windw`"),
        ("all:\n  rules:\n    burst:\n      share: [colour]\n", "line 4: Invalid enum value 'colour'"),
        ("all:\n  rules:\n    burst:\n      one: [outage]\n", "line 4: Invalid enum value 'outage'"),
        ("all:\n  rules:\n    burst:\n      share: []\n", "line 4: Expected `array` of length >= 1"),
        ("all:\n  rules:\n    burts:\n      window: 1m\n", "line 3: no rule 'burts' to change"),
        ("projects:\n  shop:\n    rules:\n      burts: off\n", "line 4: no rule 'burts' to switch on or off"),
        ("all:\n  weights: {alarm: 1}\n", "line 2: Invalid enum value 'alarm'"),
        ("all:\n  reopen: {error: never}\n", "line 2: Expected `str` matching regex"),
        ("rules: {}\n", "line 1: Object contains unknown field `rules`"),
        ("all: [\n", "line 2: expected the node content"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path, text, told):
    with pytest.raises(Misconfigured) as error:
        loaded(tmp_path, text)
    assert str(error.value).startswith(f"ARGUS_INCIDENTS_FILE: {tmp_path / 'incidents.yaml'}: ")
    assert told in str(error.value)
