"""Webhooks of Sentry's integrations, and the flat one of the plugin that came before them."""

from collections.abc import Mapping
from typing import Any

from argus_streams.core import alerts
from argus_streams.core.events import Event, ExceptionInfo, Frame, Ignored
from argus_streams.core.fields import instant, listing, mapping, text
from argus_streams.errors import Malformed
from argus_streams.sources.sentry.event import read_event, severity, slug

# What else Sentry sends to an integration, by the header "Sentry-Hook-Resource" or by a key of "data"
_NO_OCCURRENCE = {"comment": "comment", "installation": "installation", "seer": "seer", "run_id": "seer"}
_NO_CHANGE = {"assigned", "archived", "ignored", "triggered"}  # of an issue
_PLUGIN_KEYS = ("culprit", "message", "level", "logger", "project", "project_slug")


def is_webhook(document: Mapping[str, Any]) -> bool:
    """Whether this is a webhook's body."""
    return _is_plugins(document) or ("action" in document and isinstance(document.get("data"), dict))


def _is_plugins(document: Mapping[str, Any]) -> bool:
    """Whether the plugin sent it: an event has no keys of its own of these names."""
    return isinstance(document.get("event"), dict) or "triggering_rules" in document


def read_webhook(document: Mapping[str, Any], headers: Mapping[str, str], delivery: str | None) -> Event | Ignored:
    """The occurrence, or the end of one, that a webhook tells."""
    if _is_plugins(document):
        event = mapping(document.get("event"))
        around = {key: document[key] for key in _PLUGIN_KEYS if key in document}
        around["web_url"] = document.get("url")
        return read_event(
            {**around, **{key: value for key, value in event.items() if value not in (None, "")}}, delivery
        )
    action, data = text(document.get("action")) or "", mapping(document.get("data"))
    for key in ("event", "error"):
        if isinstance(data.get(key), dict):
            return read_event(data[key], delivery)
    if isinstance(data.get("metric_alert"), dict):
        return _metric_alert(action, data, delivery)
    if isinstance(data.get("issue"), dict):
        return _issue(action, data["issue"], headers, delivery)
    for key in (headers.get("sentry-hook-resource", ""), *data):
        if key in _NO_OCCURRENCE:
            return Ignored(_NO_OCCURRENCE[key])
    raise Malformed("unknown webhook", f"data has none of issue, event, error, metric_alert, but {sorted(data)[:5]}")


def _issue(action: str, issue: Mapping[str, Any], headers: Mapping[str, str], delivery: str | None) -> Event | Ignored:
    """A problem that is new, is back, or is closed; https://docs.sentry.io/…/webhooks/issues/."""
    if action not in {"created", "unresolved", "resolved"}:
        return Ignored(f"issue {action}" if action in _NO_CHANGE else "issue changed")
    get, metadata = issue.get, mapping(issue.get("metadata"))
    kind, title = text(metadata.get("type")), text(get("title"))
    value = text(metadata.get("value"))
    occurred_at = instant(get("lastSeen")) or instant(get("firstSeen"))
    if action == "resolved":  # the issue tells when it was last seen, only the request when it was closed
        occurred_at = instant(headers.get("sentry-hook-timestamp"))
    return Event(
        severity=severity(get("level")),
        status="resolved" if action == "resolved" else "firing",
        type=kind,
        message=value if kind else text(metadata.get("message")) or text(metadata.get("title")) or title,
        title=title,
        exceptions=(ExceptionInfo(kind, value, frames=_place(metadata)),) if kind else (),
        culprit=text(get("culprit")),
        logger=text(get("logger")),
        platform=text(get("platform")),
        service=slug(mapping(get("project")).get("slug")),
        link=text(get("web_url")) or text(get("permalink")),
        occurred_at=occurred_at,
        vendor_id=_issue_id(action, issue),
        delivery_id=delivery,
    )


def _place(metadata: Mapping[str, Any]) -> tuple[Frame, ...]:
    """The one frame that an issue's metadata name: where it broke."""
    function, file = text(metadata.get("function")), text(metadata.get("filename"))
    return (Frame(function=function, file=file),) if function or file else ()


def _issue_id(action: str, issue: Mapping[str, Any]) -> str | None:
    """The id of this turn of the issue. A resolution has none: closing twice changes nothing, missing one does."""
    number = text(issue.get("id"))
    if number is None or action == "resolved":
        return None
    return f"issue:{number}:{action}:{text(issue.get('lastSeen')) or ''}"


def _metric_alert(action: str, data: Mapping[str, Any], delivery: str | None) -> Event:
    """A metric that crossed its threshold, or came back; https://docs.sentry.io/…/webhooks/metric-alerts/."""
    alert = mapping(data.get("metric_alert"))
    rule = mapping(alert.get("alert_rule"))
    name = text(rule.get("name")) or text(alert.get("title")) or "metric alert"
    told = listing(alert.get("projects")) or listing(rule.get("projects"))
    projects = [found for raw in told if (found := slug(raw)) is not None]
    service, environment = ",".join(sorted(projects)) or None, text(rule.get("environment"))
    target = {"service": service, "environment": environment}
    closed = action == "resolved"
    number = text(alert.get("id"))
    return Event(
        kind="alert",
        severity=alerts.severity(action),
        status="resolved" if closed else "firing",
        type=name,
        message=text(data.get("description_text")) or name,
        title=text(data.get("description_title")),
        service=service if len(projects) == 1 else None,
        environment=environment,
        link=text(data.get("web_url")),
        identity=alerts.identity(name, {key: value for key, value in target.items() if value}),
        occurred_at=instant(alert.get("date_closed" if closed else "date_started")),
        instance=f"metric alert {number}" if number else None,
        vendor_id=f"alert:{number}:{action}" if number else None,
        delivery_id=delivery,
    )
