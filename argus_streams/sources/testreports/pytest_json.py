"""pytest-json-report: https://github.com/numirias/pytest-json-report."""

from collections.abc import Iterator
from typing import Any

from msgspec import Raw, Struct

from argus_streams.core import fields
from argus_streams.core.events import TestFailure, TestStatus
from argus_streams.sources.testreports.parts import Parts
from argus_streams.sources.testreports.pieces import NOTHING, Piece, listed, shaped, text, value
from argus_streams.sources.testreports.report import About, Outcome, crash, line_in, marked, plain, timed_out, type_of

_END = 32 * 1024  # characters of a text in which its last line is looked for
_STAGES = ("setup", "call", "teardown")
_PASSED = ("passed", "xpassed")
_SKIPPED = ("skipped", "xfailed", "deselected")


class _Report(Struct, frozen=True):
    created: Raw = NOTHING
    collectors: Raw = NOTHING
    tests: Raw = NOTHING


class _Collector(Struct, frozen=True):
    nodeid: Raw = NOTHING
    outcome: Raw = NOTHING
    longrepr: Raw = NOTHING


class _Test(Struct, frozen=True):
    nodeid: Raw = NOTHING
    lineno: Raw = NOTHING
    outcome: Raw = NOTHING
    setup: Raw = NOTHING
    call: Raw = NOTHING
    teardown: Raw = NOTHING


class _Stage(Struct, frozen=True):
    outcome: Raw = NOTHING
    duration: Raw = NOTHING
    crash: Raw = NOTHING
    longrepr: Raw = NOTHING


class _Crash(Struct, frozen=True):
    path: Raw = NOTHING
    lineno: Raw = NOTHING
    message: Raw = NOTHING


def read(report: Piece, about: About, parts: Parts) -> Iterator[Outcome]:
    """What could not be collected, then each test."""
    told = shaped(report, _Report)
    about = about.adding(started=fields.instant(value(told.created)))
    yield about
    for piece in parts.of(listed(told.collectors)):
        collector = shaped(piece, _Collector)
        if text(collector.outcome) == "failed":
            yield _uncollected(collector, about)
    for piece in parts.of(listed(told.tests)):
        test = shaped(piece, _Test)
        outcome = text(test.outcome)
        if outcome in _PASSED:
            yield None
        elif outcome not in _SKIPPED:
            yield _failure(test, about, again=outcome == "rerun")


def _uncollected(collector: _Collector, about: About) -> TestFailure:
    name, stack = text(collector.nodeid), plain(text(collector.longrepr))
    message = _told_by(stack)
    told: dict[str, Any] = {"message": message, "type": _type(message, stack), "stack": stack}
    return about.failure(name, "error", line=line_in(stack, name), **told, **_named(name))


def _failure(test: _Test, about: About, *, again: bool) -> TestFailure:
    """Of a test that was tried again, the stages are those of its last attempt."""
    stages = {name: shaped(getattr(test, name), _Stage) for name in _STAGES}
    failed = next((name for name, stage in stages.items() if text(stage.outcome) == "failed"), None)
    broken = failed or "call"
    reason = shaped(stages[broken].crash, _Crash)
    stack = plain(text(stages[broken].longrepr))
    message = plain(text(reason.message)) or _told_by(stack)
    name = text(test.nodeid)
    named = _named(name)
    line, start = fields.integer(value(reason.lineno)), fields.integer(value(test.lineno))
    if line is None or not (text(reason.path) or "").endswith(named["file"] or ""):
        line = line_in(stack, named["file"]) or (None if start is None else start + 1)  # pytest counts from 0
    status: TestStatus = "failed" if broken == "call" else "error"
    if again and failed is None:
        status = "flaky"
    seconds = [fields.text(value(stage.duration)) for stage in stages.values()]
    return about.failure(
        name,
        "timed_out" if timed_out(message) else status,
        line=line,
        type=_type(message, stack),
        message=message,
        stack=stack,
        duration_ms=fields.integer(sum(_number(each) for each in seconds) * 1000),
        **named,
    )


def _type(message: str | None, stack: str | None) -> str | None:
    """A plain `assert` names its type at the end of the text alone, a module that is no Python in its last line."""
    end = crash(stack)
    return type_of(message) or (end["type"] if end else type_of((message or "").rpartition("\n")[2]))


def _number(spelt: str | None) -> float:
    try:
        return float(spelt or 0)
    except ValueError:
        return 0.0


def _named(nodeid: str | None) -> dict[str, str | None]:
    """``tests/test_cart.py::TestCart::test_adds[2]`` is of a file and a class; the parameters may hold anything."""
    path, bracket, _ = (nodeid or "").partition("[")
    file, *classes = path.split("::")
    inner = classes[:-1] if bracket or len(classes) > 1 else []
    return {"file": file or None, "suite": "::".join(inner) or None}


def _told_by(longrepr: str | None) -> str | None:
    """The lines that pytest marks as the error's, else the last one."""
    lines = (longrepr or "")[-_END:].splitlines()
    return marked(longrepr) or next((line for line in reversed(lines) if line.strip()), None)
