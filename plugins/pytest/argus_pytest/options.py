"""What can be set, on the command line or in pytest's configuration."""

import os
import time
from pathlib import Path

import pytest

from argus_pytest.elements import Elements
from argus_pytest.repairs import Repairs, load
from argus_pytest.reports import Report
from argus_pytest.watch import Run

_RUNS = ("ARGUS_RUN", "GITHUB_RUN_ID", "CI_PIPELINE_ID", "CIRCLE_WORKFLOW_ID", "BUILD_TAG", "BUILD_BUILDID")
_COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA", "CIRCLE_SHA1", "GIT_COMMIT", "BUILD_SOURCEVERSION")
_FILES = {
    "argus_repairs": ("argus-heals.json", "known repairs: what `argus heal export` has written"),
    "argus_report": ("argus-heals.ndjson", "what happened is added here, for `argus heal submit`; empty = nowhere"),
    "argus_elements": (".argus/elements.json", "what locators found when they last worked; empty = is not kept"),
}


def declare(parser: pytest.Parser) -> None:
    """Tell pytest what can be set."""
    group = parser.getgroup("argus", "repairs of broken locators")
    group.addoption(
        "--argus-heal",
        choices=["off", "apply", "validate"],
        help="go on with repairs that are sure (apply), or with those to be tried as well (validate); off by default",
    )
    group.addoption("--argus-strict", action="store_true", help="a test that went on with an unsure repair fails")
    group.addoption("--argus-release", help="release that is tested")
    parser.addini("argus_heal", "as --argus-heal", default="off")
    for name, (value, text) in _FILES.items():
        group.addoption(f"--{name.replace('_', '-')}", metavar="FILE", help=text)
        parser.addini(name, text, default=value)


def run_of(config: pytest.Config) -> Run:
    """The run that pytest is configured for."""
    mode = _told(config, "argus_heal")
    if mode not in ("off", "apply", "validate"):
        raise pytest.UsageError(f"argus_heal is {mode!r}; it may be off, apply or validate")
    repairs = _path(config, "argus_repairs")
    return Run(
        root=config.rootpath,
        run=_run(config),
        mode=mode,  # type: ignore[arg-type]  # it was just looked at
        repairs=_repairs(repairs),
        missing=None if repairs is None or repairs.exists() else repairs,
        elements=Elements(_path(config, "argus_elements")),
        report=Report(_path(config, "argus_report")),
        release=config.getoption("argus_release"),
        commit=_first(_COMMITS),
    )


def _repairs(path: Path | None) -> Repairs:
    if path is None or not path.exists():
        return Repairs("", {})
    try:
        return load(path)
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"{path}: no file of known repairs: {error}") from error


def _told(config: pytest.Config, name: str) -> str:
    told = config.getoption(name)
    return str(config.getini(name) if told is None else told)


def _path(config: pytest.Config, name: str) -> Path | None:
    told = _told(config, name)
    return config.rootpath / told if told else None


def _run(config: pytest.Config) -> str:
    """The same for all processes of a run, and for a test that is tried again in it."""
    told = getattr(config, "workerinput", {}).get("testrunuid")  # of xdist
    return _first(_RUNS) or told or str(time.time_ns())


def _first(names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)
