"""A test of JUnit's XML as a failure: each tool names tests, files and retries in its own way."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from argus_streams.core import fields
from argus_streams.core.events import TestFailure, TestStatus
from argus_streams.sources.testreports.report import JOINT, About, joined, line_in, plain, timed_out, type_of

_STATUSES: Mapping[str, TestStatus] = {"failure": "failed", "error": "error"}
_FLAKY = ("flakyFailure", "flakyError")  # a later attempt passed
_RERUN = ("rerunFailure", "rerunError")  # a later attempt failed too
PROBLEMS = (*_STATUSES, *_FLAKY, *_RERUN)
_SCRIPT = re.compile(r".*\.[cm]?[jt]sx?\Z", re.DOTALL)  # a class name that is a file's
_PYTEST = re.compile(r"(?P<file>[^\s:][^:]*):(?P<line>\d{1,9}): (?P<type>[\w.]+)\Z")  # the last line of its texts


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
    stack = plain("\n\n".join(each.text for each in problems if each.kind == first.kind))
    message = plain(first.attributes.get("message")) or (stack and stack.partition("\n")[0])
    end = _PYTEST.match((stack or "").rpartition("\n")[2].strip()[:500])
    inside = end if end and _is_of(end["file"], case) else None  # it may have failed in a file that is not the test's
    kind = first.attributes.get("type") or type_of(message) or (end["type"] if end else type_of(stack))
    named = _named(case, inside["file"] if inside else None)
    seconds = (case.attributes.get("time") or "").replace(",", "")
    return about.failure(
        status="timed_out" if status != "flaky" and (timed_out(message) or timed_out(kind)) else status,
        line=_line(case, inside) or line_in(stack, named["file"]),
        type=kind or None,
        message=message,
        stack=stack,
        attempts=again + 1 if again else None,
        duration_ms=_milliseconds(seconds),
        occurred_at=fields.instant(case.attributes.get("timestamp") or case.suite.get("timestamp")) or about.started,
        **named,
    )


def _named(case: Case, file: str | None) -> dict[str, Any]:
    """Names of test, suite and file. A class that is a file, or is in the test's name already, is no part of it."""
    name, of = case.attributes.get("name") or "", case.attributes.get("classname") or ""
    told = case.attributes.get("file") or case.suite.get("file") or case.suite.get("filepath") or file
    if _SCRIPT.match(of):
        return {"test": name or None, "suite": name.rpartition(JOINT)[0] or None, "file": told or of}
    inside = not of or name.startswith(of) or name.endswith(of)
    return {
        "test": (name if inside else joined(of, name)) or None,
        "suite": (of if not inside else "") or case.suite.get("name") or None,
        "file": told,
    }


def _is_of(file: str, case: Case) -> bool:
    """Whether pytest made the class's name of this file's."""
    return f"{case.attributes.get('classname')}.".startswith(file.removesuffix("py").replace("/", "."))


def _line(case: Case, end: re.Match[str] | None) -> int | None:
    return fields.integer(end["line"]) if end else fields.integer(case.attributes.get("line"))


def _milliseconds(seconds: str) -> int | None:
    try:
        return fields.integer(float(seconds) * 1000)
    except ValueError:
        return None
