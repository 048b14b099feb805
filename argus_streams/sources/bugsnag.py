"""Bugsnag: its webhooks, the events that its notifiers post, and builds.

https://docs.bugsnag.com/product/integrations/webhook/
https://bugsnagerrorreportingapi.docs.apiary.io (notifiers), https://docs.bugsnag.com/build-integrations/build-api/
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from argus_streams.core import alerts, fields, tagged
from argus_streams.core.events import Event, ExceptionInfo, Frame, Ignored, Item, Rejected, Signal
from argus_streams.core.source import Body, Source, counted
from argus_streams.core.stacktext.lines import package
from argus_streams.errors import Malformed

_OCCURRED = {"exception", "firstException", "errorEventFrequency", "powerTen", "reopened"}
_NO_OCCURRENCE = {
    "comment": "a comment",
    "projectSamplingStarted": "a limit of the account",
    "projectApproachingRateLimit": "a limit of the account",
}
# `type` of an exception or `app.type`, where neither is a platform's name already
_PLATFORMS = {
    **dict.fromkeys(("browserjs", "nodejs", "reactnativejs", "expojs", "electronrendererjs"), "javascript"),
    **dict.fromkeys(("browser", "node", "electron", "js", "javascript"), "javascript"),
    **dict.fromkeys(("rails", "rack", "sinatra", "sidekiq", "ruby"), "ruby"),
    **dict.fromkeys(("django", "flask", "wsgi", "celery", "python"), "python"),
    **dict.fromkeys(("spring", "java", "kotlin", "android"), "java"),
    **dict.fromkeys(("laravel", "symfony", "php"), "php"),
    **dict.fromkeys(("ios", "macos", "tvos", "cocoa"), "cocoa"),
    **dict.fromkeys(("asp.net", "aspnetcore", "unity", "dotnet", ".net"), "csharp"),
    **dict.fromkeys(("c", "cpp", "native"), "native"),
    "dart": "dart",
    "go": "go",
}
_DOTTED = "java"  # whose methods and classes hold their package; of Go's the file tells it


def read(body: Body) -> Sequence[Item]:
    """The one thing that a webhook tells, or an item for each event of a notifier's request."""
    told = fields.decode(body.value)
    if not isinstance(told, dict):
        raise Malformed("not an object", f"a body of Bugsnag is a JSON object, this is a {type(told).__name__}")
    if isinstance(told.get("trigger"), dict):
        return (_webhook(told),)
    if isinstance(told.get("events"), list):
        language = fields.short(fields.mapping(told.get("notifier")).get("name")) or ""
        return [_posted(event, language) for event in counted(told["events"])] or (Ignored("nothing in it"),)
    if "exceptions" in told:
        return (_posted(told, ""),)
    if "sessionCounts" in told or "sessions" in told:
        return (Ignored("counts of sessions"),)
    if "apiKey" in told and "appVersion" in told:
        return (_build(told),)
    raise Malformed("neither webhook nor event", "none of trigger, events, exceptions, sessionCounts, appVersion")


def _webhook(told: Mapping[str, Any]) -> Item:
    trigger, error = fields.mapping(told.get("trigger")), fields.mapping(told.get("error"))
    kind = fields.text(trigger.get("type")) or ""
    project = fields.text(fields.mapping(told.get("project")).get("name"))
    if kind in _OCCURRED:
        return _error(error, project)
    if kind == "errorStateManualChange":
        return _changed(fields.text(trigger.get("stateChange")), error, project)
    if kind == "release":
        return _release(fields.mapping(told.get("release")), project)
    if kind == "projectSpiking":
        return _spike(trigger, error, project)
    return Ignored(_NO_OCCURRENCE.get(kind, "a trigger that we do not know"))


def _error(error: Mapping[str, Any], project: str | None) -> Event | Rejected:
    """The occurrence that set the trigger off, told in the webhook's own words."""
    app, get = fields.mapping(error.get("app")), error.get
    stack = get("stackTrace") or get("stacktrace")
    platform = _platform(fields.text(app.get("type")))
    told = {"errorClass": get("exceptionClass"), "message": get("message"), "stacktrace": stack}
    exceptions = _chain((told,), platform)
    if not exceptions:
        return Rejected("an error that says nothing", "neither exceptionClass, message nor stackTrace")
    user = fields.mapping(get("user"))
    return Event(
        severity=alerts.severity(fields.text(get("severity"))),
        type=exceptions[-1].type,
        message=exceptions[-1].value,
        exceptions=exceptions,
        culprit=fields.text(get("context")),
        platform=platform,
        service=project,
        environment=fields.text(app.get("releaseStage")) or fields.text(get("releaseStage")),
        release=fields.text(app.get("version")) or fields.text(get("appVersion")),
        host=fields.text(fields.mapping(get("device")).get("hostname")),
        url=fields.text(get("requestUrl")) or fields.text(fields.mapping(get("request")).get("url")),
        link=fields.text(get("url")),
        user=fields.text(get("userId")) or fields.text(user.get("id")),
        occurred_at=fields.instant(get("receivedAt")),
        vendor_id=fields.text(get("id")),
    )


def _changed(change: str | None, error: Mapping[str, Any], project: str | None) -> Item:
    """What a person decided about an error; the event in it is an old one, so neither its id nor its time counts."""
    if change not in {"fixed", "reopened"}:
        return Ignored("a change that neither closes nor reopens")
    found = _error(error, project)
    if isinstance(found, Rejected):
        return found
    status = "resolved" if change == "fixed" else "firing"
    return msgspec.structs.replace(found, status=status, vendor_id=None, occurred_at=None)


def _spike(trigger: Mapping[str, Any], error: Mapping[str, Any], project: str | None) -> Event:
    """A project's rate of errors, which is an alert; the error beside it is an example, told by its own trigger."""
    name = "errors of the project spike"
    rate, event = fields.text(trigger.get("rate")), fields.text(error.get("id"))
    said = fields.text(trigger.get("message")) or name
    return Event(
        kind="alert",
        type=name,
        message=f"{said}: {rate} events" if rate else said,
        title=said,
        service=project,
        link=fields.text(error.get("url")),
        identity=alerts.identity(name, {"service": project} if project else {}),
        occurred_at=fields.instant(error.get("receivedAt")),
        vendor_id=f"spike:{event}" if event else None,
    )


def _release(told: Mapping[str, Any], project: str | None) -> Signal:
    number = fields.text(told.get("id"))
    return msgspec.structs.replace(
        _deploy(told, project, fields.text(told.get("version"))),
        author=fields.text(told.get("releasedBy")),
        link=fields.text(told.get("url")),
        occurred_at=fields.instant(told.get("releaseTime")),
        vendor_id=f"release:{number}" if number else None,
    )


def _build(told: Mapping[str, Any]) -> Signal:
    """A build as a pipeline reports it; only the API key says of which project."""
    author = fields.text(told.get("builderName"))
    return msgspec.structs.replace(_deploy(told, None, fields.text(told.get("appVersion"))), author=author)


def _deploy(told: Mapping[str, Any], project: str | None, version: str | None) -> Signal:
    environment = fields.text(told.get("releaseStage")) or "production"
    return Signal(
        kind="deploy",
        subject=f"{project}/{environment}" if project else environment,
        title=f"release of {version or project} to {environment}",
        service=project,
        environment=environment,
        release=version,
        commit=fields.commit(fields.mapping(told.get("sourceControl")).get("revision")),
    )


def _posted(event: object, notifier: str) -> Item:
    """An event of a notifier; Bugsnag gives it its id later."""
    if not isinstance(event, dict):
        return Rejected("not an event", f"a {type(event).__name__} stands where an event should")
    app, device, user, session, trace = (
        fields.mapping(event.get(name)) for name in ("app", "device", "user", "session", "correlation")
    )
    told = fields.listing(event.get("exceptions"))
    kinds = (fields.text(fields.mapping(told[0]).get("type")) if told else None, fields.text(app.get("type")))
    platform = _platform(*kinds, *notifier.lower().replace("-", " ").split())
    exceptions = _chain(told, platform)
    last = exceptions[-1] if exceptions else ExceptionInfo()
    return Event(
        severity=alerts.severity(fields.text(event.get("severity"))),
        type=last.type,
        message=last.value,
        exceptions=exceptions,
        culprit=fields.text(event.get("context")),
        platform=platform,
        environment=fields.text(app.get("releaseStage")),
        release=fields.text(app.get("version")),
        host=fields.text(device.get("hostname")),
        url=fields.text(fields.mapping(event.get("request")).get("url")),
        user=fields.text(user.get("id")) or fields.text(user.get("email")) or fields.text(user.get("name")),
        session=fields.text(session.get("id")),
        tags=tagged.with_flags({}, _flags(event)),
        trace_id=fields.text(trace.get("traceId")),
        span_id=fields.text(trace.get("spanId")),
        fingerprint=tuple(filter(None, (fields.text(event.get("groupingHash")),))),
        occurred_at=fields.instant(device.get("time")),
    )


def _flags(event: Mapping[str, Any]) -> Iterator[tuple[str | None, str | None]]:
    """Feature flags; one without a variant is on."""
    for told in map(fields.mapping, fields.listing(event.get("featureFlags"))):
        yield fields.text(told.get("featureFlag")), fields.text(told.get("variant")) or "true"


def _platform(*words: str | None) -> str | None:
    """That of the first word which tells one."""
    return next((_PLATFORMS[word] for word in words if word in _PLATFORMS), None)


def _chain(told: Sequence[Any], platform: str | None) -> tuple[ExceptionInfo, ...]:
    """Causes first: notifiers unwrap an exception, so theirs begins with the one raised last."""
    found = (_exception(fields.mapping(one), platform) for one in reversed(told))
    return tuple(one for one in found if one.type or one.value or one.frames)


def _exception(told: Mapping[str, Any], platform: str | None) -> ExceptionInfo:
    module, kind = None, fields.text(told.get("errorClass"))
    if platform == _DOTTED:
        module, kind = package(kind)
    stack = [frame for frame in fields.listing(told.get("stacktrace")) if isinstance(frame, dict)]
    frames = tuple([_frame(frame, platform) for frame in reversed(stack)])
    return ExceptionInfo(kind, fields.text(told.get("message")), module, frames)


def _frame(told: Mapping[str, Any], platform: str | None) -> Frame:
    module, function, file = None, fields.text(told.get("method")), fields.text(told.get("file"))
    if platform == _DOTTED:
        module, function = package(function)
    elif platform == "go" and file:
        module = file.rpartition("/")[0] or None
    line, in_app = fields.integer(told.get("lineNumber")), told.get("inProject")
    return Frame(
        function=function,
        module=module,
        file=file,
        line=line,
        column=fields.integer(told.get("columnNumber")),
        in_app=in_app if isinstance(in_app, bool) else None,
        context=_code(told.get("code"), line),
        package=fields.text(told.get("machoFile")),
    )


def _code(code: object, line: int | None) -> str | None:
    """The line itself, out of those around it, which stand by their numbers."""
    found = fields.text(fields.mapping(code).get(str(line)))
    return found.strip() if found else None


SOURCE = Source("bugsnag", "Bugsnag's webhooks, events of its notifiers, releases and builds", read)
