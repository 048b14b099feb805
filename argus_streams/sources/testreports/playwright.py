"""Playwright's JSON reporter: https://playwright.dev/docs/test-reporters#json-reporter."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec import Raw, Struct

from argus_streams.core import fields
from argus_streams.core.events import TestFailure, TestStatus
from argus_streams.errors import Malformed
from argus_streams.sources.testreports.parts import Parts
from argus_streams.sources.testreports.pieces import NOTHING, Piece, listed, shaped, text, value
from argus_streams.sources.testreports.pieces import told as given
from argus_streams.sources.testreports.report import DEEPEST, About, Outcome, joined, plain, together, type_of

_PASSED = ("expected", "skipped")
_CAUSES = 8  # of an error, one of the other
_ERRORS = 100  # of an attempt: soft assertions fail more than once
_STATUSES: dict[str, TestStatus] = {"timedOut": "timed_out", "interrupted": "error"}


class _Report(Struct, frozen=True):
    config: Raw = NOTHING
    suites: Raw = NOTHING
    errors: Raw = NOTHING
    stats: Raw = NOTHING


class _Config(Struct, frozen=True):
    metadata: Raw = NOTHING


class _Stats(Struct, frozen=True, rename="camel"):
    start_time: Raw = NOTHING


class _Suite(Struct, frozen=True):
    title: Raw = NOTHING
    specs: Raw = NOTHING
    suites: Raw = NOTHING


class _Spec(Struct, frozen=True):
    title: Raw = NOTHING
    id: Raw = NOTHING
    file: Raw = NOTHING
    line: Raw = NOTHING
    tests: Raw = NOTHING


class _Test(Struct, frozen=True, rename="camel"):
    status: Raw = NOTHING
    project_name: Raw = NOTHING
    results: Raw = NOTHING


class _Result(Struct, frozen=True, rename="camel"):
    status: Raw = NOTHING
    start_time: Raw = NOTHING
    duration: Raw = NOTHING
    error: Raw = NOTHING
    errors: Raw = NOTHING


class _Error(Struct, frozen=True):
    message: Raw = NOTHING
    stack: Raw = NOTHING
    value: Raw = NOTHING  # what was thrown, where it is no Error
    snippet: Raw = NOTHING
    location: Raw = NOTHING
    cause: Raw = NOTHING


class _Location(Struct, frozen=True):
    file: Raw = NOTHING
    line: Raw = NOTHING


def read(report: Piece, about: About, parts: Parts) -> Iterator[Outcome]:
    """Each test of each project, then what broke outside of all tests."""
    told = shaped(report, _Report)
    about = _about(told, about)
    yield about
    for path, suite in _suites(told.suites, parts):
        for piece in parts.of(listed(suite.specs)):
            spec = shaped(piece, _Spec)
            for test in parts.of(listed(spec.tests)):
                yield from _outcome(spec, path, shaped(test, _Test), about, parts)
    for piece in parts.of(listed(told.errors)):
        error = shaped(piece, _Error)
        file, line = _place(error.location)
        yield about.failure(file or "outside of all tests", "error", file=file, line=line, **_texts([error], error))


def _about(told: _Report, about: About) -> About:
    """Git and the CI server are told where `captureGitInfo` is on, or by the project's own metadata."""
    metadata = fields.mapping(_small(shaped(told.config, _Config).metadata))
    ci, git = fields.mapping(metadata.get("ci")), fields.mapping(metadata.get("gitCommit"))
    where, _, _ = (fields.text(ci.get("commitHref")) or "").partition("/commit/")
    names = where.removesuffix("/-").split("/")[3:]  # https://host/owner/name/commit/sha
    return about.told({name: spelt for name in metadata if (spelt := fields.text(metadata[name]))}).adding(
        repository="/".join(names) or None,
        branch=fields.text(ci.get("branch")) or fields.text(git.get("branch")),
        commit=fields.text(ci.get("commitHash")) or fields.text(git.get("hash")),
        link=fields.text(ci.get("buildHref")),
        started=fields.instant(value(shaped(told.stats, _Stats).start_time)),
    )


def _small(piece: Piece) -> Any:
    """Metadata as a value: a diff of the pull request may be in it, which nobody asked for."""
    return fields.decode(bytes(piece)) if 0 < len(memoryview(piece)) <= 1024 * 1024 else None


def _suites(suites: Piece, parts: Parts) -> Iterator[tuple[tuple[str, ...], _Suite]]:
    """Each suite with the titles that lead to it, in the report's order; the outermost are files, not titles."""
    open_: list[tuple[tuple[str, ...], Iterator[Piece]]] = [((), parts.of(listed(suites)))]
    while open_:
        path, rest = open_[-1]
        piece = next(rest, None)
        if piece is None:
            open_.pop()
            continue
        suite = shaped(piece, _Suite)
        if len(open_) > 1:
            path = (*path, text(suite.title) or "")
        yield path, suite
        if len(open_) >= DEEPEST and any(True for _ in listed(suite.suites)):
            raise Malformed("nested too deeply", f"more than {DEEPEST} suites inside one another")
        open_.append((path, parts.of(listed(suite.suites))))


def _outcome(spec: _Spec, path: tuple[str, ...], test: _Test, about: About, parts: Parts) -> Iterator[Outcome]:
    status = text(test.status)
    if status in _PASSED:
        if status == "expected":
            yield None
        return
    attempts, last = _attempts(test, parts)
    how = "flaky" if status == "flaky" else _STATUSES.get(text(last.status) or "", "failed")
    yield _failure(
        spec, path, last, about, parts, status=how, attempts=attempts or None, browser=text(test.project_name)
    )


def _attempts(test: _Test, parts: Parts) -> tuple[int, _Result]:
    """How many there were, and the last that failed, else the last."""
    number, last, failed = 0, _Result(), None
    for piece in parts.of(listed(test.results)):
        number, last = number + 1, shaped(piece, _Result)
        if text(last.status) not in {"passed", "skipped"}:
            failed = last
    return number, failed or last


def _failure(
    spec: _Spec, path: tuple[str, ...], result: _Result, about: About, parts: Parts, *, status: TestStatus, **more: Any
) -> TestFailure:
    pieces = islice(parts.of(listed(result.errors)), _ERRORS)
    errors, first = [shaped(piece, _Error) for piece in pieces], shaped(result.error, _Error)
    # That the time was up is the first error, and has no place; the call that was waiting is the next.
    error = next((each for each in (first, *errors) if given(each.location)), first)
    file, started = text(spec.file), text(result.start_time)
    at, line = _place(error.location)
    if line is None or not (at or "").endswith(file or ""):
        line = fields.integer(value(spec.line))
    occurrence = (text(spec.id), more["browser"], started)
    return about.failure(
        joined(*path, text(spec.title)),
        status,
        suite=joined(*path),
        file=file,
        line=line,
        duration_ms=fields.integer(value(result.duration)),
        occurred_at=fields.instant(started),
        vendor_id=":".join(filter(None, occurrence)) if occurrence[0] and started else None,
        **{"message": "it passed, and was expected to fail", **_texts(errors or [first], error)},
        **more,
    )


def _texts(errors: list[_Error], first: _Error) -> dict[str, str | None]:
    """Message, with the lines of code that the report shows, type and stack; soft assertions fail more than once."""
    messages = (plain(_message(error)) for error in errors)
    stack = plain(text(first.stack)) or plain(text(errors[0].stack))
    message = together(messages)
    told = {"message": message, "type": type_of(stack) or type_of(message), "stack": stack}
    return {name: each for name, each in told.items() if each}


def _message(error: _Error) -> str:
    """What an error says, with its lines of code, and what its causes say."""
    message = text(error.message) or text(error.value) or ""
    snippet = text(error.snippet) or ""
    parts = [message if snippet in message else f"{message}\n\n{snippet}"]
    while given(error.cause) and len(parts) <= _CAUSES:
        error = shaped(error.cause, _Error)
        parts.append(f"[cause]: {text(error.message) or text(error.value) or ''}")
    return together(parts)


def _place(location: Piece) -> tuple[str | None, int | None]:
    told = shaped(location, _Location)
    return text(told.file), fields.integer(value(told.line))
