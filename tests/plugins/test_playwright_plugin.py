"""Tests of a shop whose page has changed, run by Playwright Test with the plugin, in a real browser."""

import json
import shutil
import subprocess
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

JOINT = " \u203a "  # between the titles of suites and of the test
HERE = Path(__file__).parent
PROJECT = HERE / "playwright_project"
GIT_APPLY = [shutil.which("git") or "git", "apply", "-"]
REPAIRS = [
    repair("page.locator('#save')", "page.getByTestId('store')"),
    repair(
        "page.locator('#pay').locator(\"#save\")",
        "page.locator('#pay').getByRole('button', { name: 'Store' })",
        verdict="validate",
        confidence=0.6,
    ),
    repair("page.locator('#remove')", "page.locator('.remove')"),
    repair("page.locator('#coupon')", "page.getByTestId('coupon')"),
    repair("page.locator('#help')", "page.getByTestId('help')"),
    repair("page.locator('#slow')", "page.getByTestId('store')"),
    repair("page.locator('#late')", "page.locator('.remove')"),
    repair(
        'page.getByRole("button", {name: "Remove"})',
        "page.getByRole('button', { name: 'Remove', exact: true })",
        failure="ambiguous",
    ),
    repair("page.locator('#slow-save')", "page.getByTestId('store')", scope="basket"),
    {"locator": "cy.get('#save')"},
]


@pytest.fixture(scope="module")
def project(tmp_path_factory, shops, run_playwright, playwright_test):
    """A project one of whose tests has run against the old shop already."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "argus-playwright").symlink_to(playwright_test)
    written(folder / "argus-heals.json", *REPAIRS)
    run_playwright(folder, shops["old"], {"report": ""}, "-g", "reads the terms")
    return folder


@pytest.fixture(scope="module")
def after(project, shops, run_playwright):
    """The run against the new shop, with all repairs: what each test came to, what was told and printed."""
    ran = run_playwright(project, shops["new"], {"heal": "validate", "patience": 1_000}, IS_NEW="1")
    failures, outcomes = told(project / "argus-heals.ndjson")
    suites = json.loads((project / "results.json").read_text())["suites"]
    results = {spec["title"]: spec["tests"][0]["results"][-1] for suite in suites for spec in suite["specs"]}
    return SimpleNamespace(text=ran.stdout, failures=failures, outcomes=outcomes, results=results)


def passed(after, title):
    return after.results[title]["status"] == "passed"


def outcomes_of(after, title):
    return [each["worked"] for each in after.outcomes if each["test"].endswith(f"{JOINT}{title}")]


def failure_of(after, title):
    return next((each for each in after.failures if each["test"].endswith(f"{JOINT}{title}")), None)


@pytest.mark.parametrize(
    "title",
    [
        "saves",
        "saves by the short way",
        "saves in the form",
        "removes",
        "saves in time",
        "saves from a module",
        "saves in the basket",
    ],
)
def test_a_broken_locator_is_healed_and_told(after, title):
    assert passed(after, title)
    assert outcomes_of(after, title) == [True]
    assert failure_of(after, title) is None
    (annotation,) = after.results[title]["annotations"]
    assert (annotation["type"], "went on with" in annotation["description"]) == ("argus", True)


def test_an_assertion_that_fails_after_a_heal_fails_and_its_outcome_is_not_told(after):
    assert not passed(after, "saves and expects what is not so")
    assert outcomes_of(after, "saves and expects what is not so") == []
    assert "not told, as the test failed afterwards" in after.text


@pytest.mark.parametrize("title", ["expects the button", "reads the button"])
def test_what_is_expected_or_read_is_never_healed(after, title):
    assert not passed(after, title)
    assert outcomes_of(after, title) == []


def test_two_matches_are_no_heal_and_are_told(after):
    assert not passed(after, "removes by id")
    assert outcomes_of(after, "removes by id") == [False]
    assert failure_of(after, "removes by id")["failure"] == "not_found"


@pytest.mark.parametrize("title", ["uses a coupon", "asks for help", "saves on another page"])
def test_a_hidden_or_disabled_match_or_another_page_is_no_heal(after, title):
    assert not passed(after, title)
    assert outcomes_of(after, title) == []
    assert failure_of(after, title)


@pytest.mark.parametrize("title", ["is slow", "clicks what is no selector"])
def test_what_was_found_or_can_not_be_looked_for_is_no_broken_locator(after, title):
    assert not passed(after, title)
    assert outcomes_of(after, title) == []
    assert failure_of(after, title) is None


def test_what_comes_later_than_a_repair_is_tried_is_waited_for_and_no_outcome_told(after):
    assert passed(after, "waits for what comes later")
    assert outcomes_of(after, "waits for what comes later") == []


def test_a_locator_that_a_test_waited_for_until_its_time_was_up_is_told(after):
    failure = failure_of(after, "waits until its time is up")
    assert (failure["locator"], failure["failure"]) == ("page.locator('#nowhere')", "not_found")
    assert "<button" in failure["dom"]


def test_a_failure_tells_where_it_is_written_and_what_the_locator_found_before(after):
    failure = failure_of(after, "reads the terms")
    line = (PROJECT / "shop.spec.js").read_text().splitlines()[failure["line"] - 1]
    assert (failure["file"], failure["locator"]) == ("shop.spec.js", "page.locator('#terms')")
    assert failure["locator"] in line
    assert failure["element"]["visibleText"] == ["Terms"]


def test_an_error_leads_to_the_line_of_the_test(after):
    assert after.results["has no repair"]["errors"][0]["location"]["file"].endswith("shop.spec.js")


def test_healing_finds_the_lost_element_in_what_a_failure_tells(after):
    failure = msgspec.convert(failure_of(after, "reads the terms"), TestFailure)
    advice = looker(Settings()).at(case_of(failure, at=0)).look()
    assert (advice.verdict, "terms" in advice.healed) == ("validate", True)


@pytest.mark.usefixtures("after")
def test_no_secret_of_the_page_is_told(project):
    written = (project / "argus-heals.ndjson").read_text() + (project / ".argus" / "elements.json").read_text()
    assert "-secret" not in written
    assert "Card" in written


def test_the_run_lists_what_was_healed(after):
    assert "page.locator('#save') went on with page.getByTestId('store')" in after.text
    assert "does not hold page.locator('#save')" in after.text


def test_the_printed_patch_changes_the_locators_of_tests_that_passed_alone(after, tmp_path):
    shutil.copytree(PROJECT, tmp_path, dirs_exist_ok=True)
    printed = after.text[after.text.index("--- a/") :].rstrip("\n") + "\n"
    subprocess.run(GIT_APPLY, input=printed, text=True, check=True, cwd=tmp_path)  # noqa: S603 - ours
    names = sorted(path.name for path in PROJECT.glob("*.spec.*js"))
    texts = [((PROJECT / name).read_text(), (tmp_path / name).read_text()) for name in names]
    lines = [pair for old, new in texts for pair in zip(old.splitlines(), new.splitlines(), strict=True)]
    changed = [new.strip() for old, new in lines if old != new]
    short = "await page.getByTestId('store').click();"
    assert changed == [
        short,
        short,
        'await page.getByTestId("store").click();',
        "await form.getByRole('button', { name: 'Store' }).click();",
        "await page.getByRole('button', { name: 'Remove', exact: true }).click();",
        short,
    ]


def test_under_strict_a_test_that_passed_by_an_unsure_repair_fails(project, shops, run_playwright):
    ran = run_playwright(project, shops["new"], {"heal": "validate", "strict": True, "report": ""}, "-g", "the form")
    assert ran.returncode == 1
    assert "passed with a repair that is to be validated" in (project / "results.json").read_text()


def test_nothing_is_healed_unless_it_is_asked_for(project, shops, run_playwright):
    ran = run_playwright(project, shops["new"], {"report": "off.ndjson"}, "-g", "short way")
    failures, outcomes = told(project / "off.ndjson")
    assert (ran.returncode, len(failures), outcomes) == (1, 1, [])
    assert ran.stdout.count("next: argus heal submit --project shop off.ndjson") == 1


def test_a_file_of_repairs_that_is_not_there_is_named_with_what_writes_it(project, shops, run_playwright):
    options = {"heal": "apply", "repairs": "none.json", "report": "quiet.ndjson"}
    ran = run_playwright(project, shops["new"], options, "-g", "no such test")
    assert "there is no none.json: argus heal export --project PROJECT > none.json" in ran.stderr
    assert "argus heal submit" not in ran.stdout


def test_locators_are_read_and_lines_changed_as_their_own_tests_say(node):
    ran = subprocess.run([node, "--test", HERE / "units"], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stdout
