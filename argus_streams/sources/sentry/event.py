"""One event: the JSON that an SDK stores, which webhooks and envelopes carry too."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from argus_streams.core.events import Event, ExceptionInfo, Ignored, Severity
from argus_streams.core.fields import instant, listing, mapping, short, text
from argus_streams.core.tagged import with_flags
from argus_streams.errors import Malformed
from argus_streams.sources.sentry.message import report, wording
from argus_streams.sources.sentry.stack import exceptions

# Without any of these a JSON object is not an event. All are optional: Sentry shows the rest as "<unlabeled event>".
_MARKS = frozenset(
    (
        *("exception", "message", "logentry", "stacktrace", "threads", "level", "platform", "timestamp", "culprit"),
        *("sentry.interfaces.Exception", "sentry.interfaces.Message", "sentry.interfaces.Stacktrace"),
        *("csp", "sentry.interfaces.Csp", "hpkp", "expectct", "expectstaple"),
    )
)
_NO_OCCURRENCE: Mapping[object, str] = {"transaction": "transaction", "feedback": "user feedback"}

_SEVERITIES: Mapping[str, Severity] = {
    "fatal": "fatal",
    "critical": "fatal",
    "error": "error",
    "warning": "warning",
    "warn": "warning",
    "info": "info",
    "log": "info",
    "debug": "debug",
    "50": "fatal",  # the numbers are those of Python's logging
    "40": "error",
    "30": "warning",
    "20": "info",
    "10": "debug",
}

# SDKs that leave "platform" out or say "other": the second word of their name tells it
_PLATFORMS = {
    name: name for name in ("python", "javascript", "java", "php", "ruby", "go", "rust", "cocoa", "native", "dart")
} | {
    "dotnet": "csharp",
    "unity": "csharp",
    "cordova": "javascript",
}

_COMMIT = re.compile(r"(?:^|[@+-])([0-9a-f]{40})$")


def read_event(told: Mapping[str, Any], delivery: str | None) -> Event | Ignored:
    """The occurrence that an event tells; a transaction or a user's feedback is none."""
    reason = _NO_OCCURRENCE.get(text(told.get("type")))
    if reason is not None:
        return Ignored(reason)
    if "csp-report" in told:  # as browsers post it, its keys spelt with dashes
        policy = {key.replace("-", "_"): value for key, value in mapping(told["csp-report"]).items()}
        return _event({"csp": policy, **told}, delivery)
    if _MARKS.isdisjoint(told):
        if "sent_at" in told or "dsn" in told:
            return Ignored("empty envelope")
        raise Malformed("no Sentry event", "has none of exception, message, logentry, level, platform, timestamp")
    return _event(told, delivery)


def _event(told: Mapping[str, Any], delivery: str | None) -> Event:
    get = told.get
    chain = exceptions(told)
    message, template = _spoken(told, chain)
    policy, headline = report(told) if not chain else ({}, None)
    tags = _tags(get("tags"))
    contexts = mapping(get("contexts"))
    trace = mapping(contexts.get("trace"))
    release = text(get("release")) or tags.get("sentry:release") or tags.get("release")
    request = mapping(get("request") or get("sentry.interfaces.Http"))
    commit = _COMMIT.search(release) if release else None
    return Event(
        severity=severity(get("level") or tags.get("level")),
        type=chain[-1].type if chain else None,
        message=message or headline,
        template=template,
        title=text(get("title")),
        exceptions=chain,
        culprit=text(get("transaction")) or text(get("culprit")) or text(policy.get("violated_directive")),
        logger=text(get("logger")) or tags.get("logger"),
        platform=_platform(told),
        service=_service(told, tags, release),
        environment=text(get("environment")) or tags.get("environment"),
        release=release,
        host=text(get("server_name")) or tags.get("server_name"),
        url=text(request.get("url")) or text(policy.get("document_uri")) or tags.get("url"),
        link=text(get("web_url")),
        user=_user(get("user") or get("sentry.interfaces.User"), tags),
        trace_id=text(trace.get("trace_id")),
        span_id=text(trace.get("span_id")),
        commit=commit[1] if commit else None,
        tags=with_flags(tags, _flags(contexts)),
        fingerprint=_fingerprint(get("fingerprint")),
        occurred_at=_instant(told),
        vendor_id=_identifier(get("event_id")),
        delivery_id=delivery,
    )


def _spoken(told: Mapping[str, Any], chain: Sequence[ExceptionInfo]) -> tuple[str | None, str | None]:
    """The value of the exception raised last, else the log line with its template."""
    if chain and chain[-1].value is not None:
        return chain[-1].value, None
    return wording(told)


def severity(level: object) -> Severity:
    """The severity of a level told as a word or as a number of Python's logging; Sentry's own default is error."""
    return _SEVERITIES.get((text(level) or "").lower(), "error")


def slug(project: object) -> str | None:
    """A project by name; its number tells nobody anything."""
    found = text(project)
    return None if found is None or found.isdigit() else found


def _tags(told: object) -> dict[str, str]:
    """Tags by name, told as an object or as pairs; booleans are spelt as in JSON."""
    pairs = told.items() if isinstance(told, dict) else (pair for pair in listing(told) if _is_pair(pair))
    found = {}
    for name, value in pairs:
        key = text(name)
        word = _word(value)
        if key is not None and word is not None:
            found[key] = word
    return found


def _flags(contexts: Mapping[str, Any]) -> Iterator[tuple[str | None, str | None]]:
    """Feature flags as they were evaluated last: https://develop.sentry.dev/sdk/expected-features/#feature-flags."""
    for told in map(mapping, listing(mapping(contexts.get("flags")).get("values"))):
        yield text(told.get("flag")), _word(told.get("result"))


def _word(value: object) -> str | None:
    return ("true" if value else "false") if isinstance(value, bool) else text(value)


def _is_pair(entry: object) -> bool:
    return isinstance(entry, list) and len(entry) == 2  # noqa: PLR2004 - a pair


def _platform(told: Mapping[str, Any]) -> str | None:
    found = text(told.get("platform"))
    if found is not None and found != "other":
        return found
    words = re.split(r"[.-]", text(mapping(told.get("sdk")).get("name")) or "")
    return _PLATFORMS.get(words[1]) if len(words) > 1 else None


def _service(told: Mapping[str, Any], tags: Mapping[str, str], release: str | None) -> str | None:
    """The service by the sender's tag, else OpenTelemetry's resource, else the project, else the release's package."""
    found = tags.get("service") or tags.get("service.name") or tags.get("app")
    if found is not None:
        return found
    resource = mapping(mapping(mapping(told.get("contexts")).get("otel")).get("resource"))
    found = text(resource.get("service.name")) or slug(told.get("project_slug")) or slug(told.get("project"))
    if found is not None:
        return found
    path = (text(told.get("url")) or "").partition("/projects/")[2].split("/")  # of webhooks: organisation/project/…
    if len(path) > 1 and path[1]:
        return path[1]
    # https://docs.sentry.io/product/releases/naming-releases/: package@version
    return release.rpartition("@")[0] or None if release else None


def _user(told: object, tags: Mapping[str, str]) -> str | None:
    """Who met the failure; an address of the network is no person."""
    get = mapping(told).get
    found = text(get("id")) or text(get("username")) or text(get("email"))
    if found is not None:
        return found
    kind, _, name = (tags.get("sentry:user") or "").partition(":")
    return name if name and kind != "ip" else None


def _fingerprint(told: object) -> tuple[str, ...]:
    """The sender's grouping; the default alone is none."""
    parts = tuple(part for raw in listing(told) if (part := text(raw)) is not None)
    return () if len(parts) == 1 and parts[0].replace(" ", "") == "{{default}}" else parts


def _instant(told: Mapping[str, Any]) -> int | None:
    """When it happened; failing that, when Sentry took it."""
    for key in ("timestamp", "datetime", "received"):
        found = instant(told.get(key))
        if found is not None:
            return found
    return None


def _identifier(told: object) -> str | None:
    """An event's id in Sentry's own spelling, which SDKs write with dashes or in capitals too."""
    found = short(told)
    return found.replace("-", "").lower() or None if found else None
