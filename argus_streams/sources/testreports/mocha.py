"""mocha's `json` reporter and mochawesome, which Cypress writes as well.

https://mochajs.org/#json, https://github.com/adamgruber/mochawesome
"""

from collections.abc import Iterator

from msgspec import Raw, Struct

from argus_streams.core import fields
from argus_streams.core.events import Framework, TestFailure, TestStatus
from argus_streams.errors import Malformed
from argus_streams.sources.testreports.parts import Parts
from argus_streams.sources.testreports.pieces import NOTHING, Piece, listed, shaped, text, told, value
from argus_streams.sources.testreports.report import (
    DEEPEST,
    About,
    Outcome,
    joined,
    line_in,
    plain,
    timed_out,
    type_of,
)


class _Report(Struct, frozen=True):
    stats: Raw = NOTHING
    passes: Raw = NOTHING
    failures: Raw = NOTHING
    results: Raw = NOTHING


class _Stats(Struct, frozen=True):
    start: Raw = NOTHING


class _Suite(Struct, frozen=True, rename="camel"):
    title: Raw = NOTHING
    file: Raw = NOTHING
    full_file: Raw = NOTHING
    before_hooks: Raw = NOTHING
    tests: Raw = NOTHING
    after_hooks: Raw = NOTHING
    suites: Raw = NOTHING


class _Test(Struct, frozen=True, rename="camel"):
    title: Raw = NOTHING
    full_title: Raw = NOTHING
    state: Raw = NOTHING
    timed_out: Raw = NOTHING
    is_hook: Raw = NOTHING
    file: Raw = NOTHING
    current_retry: Raw = NOTHING
    duration: Raw = NOTHING
    err: Raw = NOTHING
    uuid: Raw = NOTHING


class _Error(Struct, frozen=True, rename="camel"):
    name: Raw = NOTHING
    message: Raw = NOTHING
    stack: Raw = NOTHING
    estack: Raw = NOTHING  # mochawesome's word for it
    code_frame: Raw = NOTHING


class _CodeFrame(Struct, frozen=True, rename="camel"):
    line: Raw = NOTHING
    relative_file: Raw = NOTHING
    frame: Raw = NOTHING


class _Place(Struct, frozen=True):
    """Where a test stands."""

    path: tuple[str, ...] | None = None  # titles of its suites, where the report tells them one by one
    file: str | None = None


def read(report: Piece, about: About, parts: Parts) -> Iterator[Outcome]:
    """Each test that passed or failed, hooks that failed among them."""
    whole = shaped(report, _Report)
    about = about.adding(started=fields.instant(value(shaped(whole.stats, _Stats).start)))
    yield about
    for piece in parts.of(listed(whole.failures)):
        test = shaped(piece, _Test)
        yield _failure(test, _Place(file=text(test.file)), about, "failed")
    for piece in parts.of(listed(whole.passes)):
        yield _passed(shaped(piece, _Test), _Place(), about)
    for place, suite in _suites(whole.results, parts):
        yield from _of_suite(suite, place, about, parts)


def _suites(results: Piece, parts: Parts) -> Iterator[tuple[_Place, _Suite]]:
    """Each suite of mochawesome, in the report's order."""
    open_: list[tuple[_Place, Iterator[Piece]]] = [(_Place(()), parts.of(listed(results)))]
    while open_:
        above, rest = open_[-1]
        piece = next(rest, None)
        if piece is None:
            open_.pop()
            continue
        suite = shaped(piece, _Suite)
        title = text(suite.title)
        path = (*(above.path or ()), title) if title else above.path
        place = _Place(path, text(suite.file) or text(suite.full_file) or above.file)
        yield place, suite
        if len(open_) >= DEEPEST and any(True for _ in listed(suite.suites)):
            raise Malformed("nested too deeply", f"more than {DEEPEST} suites inside one another")
        open_.append((place, parts.of(listed(suite.suites))))


def _of_suite(suite: _Suite, place: _Place, about: About, parts: Parts) -> Iterator[Outcome]:
    for group in (suite.before_hooks, suite.tests, suite.after_hooks):
        for piece in parts.of(listed(group)):
            test = shaped(piece, _Test)
            state = text(test.state)
            if state == "failed":
                yield _failure(test, place, about, "failed")
            elif state == "passed" and value(test.is_hook) is not True:
                yield _passed(test, place, about)


def _passed(test: _Test, place: _Place, about: About) -> Outcome:
    retried = fields.integer(value(test.current_retry)) or 0
    return _failure(test, place, about, "flaky") if retried > 0 else None


def _failure(test: _Test, place: _Place, about: About, status: TestStatus) -> TestFailure:
    error = shaped(test.err, _Error)
    code = shaped(error.code_frame, _CodeFrame)  # Cypress tells where in the file it failed
    message, stack = plain(text(error.message)), plain(text(error.stack) or text(error.estack))
    file = text(code.relative_file) or text(test.file) or place.file
    title, full = text(test.title), text(test.full_title)
    if status == "failed" and (timed_out(message) or value(test.timed_out) is True):
        status = "timed_out"
    retried = fields.integer(value(test.current_retry))
    shown = "\n\n".join(filter(None, (message or stack, plain(text(code.frame)))))
    return about.failure(
        joined(*place.path, title) if place.path else full or title,
        status,
        suite=joined(*place.path) if place.path else (full or "").removesuffix(title or "").strip() or None,
        framework=_framework(file, code),
        file=file,
        line=fields.integer(value(code.line)) or line_in(stack, file),
        type=type_of(stack) or text(error.name) or type_of(message),
        message=shown or None,
        stack=stack,
        attempts=None if retried is None else retried + 1,
        duration_ms=fields.integer(value(test.duration)),
        vendor_id=text(test.uuid),
    )


def _framework(file: str | None, code: _CodeFrame) -> Framework:
    """Cypress runs mocha in a browser, and its report says so only where it shows code, or by its files' names."""
    name = (fields.short(file) or "").replace("\\", "/")
    return "cypress" if told(code.frame) or ".cy." in name or "cypress/" in name else "mocha"
