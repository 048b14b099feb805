"""The fixture ``heal``, and what the run says about it in the end."""

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from argus_pytest.options import declare, run_of
from argus_pytest.patches import Edit, patch
from argus_pytest.playwright import Watched
from argus_pytest.selenium import Driver
from argus_pytest.watch import Heal, Run, Watch

_RUN = pytest.StashKey[Run]()
_WATCH = pytest.StashKey[Watch]()
_TOLD = "argus"  # name of what a report tells to the process that prints the summary


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tell what can be set."""
    declare(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read what is known."""
    config.stash[_RUN] = run_of(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Keep what was seen."""
    if (run := config.stash.get(_RUN, None)) is not None:
        run.elements.save()


@pytest.fixture
def heal(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """``heal(page)``, ``heal(driver)``: the same, and it goes on with known repairs where a locator is broken.

    ``scope`` names a component that is tested by itself, instead of the path of the page's URL.
    """
    watch = Watch(request.config.stash[_RUN], request.node.nodeid)
    request.node.stash[_WATCH] = watch

    def wrapped(real: Any, scope: str | None = None) -> Any:
        return _watched(real, watch if scope is None else replace(watch, component=scope))

    return wrapped


def _watched(real: Any, watch: Watch) -> Any:
    if hasattr(real, "get_by_role"):
        return Watched(real, real, (), None, watch)
    if hasattr(real, "find_element"):
        return Driver(real, watch)
    raise TypeError(f"{type(real).__name__} is neither a page of Playwright's nor a driver of Selenium's")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Tell what was healed where the test itself is told about."""
    report = yield
    watch = item.stash.get(_WATCH, None)
    if watch is None or call.when != "call":
        return report
    unsure = [heal for heal in watch.heals if heal.worked and heal.repair.verdict == "validate"]
    watch.close(passed=report.passed)
    if report.passed and unsure and item.config.getoption("argus_strict"):
        report.outcome = "failed"
        report.longrepr = "\n".join(f"passed with a repair that is to be validated: {_line(heal)}" for heal in unsure)
    lines = [_line(heal) for heal in watch.heals] + watch.notes
    if lines:
        report.sections.append(("argus", "\n".join(lines)))
        edits = [list(edit) for edit in watch.edits]
        told = (_TOLD, json.dumps({"test": item.nodeid, "lines": lines, "edits": edits}))
        item.user_properties.append(told)  # for JUnit's XML
        report.user_properties.append(told)
    return report


def _line(heal: Heal) -> str:
    repair = heal.repair
    state = "went on with" if heal.worked else "could not go on with"
    why = f": {repair.reason}" if repair.reason else ""
    return f"{heal.trouble.locator} {state} {repair.healed} ({repair.verdict}, {repair.confidence:.2f}{why})"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Nobody is to overlook a test that passed with another locator than it names."""
    reports = [each for several in terminalreporter.stats.values() for each in several]
    calls = [report for report in reports if getattr(report, "when", None) == "call"]
    told = [json.loads(value) for report in calls for name, value in report.user_properties if name == _TOLD]
    run = config.stash[_RUN]
    for line in _complaints(run):
        terminalreporter.write_line(f"argus: {line}", yellow=True)
    if (written := run.report.grown()) is not None:
        submit = shlex.join(["argus", "heal", "submit", "--project", _project(run), _shown(written)])
        terminalreporter.write_line(f"argus: what happened is in {_shown(written)}; next: {submit}")
    if told:
        _write_heals(terminalreporter, run, told)


def _write_heals(terminalreporter: Any, run: Run, told: list[dict[str, Any]]) -> None:
    terminalreporter.section("argus: locators that broke", yellow=True)
    for each in told:
        terminalreporter.write_line(each["test"], bold=True)
        for line in each["lines"]:
            terminalreporter.write_line(f"  {line}")
    _write_patch(terminalreporter, run, [Edit(*edit) for each in told for edit in each["edits"]])


def _complaints(run: Run) -> Iterator[str]:
    if run.mode != "off" and run.missing is not None:
        file = _shown(run.missing)
        yield f"there is no {file}: argus heal export --project {_project(run)} > {shlex.quote(file)}"
    elif run.mode != "off" and not run.repairs.known:
        yield "no repair is known of any locator in Python"
    if run.report.lost:
        yield f"{run.report.lost} lines did not fit into the report: submit it, then remove it"


def _project(run: Run) -> str:
    """The project whose repairs are known, else a place to fill in."""
    return run.repairs.project or "PROJECT"


def _shown(file: Path) -> str:
    """A file as a command is given it."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def _write_patch(terminalreporter: Any, run: Run, edits: list[Edit]) -> None:
    def lines_of(file: str) -> list[str]:
        try:
            with (run.root / file).open(encoding="utf-8", newline="") as text:
                return text.readlines()
        except (OSError, UnicodeDecodeError):
            return []

    made = patch(edits, lines_of)
    for edit in made.left:
        terminalreporter.write_line(f"{edit.file}:{edit.line} does not hold {edit.locator}: put {edit.healed} by hand")
    if made.diff:
        terminalreporter.write_line("")
        terminalreporter.write(made.diff)
