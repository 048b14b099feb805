"""A test of JUnit's XML as a failure: each tool names tests, files and retries in its own way."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from argus_streams.core import fields
from argus_streams.core.events import TestFailure, TestStatus
from argus_streams.sources.testreports.report import (
    JOINT,
    About,
    before_calls,
    crash,
    joined,
    line_in,
    marked,
    plain,
    timed_out,
    together,
    type_of,
)

_STATUSES: Mapping[str, TestStatus] = {"failure": "failed", "error": "error"}
_FLAKY = ("flakyFailure", "flakyError")  # a later attempt passed
_RERUN = ("rerunFailure", "rerunError")  # a later attempt failed too
PROBLEMS = (*_STATUSES, *_FLAKY, *_RERUN)
_SCRIPT = re.compile(r".*\.[cm]?[jt]sx?\Z", re.DOTALL)  # a class name that is a file's
# A file of tests by its name, or by a language that tells no other, with a line.
_FILE = re.compile(
    r"(?:\.(?:test|spec|cy|e2e)\.[cm]?[jt]sx?|_test\.(?:go|rb|exs)|_spec\.rb|\.rs"
    r"|(?:Tests?|Spec|IT)\.(?:java|kt|scala|groovy|cs|php|swift)):(?:line )?\d"
)
_BEFORE_A_FILE = " \t\n('\""
_BEGINNING = 32 * 1024  # characters of a text in which what failed is told
_FIRST = 50  # lines in which a type may stand
_LONGEST = 500  # characters of a file
_SAYS_NOTHING = frozenset({"failed", "failure", "error", "test failed", "collection failure", "build error"})
_OF_GO = ("=== ", "--- ")  # lines that tell what runs


class Problem(Struct, frozen=True):
    """What one attempt ended with."""

    kind: str  # one of PROBLEMS
    attributes: Mapping[str, str]
    text: str


class Case(Struct, frozen=True):
    """A test of a suite."""

    attributes: Mapping[str, str]
    suite: Mapping[str, str]  # attributes of the suite


def failure(case: Case, problems: list[Problem], about: About) -> TestFailure:
    """The failure that these problems, at least one, tell."""
    first = next((each for each in problems if each.kind in _STATUSES), problems[0])
    again = sum(each.kind in (*_FLAKY, *_RERUN) for each in problems)
    status = _STATUSES.get(first.kind, "flaky" if first.kind in _FLAKY else "failed")
    stack = plain(together(each.text for each in problems if each.kind == first.kind))
    message, end, named = _message(first, stack), crash(stack), _named(case, stack)
    kind = first.attributes.get("type") or type_of(message) or (end["type"] if end else _type(stack))
    seconds = (case.attributes.get("time") or "").replace(",", "")
    project = case.suite.get("hostname")  # by which Playwright tells it
    return about.failure(
        status="timed_out" if status != "flaky" and (timed_out(message) or timed_out(kind)) else status,
        line=_line(case, named["file"], stack),
        type=kind or None,
        message=message,
        stack=stack,
        attempts=again + 1 if again else None,
        duration_ms=_milliseconds(seconds),
        browser=project if project and (stack or "").startswith(f"[{project}] {JOINT.strip()} ") else None,
        occurred_at=fields.instant(case.attributes.get("timestamp") or case.suite.get("timestamp")) or about.started,
        **named,
    )


def _message(problem: Problem, stack: str | None) -> str | None:
    """What the tool says to have failed; many say it in the text alone, up to the calls."""
    told = plain(problem.attributes.get("message"))
    if told and told.lower() not in _SAYS_NOTHING:
        return told
    lines = (before_calls(stack) or "")[:_BEGINNING].splitlines()
    return marked(stack) or "\n".join(line for line in lines if not line.startswith(_OF_GO)).strip() or told


def _type(stack: str | None) -> str | None:
    """The type that a stack begins with, its error has, or one of its first lines: mocha puts the message before it."""
    lines = (before_calls(stack) or "")[:_BEGINNING].splitlines()[:_FIRST]
    return type_of(stack) or type_of(marked(stack)) or next(filter(None, map(type_of, lines)), None)


def _named(case: Case, stack: str | None) -> dict[str, Any]:
    """Names of test, suite and file. A class that is a file, or is in the test's name already, is no part of it."""
    name, of = (case.attributes.get(each, "").strip() for each in ("name", "classname"))
    told = case.attributes.get("file") or case.suite.get("file") or case.suite.get("filepath")
    if _SCRIPT.match(of):
        return {
            "test": name or None,
            "suite": (name.rpartition(JOINT)[0] or name.rpartition(" > ")[0]) or None,
            "file": told or of,
        }
    inside = not of or name.startswith(of) or name.endswith(of)
    if told is None and " " not in name and _SCRIPT.match(name):
        told = name
    return {
        "test": (name if inside else joined(of, name)) or None,
        "suite": (of if not inside else "") or case.suite.get("name") or None,
        "file": told or _module(of or name, stack or "") or _file(stack or ""),
    }


def _module(name: str, stack: str) -> str | None:
    """The file of which pytest made the class's name, `tests.test_cart.TestTotals`; that it is one, the stack tells."""
    parts = name.split(".", 8) if ".py" in stack else []
    files = ("/".join(parts[:end]) + ".py" for end in range(len(parts), 0, -1))
    return next((file for file in files if f"{file}:" in stack or f'{file}"' in stack), None)


def _file(stack: str) -> str | None:
    """The first file that can be nothing but what failed, where the report names none."""
    found = _FILE.search(stack)
    if found is None:
        return None
    start = max(stack.rfind(each, 0, found.start()) for each in _BEFORE_A_FILE) + 1
    file = f"{stack[start : found.start()]}{found[0].partition(':')[0]}".removeprefix("file://")
    return file if len(file) <= _LONGEST else None


def _line(case: Case, file: str | None, stack: str | None) -> int | None:
    """Where it failed, else where the test begins, which pytest counts from 0."""
    end, start = crash(stack), fields.integer(case.attributes.get("line"))
    if end and file and file.endswith(end["file"]):
        return fields.integer(end["line"])
    if start is not None and case.suite.get("name") == "pytest":
        start += 1
    return line_in(stack, file) or start


def _milliseconds(seconds: str) -> int | None:
    try:
        return fields.integer(float(seconds) * 1000)
    except ValueError:
        return None
