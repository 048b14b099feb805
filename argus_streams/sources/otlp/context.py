"""What log records and spans tell alike: in which envelope, where it happened, when, and which exception."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple

from argus_streams.core import fields, stacktext
from argus_streams.core.events import Event, ExceptionInfo
from argus_streams.sources.otlp import values

EXCEPTION = ("exception.type", "exception.message", "exception.stacktrace")
_PLATFORMS = {"nodejs": "javascript", "webjs": "javascript", "dotnet": "csharp", "cpp": "native"}
_SHARED = 256  # attributes of a resource, and ...
_SHARED_TEXT = 2_048  # ... characters of one: they are written out with each record
_VARIANT = ("feature_flag.result.variant", "feature_flag.variant", "feature_flag.result.value")
_USUAL_PORTS = (None, "80", "443")


class Shape(NamedTuple):
    """The names by which an export request nests what it carries."""

    resources: str
    scopes: str
    older_scopes: str  # before scopes were called so
    records: str


class Told(NamedTuple):
    """One record in its place."""

    record: object
    resource: Mapping[str, str]  # attributes of what told it
    scope: str | None  # as a rule the logger or the instrumentation


def records(request: Mapping[str, Any], shape: Shape) -> Iterator[Told]:
    """Each record with its resource's attributes and the name of its scope, in order."""
    for group in map(fields.mapping, fields.listing(request.get(shape.resources))):
        told = values.attributes(fields.mapping(group.get("resource")).get("attributes"))
        resource = {name: value[:_SHARED_TEXT] for name, value in islice(told.items(), _SHARED)}
        scopes = fields.listing(group.get(shape.scopes)) or fields.listing(group.get(shape.older_scopes))
        for scoped in map(fields.mapping, scopes):
            scope = fields.mapping(scoped.get("scope")) or fields.mapping(scoped.get("instrumentationLibrary"))
            for record in fields.listing(scoped.get(shape.records)):
                yield Told(record, resource, fields.text(scope.get("name")))


def event(told: Mapping[str, str]) -> Event:
    """What the attributes of resource and record tell of where it happened."""
    service, language = told.get("service.name"), told.get("telemetry.sdk.language")
    return Event(
        platform=_PLATFORMS.get(language or "", language),
        service=None if service and service.startswith("unknown_service") else service,
        environment=first(told, "deployment.environment.name", "deployment.environment"),
        release=told.get("service.version"),
        host=first(told, "host.name", "k8s.node.name"),
        culprit=told.get("http.route") or _function(told),
        url=first(told, "url.full", "http.url") or _url(told),
        user=first(told, "user.id", "enduser.id"),
        session=told.get("session.id"),
    )


def exceptions(told: Mapping[str, str]) -> tuple[ExceptionInfo, ...]:
    """The exception of the attributes with its causes; empty when they tell none."""
    return stacktext.chain(*map(told.get, EXCEPTION))


def occurrence(trace_id: str | None, span_id: str | None, nanoseconds: object, last: ExceptionInfo) -> str | None:
    """The id of an exception inside a trace, the same whether a log record or a span's event tells it.

    Exceptions move from events to logs, and while they do SDKs tell one as both, with one time:
    https://opentelemetry.io/docs/specs/semconv/exceptions/
    """
    time = identifier(nanoseconds)
    if trace_id is None or span_id is None or time is None:
        return None
    said = f"{last.type}\0{last.value}".encode("utf-8", "replace")
    return f"{trace_id}:{span_id}:{time}:{blake2b(said, digest_size=4).hexdigest()}"


def first(told: Mapping[str, str], *names: str) -> str | None:
    """The value of the first of these attributes that there is; none of them is empty."""
    for name in names:
        if name in told:
            return told[name]
    return None


def flag(told: Mapping[str, str]) -> tuple[str | None, str | None]:
    """A feature flag with its variant.

    https://opentelemetry.io/docs/specs/semconv/feature-flags/feature-flags-events/
    """
    return told.get("feature_flag.key"), first(told, *_VARIANT)


def identifier(value: object) -> str | None:
    """A trace's or span's id; one of zeros says that there is none."""
    told = (fields.short(value) or "").lower()
    return told if told.strip("0") else None


def moment(*nanoseconds: object) -> int | None:
    """The first of these times that is known, ms; zero says that one is not."""
    return next((time for each in nanoseconds if (time := fields.instant(each))), None)


def _function(told: Mapping[str, str]) -> str | None:
    """The function that the code's attributes name, with its class or package where that stands apart."""
    function = first(told, "code.function.name", "code.function")
    namespace = told.get("code.namespace")
    return f"{namespace}.{function}" if function and namespace else function


def _url(told: Mapping[str, str]) -> str | None:
    """A server's request from its parts."""
    scheme, path = first(told, "url.scheme", "http.scheme"), first(told, "url.path", "http.target")
    host, port = first(told, "server.address", "http.host", "net.host.name"), told.get("server.port")
    if scheme is None or host is None or path is None:
        return None
    return f"{scheme}://{host}{'' if port in _USUAL_PORTS else f':{port}'}{path}"
