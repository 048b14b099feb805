"""One occurrence, as a notifier posts it and as webhooks carry it inside its item.

https://docs.rollbar.com/reference/create-item
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from argus_streams.core import alerts, fields, stacktext
from argus_streams.core.events import Event, ExceptionInfo, Frame, Item, Rejected, Severity
from argus_streams.core.labelled import texts
from argus_streams.core.stacktext.lines import headline, package

# Python's numbers, by which items tell their level; occurrences tell it in words.
_LEVELS = {"10": "debug", "20": "info", "30": "warning", "40": "error", "50": "critical"}
_SPELT = {"objective-c": "cocoa", ".net": "csharp", "node.js": "javascript", "c#": "csharp"}
_CLIENTS = {"browser": "javascript", "android": "java", "ios": "cocoa"}  # `platform` where no `language` is told
_JVM = frozenset({"java", "kotlin", "scala", "groovy", "clojure"})  # whose class names hold their package
_CHECKSUM = re.compile(r"\{[0-9a-f]{1,8}\}")
_UNKNOWN = "(unknown)"  # how rollbar.js spells what it does not know


def of_notifier(data: Mapping[str, Any]) -> Item:
    """The occurrence that a notifier posts."""
    return _occurrence(data, {}) or Rejected("an item that says nothing", "neither exception nor message")


def of_item(event: str, data: Mapping[str, Any]) -> Item:
    """What a webhook tells of an item: an occurrence of it, or its end.

    A resolution has no id: closing twice changes nothing, missing one does. Nor is its time told.
    """
    item = fields.mapping(data.get("item"))
    told = fields.mapping(data.get("occurrence")) or fields.mapping(item.get("last_occurrence"))
    found = _occurrence(told, item) or _headline(item)
    if found is None:
        return Rejected("an item that says nothing", "neither exception, message nor title")
    found = msgspec.structs.replace(found, link=fields.text(data.get("url")))
    if event == "resolved_item":
        return msgspec.structs.replace(found, status="resolved", vendor_id=None, occurred_at=None)
    if event == "reopened_item":  # by a person, of an occurrence that was told already
        turn = (fields.text(item.get("id")), fields.text(item.get("last_activated_timestamp")))
        return msgspec.structs.replace(found, vendor_id=fields.composed("reopened", *turn))
    return found


def _headline(item: Mapping[str, Any]) -> Event | None:
    """An item without its occurrence, of which only the title tells what was raised."""
    title = fields.text(item.get("title"))
    if title is None:
        return None
    kind, value = headline(title)
    number = fields.text(item.get("last_occurrence_id"))
    return Event(
        severity=_severity(item.get("level"), "error"),
        type=kind,
        message=value or title,
        title=title,
        exceptions=(ExceptionInfo(kind, value),) if kind else (),
        environment=fields.text(item.get("environment")),
        occurred_at=fields.instant(item.get("last_occurrence_timestamp")),
        vendor_id=f"occurrence:{number}" if number else None,
    )


def _occurrence(told: Mapping[str, Any], item: Mapping[str, Any]) -> Event | None:
    """What was raised or said, and where; ``None`` where neither is told."""
    body, platform = fields.mapping(told.get("body")), _platform(told)
    exceptions, said = _exceptions(body, platform), _message(body)
    if _is_crash_first(told, platform):
        exceptions = tuple(msgspec.structs.replace(one, frames=one.frames[::-1]) for one in exceptions)
    if not exceptions and said is None:
        return None
    last = exceptions[-1] if exceptions else ExceptionInfo()
    server, person = fields.mapping(told.get("server")), fields.mapping(told.get("person"))
    release = _release(told, server)
    get = told.get
    return Event(
        severity=_severity(get("level") or item.get("level"), "error" if exceptions else "info"),
        type=last.type,
        message=last.value or said,
        title=fields.text(get("title")) or fields.text(item.get("title")),
        exceptions=exceptions,
        culprit=fields.text(get("context")),
        platform=platform,
        environment=fields.text(get("environment")) or fields.text(item.get("environment")),
        release=release,
        host=fields.text(server.get("host")),
        url=fields.text(fields.mapping(get("request")).get("url")),
        user=fields.text(person.get("id")) or fields.text(person.get("username")) or fields.text(person.get("email")),
        branch=fields.text(server.get("branch")),
        commit=fields.commit(release),
        tags=_tags(told),
        fingerprint=tuple(filter(None, (fields.text(get("fingerprint")),))),
        occurred_at=fields.instant(get("timestamp")),
        vendor_id=fields.text(get("uuid")),
    )


def _severity(level: object, otherwise: str) -> Severity:
    word = fields.text(level) or otherwise
    return alerts.severity(_LEVELS.get(word, word))


def _platform(told: Mapping[str, Any]) -> str | None:
    """The language without its version ("python 3.12.4"), else what a client is told to be."""
    words = (fields.text(told.get("language")) or "").lower().split()
    return _SPELT.get(words[0], words[0]) if words else _CLIENTS.get(fields.text(told.get("platform")) or "")


def _release(told: Mapping[str, Any], server: Mapping[str, Any]) -> str | None:
    browser = fields.mapping(fields.mapping(told.get("client")).get("javascript"))
    versions = (told.get("code_version"), server.get("code_version"), browser.get("code_version"), server.get("sha"))
    return next((found for version in versions if (found := fields.text(version)) is not None), None)


def _tags(told: Mapping[str, Any]) -> dict[str, str]:
    """The sender's own data, as far as it is text, with framework and notifier."""
    notifier = fields.mapping(told.get("notifier"))
    framework = fields.text(told.get("framework"))
    more = {"framework": None if framework == "unknown" else framework, "notifier": fields.text(notifier.get("name"))}
    return {**texts(told.get("custom")), **{name: value for name, value in more.items() if value}}


def _message(body: Mapping[str, Any]) -> str | None:
    """A log line; of a crash report that can not be read, its text."""
    message = body.get("message")
    said = fields.text(fields.mapping(message).get("body") if isinstance(message, dict) else message)
    return said or fields.text(fields.mapping(body.get("crash_report")).get("raw"))


def _is_crash_first(told: Mapping[str, Any], platform: str | None) -> bool:
    """Whether frames stand as the runtime told them, against Rollbar's own order, as two of its notifiers do.

    https://github.com/rollbar/rollbar-go/blob/master/stack.go, …/Rollbar.NET/blob/master/Rollbar/DTOs/Trace.cs
    """
    return platform == "go" or fields.mapping(told.get("notifier")).get("name") == "Rollbar.NET"


def _exceptions(body: Mapping[str, Any], platform: str | None) -> tuple[ExceptionInfo, ...]:
    """The chain, causes first; Rollbar's begins with the one raised last, its frames end with the crash as ours do."""
    chain = fields.listing(body.get("trace_chain")) or (body.get("trace"),)
    found = tuple(one for trace in reversed(chain) if (one := _exception(fields.mapping(trace), platform)) is not None)
    report = fields.text(fields.mapping(body.get("crash_report")).get("raw"))
    return found or stacktext.parse(report or "")


def _exception(trace: Mapping[str, Any], platform: str | None) -> ExceptionInfo | None:
    told = fields.mapping(trace.get("exception"))
    module, kind = None, _known(told.get("class"))
    if platform in _JVM:
        module, kind = package(kind)
    elif platform == "go" and kind:
        kind = _go_type(kind)
    value = fields.text(told.get("message")) or fields.text(told.get("description"))
    frames = tuple([_frame(frame) for frame in fields.listing(trace.get("frames")) if isinstance(frame, dict)])
    return ExceptionInfo(kind, value, module, frames) if kind or value or frames else None


def _go_type(kind: str) -> str:
    """As Go prints it: the notifier leaves out the star, and tells a plain error by a checksum of its message."""
    if _CHECKSUM.fullmatch(kind):
        return "*errors.errorString"
    return f"*{kind}" if kind.startswith(("errors.", "fmt.")) else kind


def _frame(told: Mapping[str, Any]) -> Frame:
    return Frame(
        function=fields.text(told.get("method")),
        module=fields.text(told.get("class_name")),
        file=_known(told.get("filename")),
        line=fields.integer(told.get("lineno")),
        column=fields.integer(told.get("colno")),
        context=fields.text(told.get("code")),
    )


def _known(value: object) -> str | None:
    found = fields.text(value)
    return None if found == _UNKNOWN else found
