"""A project's tests against a shop whose page has changed, run by pytest with the plugin, in a real browser."""

import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from repairs import repair, written
from told import told

from argus_streams.core.events import TestFailure
from argus_streams.core.healing.case import case_of
from argus_streams.roles.heal import looker
from argus_streams.settings import Settings

GIT_APPLY = [shutil.which("git") or "git", "apply", "-"]
HERE = Path(__file__).parent
REPAIRS = [
    repair("page.locator('#save')", "page.get_by_test_id('store')"),
    repair(
        'page.locator("#pay").locator("#save")',
        'page.locator("#pay").get_by_role("button", name="Store")',
        verdict="validate",
        confidence=0.6,
    ),
    repair("page.locator('#remove')", "page.locator('.remove')"),
    repair("page.locator('#coupon')", "page.get_by_test_id('coupon')"),
    repair("page.locator('#help')", "page.get_by_test_id('help')"),
    repair("page.locator('#slow')", "page.get_by_test_id('store')"),
    repair(
        "page.get_by_role('button', name='Remove')",
        "page.get_by_role('button', name='Remove', exact=True)",
        failure="ambiguous",
    ),
    {"locator": "cy.get('#save')"},
]


@pytest.fixture(scope="module")
def project(tmp_path_factory, shops, run_tests, chromium):
    """A project whose tests have run against the old shop already."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(HERE / "project", folder, dirs_exist_ok=True)
    (folder / "pytest.ini").write_text("[pytest]\n")
    written(folder / "argus-heals.json", *REPAIRS)
    run_tests(folder, "--argus-report=", "-k", "terms", SHOP=shops["old"], CHROMIUM=chromium)
    return folder


@pytest.fixture(scope="module")
def after(project, shops, run_tests, chromium):
    """The run against the new shop, with all repairs: what each test came to, what was told and printed."""
    ran = run_tests(project, "--argus-heal=validate", "--junitxml=junit.xml", SHOP=shops["new"], CHROMIUM=chromium)
    failures, outcomes = told(project / "argus-heals.ndjson")
    cases = {case.get("name"): case for case in ET.parse(project / "junit.xml").iter("testcase")}  # noqa: S314 - ours
    return SimpleNamespace(text=ran.stdout, failures=failures, outcomes=outcomes, cases=cases)


def passed(after, name):
    return after.cases[name].find("failure") is None


def outcomes_of(after, name):
    return [each for each in after.outcomes if each["test"].endswith(f"::{name}")]


def failure_of(after, name):
    return next((each for each in after.failures if each["test"].endswith(f"::{name}")), None)


@pytest.mark.parametrize(
    "name", ["test_saves", "test_saves_by_the_short_way", "test_saves_in_the_form", "test_removes"]
)
def test_a_broken_locator_is_healed_and_told(after, name):
    assert passed(after, name)
    (outcome,) = outcomes_of(after, name)
    assert (outcome["worked"], outcome["scope"], outcome["project"]) == (True, "/shop.html", "shop")
    assert failure_of(after, name) is None
    assert "went on with" in after.cases[name].find("properties/property[@name='argus']").get("value")


def test_an_assertion_that_fails_after_a_heal_fails_and_its_outcome_is_not_told(after):
    assert not passed(after, "test_saves_and_expects_what_is_not_so")
    assert outcomes_of(after, "test_saves_and_expects_what_is_not_so") == []
    assert "not told, as the test failed afterwards" in after.text


@pytest.mark.parametrize("name", ["test_expects_the_button", "test_reads_the_button"])
def test_what_is_expected_or_read_is_never_healed(after, name):
    assert not passed(after, name)
    assert outcomes_of(after, name) == []


def test_two_matches_are_no_heal_and_are_told(after):
    assert not passed(after, "test_removes_by_id")
    assert [outcome["worked"] for outcome in outcomes_of(after, "test_removes_by_id")] == [False]
    assert failure_of(after, "test_removes_by_id")["failure"] == "not_found"


@pytest.mark.parametrize("name", ["test_uses_a_coupon", "test_asks_for_help", "test_saves_on_another_page"])
def test_a_hidden_or_disabled_match_or_another_page_is_no_heal(after, name):
    assert not passed(after, name)
    assert outcomes_of(after, name) == []
    assert failure_of(after, name)


@pytest.mark.parametrize("name", ["test_is_slow", "test_clicks_what_is_no_selector"])
def test_what_was_found_or_can_not_be_looked_for_is_no_broken_locator(after, name):
    assert not passed(after, name)
    assert outcomes_of(after, name) == []
    assert failure_of(after, name) is None


def test_a_failure_tells_where_it_is_written_and_what_the_locator_found_before(after):
    failure = failure_of(after, "test_reads_the_terms")
    line = (HERE / "project" / "test_shop.py").read_text().splitlines()[failure["line"] - 1]
    assert (failure["file"], failure["locator"]) == ("test_shop.py", 'page.locator("#terms")')
    assert failure["locator"] in line
    assert failure["element"]["visibleText"] == ["Terms"]
    assert failure["element"]["href"] == "/terms.html"


def test_healing_finds_the_lost_element_in_what_a_failure_tells(after):
    failure = msgspec.convert(failure_of(after, "test_reads_the_terms"), TestFailure)
    advice = looker(Settings()).at(case_of(failure, at=0)).look()
    assert (advice.verdict, "terms" in advice.healed) == ("validate", True)


@pytest.mark.usefixtures("after")
def test_no_secret_of_the_page_is_told(project):
    written = (project / "argus-heals.ndjson").read_text() + (project / ".argus" / "elements.json").read_text()
    assert "-secret" not in written
    assert "Card" in written


def test_what_is_hidden_is_told_as_hidden(after):
    assert '<button data-testid="coupon" type="button" hidden="">' in failure_of(after, "test_has_no_repair")["dom"]


def test_the_run_lists_what_was_healed(after):
    assert "page.locator(\"#save\") went on with page.get_by_test_id('store')" in after.text
    assert 'does not hold page.locator("#save")' in after.text


def test_the_printed_patch_changes_the_locators_of_tests_that_passed_alone(after, tmp_path):
    shutil.copy(HERE / "project" / "test_shop.py", tmp_path)
    printed = after.text[after.text.index("--- a/") :].partition("\n=====")[0] + "\n"
    subprocess.run(GIT_APPLY, input=printed, text=True, check=True, cwd=tmp_path)  # noqa: S603 - ours
    lines = (tmp_path / "test_shop.py").read_text().splitlines()
    old = (HERE / "project" / "test_shop.py").read_text().splitlines()
    changed = [(one.strip(), other.strip()) for one, other in zip(old, lines, strict=True) if one != other]
    remove = 'page.get_by_role("button", name="Remove"'
    assert changed == [
        ('page.locator("#save").click()', 'page.get_by_test_id("store").click()'),
        ('form.locator("#save").click()', 'form.get_by_role("button", name="Store").click()'),
        (f"{remove}).click()", f"{remove}, exact=True).click()"),
    ]
