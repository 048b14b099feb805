"""jest's --json, which Vitest's JSON reporter writes too: https://jestjs.io/docs/configuration#testresultsprocessor-string."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from msgspec import Raw, Struct

from argus_streams.core import fields
from argus_streams.core.events import TestFailure, TestStatus
from argus_streams.sources.testreports.parts import Parts
from argus_streams.sources.testreports.pieces import NOTHING, Piece, listed, shaped, text, value
from argus_streams.sources.testreports.report import (
    DEEPEST,
    About,
    Outcome,
    joined,
    line_in,
    plain,
    timed_out,
    together,
    type_of,
)

_NEXT = "\n  \u25cf "  # begins a test's part of the words of a file
_BROKEN = "Test suite failed to run"  # begins the part that is of no test


class _Report(Struct, frozen=True, rename="camel"):
    start_time: Raw = NOTHING
    test_results: Raw = NOTHING


class _File(Struct, frozen=True, rename="camel"):
    name: Raw = NOTHING
    status: Raw = NOTHING
    message: Raw = NOTHING
    start_time: Raw = NOTHING
    assertion_results: Raw = NOTHING
    # As jest hands its results to reporters, some of which write them out:
    test_file_path: Raw = NOTHING
    test_results: Raw = NOTHING
    failure_message: Raw = NOTHING
    test_exec_error: Raw = NOTHING


class _Test(Struct, frozen=True, rename="camel"):
    status: Raw = NOTHING
    title: Raw = NOTHING
    ancestor_titles: Raw = NOTHING
    failure_messages: Raw = NOTHING
    retry_reasons: Raw = NOTHING
    invocations: Raw = NOTHING
    duration: Raw = NOTHING
    start_at: Raw = NOTHING
    location: Raw = NOTHING


class _Error(Struct, frozen=True):
    message: Raw = NOTHING
    stack: Raw = NOTHING


class _Location(Struct, frozen=True):
    line: Raw = NOTHING


def read(report: Piece, about: About, parts: Parts) -> Iterator[Outcome]:
    """Each test of each file; a file that could not be run is a failure by itself."""
    told = shaped(report, _Report)
    about = about.adding(started=fields.instant(value(told.start_time)))
    yield about
    for piece in parts.of(listed(told.test_results)):
        yield from _of_file(shaped(piece, _File), about, parts)


def _of_file(file: _File, about: About, parts: Parts) -> Iterator[Outcome]:
    name, failed = text(file.name) or text(file.test_file_path), False
    for piece in parts.of(chain(listed(file.assertion_results), listed(file.test_results))):
        test = shaped(piece, _Test)
        status = text(test.status)
        if status == "failed":
            failed = True
            yield _failure(test, name, about, "failed", test.failure_messages, parts)
        elif status == "passed":
            # Vitest leaves the failures of earlier attempts where they were.
            told = (test.retry_reasons, test.failure_messages)
            reasons = next((each for each in told if any(map(text, parts.of(listed(each))))), None)
            yield None if reasons is None else _failure(test, name, about, "flaky", reasons, parts)
    message = plain(text(file.message) or text(file.failure_message)) or ""
    _, broken, beside = message.partition(_BROKEN)
    if failed and broken:
        yield _unrun(file, name, about, _BROKEN + beside.partition(_NEXT)[0].rstrip())
    elif not failed and (text(file.status) == "failed" or text(shaped(file.test_exec_error, _Error).message)):
        yield _unrun(file, name, about, message or None)


def _failure(
    test: _Test, file: str | None, about: About, status: TestStatus, messages: Piece, parts: Parts
) -> TestFailure:
    suites = [text(each) for each in islice(parts.of(listed(test.ancestor_titles)), DEEPEST)]
    stack = plain(together(map(text, parts.of(listed(messages)))))
    if timed_out(stack) and status == "failed":
        status = "timed_out"
    line = line_in(stack, file) or fields.integer(value(shaped(test.location, _Location).line))
    return about.failure(
        joined(*suites, text(test.title)),
        status,
        suite=joined(*suites),
        line=line,
        attempts=fields.integer(value(test.invocations)),
        duration_ms=fields.integer(value(test.duration)),
        occurred_at=fields.instant(value(test.start_at)) or about.started,
        **_texts(stack, file),
    )


def _unrun(file: _File, name: str | None, about: About, message: str | None) -> TestFailure:
    """A file that broke outside of its tests."""
    error = shaped(file.test_exec_error, _Error)
    stack = plain(text(error.stack) or text(error.message)) or message
    started = fields.instant(value(file.start_time)) or about.started
    told = _texts(stack, name)
    told["message"] = message or told["message"]  # it shows the lines of code
    return about.failure(name, "error", line=line_in(stack, name), occurred_at=started, **told)


def _texts(stack: str | None, file: str | None) -> dict[str, Any]:
    """A message is what stands before the first call; after its type, which is part of it."""
    message, _, _ = (stack or "").partition("\n    at ")
    return {"file": file, "type": type_of(stack), "message": message.strip() or None, "stack": stack}
