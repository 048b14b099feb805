"""Our own shape, for producers that speak it: the public fields of ``core.events``, one object or ``{"events": […]}``.

It is read strictly: a producer that follows this schema wants to be told of a slip. Fields that it does not know are
passed over, so that a producer may be newer than its pipeline.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Struct

from argus_streams.core import fields, stacktext
from argus_streams.core.clip import Limits
from argus_streams.core.elements import Element
from argus_streams.core.events import (
    Event,
    ExceptionInfo,
    FailureKind,
    Framework,
    Item,
    Kind,
    Rejected,
    Severity,
    Signal,
    Status,
    TestFailure,
    TestStatus,
)
from argus_streams.core.healing.failures.cause import with_cause
from argus_streams.core.source import Body, Source, counted
from argus_streams.errors import Malformed

_LINES = 2**31
_PARTS = Limits().parts
_ROOM = 8 * 1024 * 1024  # bytes: a page in which a test failed may be told whole
_STAMPED = {"id", "stack", "occurred_at", "kind"}  # what is not carried over under its own name


class _Told(Struct, omit_defaults=True, kw_only=True):
    """An occurrence as a producer tells it."""

    id: str | int | None = None  # of this occurrence: equal when it is sent again
    kind: Kind = "error"
    severity: Severity = "error"
    status: Status = "firing"
    type: str | None = None
    message: str | None = None
    template: str | None = None
    title: str | None = None
    exceptions: tuple[ExceptionInfo, ...] = ()  # causes first; frames outermost call first
    stack: str | None = None  # instead of exceptions: the trace as text
    culprit: str | None = None
    logger: str | None = None
    platform: str | None = None
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    host: str | None = None
    url: str | None = None
    link: str | None = None
    user: str | None = None
    session: str | None = None
    trace_id: str | None = None
    span_id: str | None = None
    repository: str | None = None
    branch: str | None = None
    commit: str | None = None
    tags: dict[str, str] = {}
    fingerprint: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    occurred_at: str | int | float | None = None  # ISO 8601, or a number whose unit its size tells


class _Deploy(Struct, omit_defaults=True, kw_only=True):
    """A deploy as a producer tells it."""

    kind: Literal["deploy"]
    service: str
    environment: str
    id: str | int | None = None
    status: str = "success"
    release: str | None = None
    title: str | None = None
    repository: str | None = None
    branch: str | None = None
    commit: str | None = None
    author: str | None = None
    link: str | None = None
    occurred_at: str | int | float | None = None


class _Test(Struct, omit_defaults=True, kw_only=True):
    """A test that did not pass as a producer tells it: a plugin of a test framework."""

    kind: Literal["test"]
    test: str
    framework: Framework
    status: TestStatus = "failed"
    id: str | int | None = None
    suite: str | None = None
    file: str | None = None
    line: Annotated[int, msgspec.Meta(ge=0, lt=_LINES)] | None = None
    type: str | None = None
    message: str | None = None
    stack: str | None = None
    attempts: Annotated[int, msgspec.Meta(ge=0, lt=_LINES)] | None = None
    duration_ms: Annotated[int, msgspec.Meta(ge=0, lt=_LINES)] | None = None
    browser: str | None = None
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    repository: str | None = None
    branch: str | None = None
    commit: str | None = None
    link: str | None = None
    url: str | None = None
    failure: FailureKind | None = None
    locator: str | None = None
    scope: str | None = None
    dom: str | None = None
    candidates: tuple[Element, ...] = ()
    element: Element | None = None
    occurred_at: str | int | float | None = None


class _Kind(Struct):
    kind: str | None = None


def has_page(value: bytes) -> bool:
    """Whether this is one test, whose page may be large; nothing of it is built to find that out."""
    try:
        told: _Kind = fields.decode_as(value, _Kind)
    except (msgspec.ValidationError, Malformed):
        return False
    return told.kind == "test"


def read(body: Body) -> Sequence[Item]:
    """An item for each object; one that breaks the schema is rejected alone."""
    if body.value.count(b"[") + body.value.count(b"{") > _PARTS:
        raise Malformed("too many parts", f"more than {_PARTS:,} objects and arrays")
    told = fields.decode(body.value)
    listed = told.get("events") if isinstance(told, dict) and "events" in told else [told]
    if not isinstance(listed, list):
        raise Malformed("wrong shape", "`events` is no list")
    if not listed:
        raise Malformed("wrong shape", "`events` is empty")
    return [_item(one) for one in counted(listed)]


def _item(told: Any) -> Item:
    try:
        if isinstance(told, dict) and told.get("kind") == "deploy":
            return _signal(msgspec.convert(told, _Deploy))
        if isinstance(told, dict) and told.get("kind") == "test":
            return _failure(msgspec.convert(told, _Test))
        return _event(msgspec.convert(told, _Told))
    except (msgspec.ValidationError, Malformed) as error:
        return Rejected("breaks our schema", str(error))


def _event(told: _Told) -> Item:
    places = [number for one in told.exceptions for frame in one.frames for number in (frame.line, frame.column)]
    if any(number is not None and not 0 <= number < _LINES for number in places):
        raise Malformed("not a line", "`$.exceptions[].frames[]`: `line` or `column` is below 0 or above 32 bits")
    exceptions = told.exceptions or (stacktext.chain(told.type, told.message, told.stack) if told.stack else ())
    last = exceptions[-1] if exceptions else ExceptionInfo()
    kind, message = told.type or last.type, told.message or last.value
    if not (kind or message or exceptions or told.identity):
        raise Malformed("says nothing", "one of `message`, `type`, `exceptions`, `stack`, `identity` is needed")
    whole = {name: getattr(told, name) for name in _Told.__struct_fields__ if name not in _STAMPED}
    return Event(
        **{**whole, "type": kind, "message": message, "exceptions": exceptions},
        kind=told.kind,
        occurred_at=_moment(told.occurred_at),
        vendor_id=fields.text(told.id),
    )


def _signal(told: _Deploy) -> Item:
    return Signal(
        kind="deploy",
        subject=f"{told.service}/{told.environment}",
        title=told.title or f"deploy of {told.release or told.service} to {told.environment}: {told.status}",
        status=told.status,
        service=told.service,
        environment=told.environment,
        release=told.release,
        repository=told.repository,
        branch=told.branch,
        commit=told.commit,
        author=told.author,
        link=told.link,
        occurred_at=_moment(told.occurred_at),
        vendor_id=fields.text(told.id),
    )


def _failure(told: _Test) -> Item:
    whole = {name: getattr(told, name) for name in _Test.__struct_fields__ if name not in _STAMPED or name == "stack"}
    failure = TestFailure(**whole, occurred_at=_moment(told.occurred_at), vendor_id=fields.text(told.id))
    return with_cause(failure) if failure.failure is None else failure


def _moment(value: str | float | None) -> int | None:
    """The time, which must be readable where it is told."""
    if value is None:
        return None
    moment = fields.instant(value)
    if moment is None:
        raise Malformed("not a time", "`$.occurred_at` is neither ISO 8601 nor a number")
    return moment


SOURCE = Source("argus", "our own event schema, for producers that speak it", read, _ROOM, has_page)
