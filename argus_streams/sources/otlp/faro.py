"""Grafana Faro: what its browser SDK posts, exceptions and logs beside one `meta` of them all.

https://github.com/grafana/faro-web-sdk/tree/main/packages/core
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from argus_streams.core import fields, stacktext
from argus_streams.core.events import Event, ExceptionInfo, Frame, Ignored, Item, Rejected
from argus_streams.core.source import counted

_UNKNOWN = ("?", "<anonymous>")  # how its parser calls a function without a name


def items(told: Mapping[str, Any]) -> Sequence[Item]:
    """An item for each exception, then one for each log; measurements and events tell no failure."""
    context = _context(fields.mapping(told.get("meta")))
    exceptions = [_exception(one, context) for one in counted(fields.listing(told.get("exceptions")))]
    return exceptions + [_log(one, context) for one in counted(fields.listing(told.get("logs")))]


def _context(meta: Mapping[str, Any]) -> Event:
    """The page, its application and its user."""
    app, user, session, page, view = (fields.mapping(meta.get(n)) for n in ("app", "user", "session", "page", "view"))
    return Event(
        platform="javascript",
        service=fields.text(app.get("name")),
        environment=fields.text(app.get("environment")),
        release=fields.text(app.get("version")) or fields.text(app.get("release")),
        user=fields.text(user.get("id")) or fields.text(user.get("username")),
        session=fields.text(session.get("id")),
        url=fields.text(page.get("url")),
        culprit=fields.text(view.get("name")),
    )


def _exception(told: object, context: Event) -> Item:
    one = fields.mapping(told)
    kind, value = fields.text(one.get("type")), fields.text(one.get("value"))
    frames = _frames(fields.listing(fields.mapping(one.get("stacktrace")).get("frames")))
    if kind is None and value is None and not frames:
        return Rejected("an exception that says nothing", "neither type nor value nor frames")
    found = (ExceptionInfo(type=kind, value=value, frames=frames),)
    return msgspec.structs.replace(_told(one, context), type=kind, message=value, exceptions=found)


def _log(told: object, context: Event) -> Item:
    one = fields.mapping(told)
    if fields.text(one.get("level")) != "error":
        return Ignored("below error")
    message = fields.text(one.get("message"))
    if message is None:
        return Rejected("a log record that says nothing", "an error without `message`")
    found = stacktext.parse(message)
    last = found[-1] if found else ExceptionInfo()
    return msgspec.structs.replace(_told(one, context), type=last.type, message=last.value or message, exceptions=found)


def _told(one: Mapping[str, Any], context: Event) -> Event:
    """What exceptions and logs both tell."""
    trace = fields.mapping(one.get("trace"))
    pairs = ((key, fields.text(value)) for key, value in fields.mapping(one.get("context")).items())
    return msgspec.structs.replace(
        context,
        trace_id=fields.text(trace.get("trace_id")),
        span_id=fields.text(trace.get("span_id")),
        tags={key: value for key, value in pairs if value is not None},
        occurred_at=fields.instant(one.get("timestamp")),
    )


def _frames(told: Sequence[Any]) -> tuple[Frame, ...]:
    """Outermost call first. The SDK sends the crash first, its forerunner last, and neither says which.

    An error's own constructor can only be where it crashed, so that end is known by it.
    """
    frames = tuple(_frame(fields.mapping(frame)) for frame in told)
    crash_last = bool(frames) and (frames[-1].function or "").startswith("new ")
    return frames if crash_last else frames[::-1]


def _frame(told: Mapping[str, Any]) -> Frame:
    function, in_app = fields.text(told.get("function")), told.get("in_app")
    return Frame(
        function=None if function in _UNKNOWN else function,
        module=fields.text(told.get("module")),
        file=fields.text(told.get("filename")),
        line=fields.integer(told.get("lineno")),
        column=fields.integer(told.get("colno")),
        in_app=in_app if isinstance(in_app, bool) else None,
    )
