"""What a monitor says when it triggers or recovers: Datadog's own payload, and whatever template a user wrote of it.

A template's keys are the user's; the commonest spellings of each of Datadog's variables are known here.
https://docs.datadoghq.com/integrations/webhooks/
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from argus_streams.core import alerts, fields
from argus_streams.core.events import Event, Ignored, Item, Rejected, Severity
from argus_streams.sources.datadog import tags

# By variable, the keys that tell it, in lower case and without their joints; the surest first.
_TITLE = ("monitorname", "alertname", "alerttitle", "eventtitle", "title", "name", "subject", "summary")  # $EVENT_TITLE
_MESSAGE = ("textonlymsg", "eventmsg", "message", "body", "text", "description", "msg", "alertmessage", "alertstatus")
_TRANSITION = ("alerttransition", "transition", "alertstate", "state", "status", "alertstatus", "severity")
_PRIORITY = ("alertpriority", "priority", "severity")
_LINK = ("link", "url", "alerturl", "alertlink", "eventlink", "eventurl", "monitorurl")
_DATE = ("date", "datehappened", "eventdate", "timestamp", "lastupdated", "eventlastupdated")
_ID = ("id", "eventid")
_KEY = ("aggregkey", "aggregationkey", "aggregate", "eventaggregkey", "alertaggregkey")
_SCOPE, _TAGS = ("alertscope", "scope", "scopes"), ("tags", "eventtags", "alerttags", "labels")
_HOST, _TYPE = ("hostname", "host", "eventhostname", "eventhost"), ("alerttype", "eventalerttype")

_JOINTS = str.maketrans("", "", "_-. $")
_WORDS = ("triggered", "warn", "no data", "recovered", "renotify", "alert", "ok", "resolved")  # after "re-"
_ENDED = frozenset({"recovered", "ok", "resolved"})
# What stands before the name in a title such as "[P1] [Re-Triggered on {host:web-1}] Disk is full".
_PREFIX = re.compile(
    r"\[(?:(P[1-5])|((?:Re-)?(?:Triggered|Warn|No Data|Recovered|Renotify|Alert|OK|Resolved))"
    r"(?: on \{([^{}]*)\})?)\]\s*",
    re.IGNORECASE,
)
_PRIORITIES = re.compile(r"P?[1-5]", re.IGNORECASE)
_STATUS_LINK = "[[Monitor Status]("
_EVENT_ID = 13  # digits at least, which tell an event's id from a monitor's


class _Titled(NamedTuple):
    """A title apart from what Datadog puts before the monitor's name."""

    name: str
    priority: str | None
    transition: str | None
    scope: str


def notification(told: Mapping[str, Any]) -> Item:
    """The beginning or the end of an alert; people may try a monitor's notifications out."""
    known = dict(_known(told))
    full, said = _first(known, _TITLE), _said(_first(known, _MESSAGE))
    if full is None and said is None:
        return Rejected("a notification that says nothing", "neither a title nor a message under any known key")
    if (full or "").startswith("[TEST]"):
        return Ignored("a test of the notification")
    titled = _titled(full or said or "")
    word = _transition(known) or titled.transition
    scope = {**tags.read(titled.scope), **tags.read(_any(known, _SCOPE))}
    scope.pop("*", None)
    labels = {**tags.read(_any(known, _TAGS)), **scope}
    host = _first(known, _HOST) or labels.get("host")
    target = tags.target(_of_group(scope, labels) if scope else {"host": host, **labels} if host else labels)
    moment = _first(known, _DATE)
    return Event(
        kind="alert",
        severity=_severity(known, titled, word),
        status="resolved" if word in _ENDED or (word is None and _first(known, _TYPE) == "success") else "firing",
        type=titled.name,
        message=said or titled.name,
        title=full,
        service=alerts.first(target, alerts.SERVICE),
        environment=alerts.first(target, alerts.ENVIRONMENT),
        host=host,
        link=_first(known, _LINK) or _status_link(_first(known, _MESSAGE) or ""),
        tags=labels,
        identity=alerts.identity(titled.name, target),
        instance=",".join(sorted(f"{key}:{value}" for key, value in scope.items())) or _first(known, _KEY),
        occurred_at=fields.instant(moment),
        vendor_id=_vendor_id(_first(known, _ID), moment, word),
    )


def _of_group(scope: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """What a group of a monitor is known by: its scope, and of the other tags the service and the environment alone."""
    return {**{name: labels[name] for name in (*alerts.SERVICE, *alerts.ENVIRONMENT) if name in labels}, **scope}


def turns(told: Mapping[str, Any]) -> bool:
    """Whether a title or a transition says that a monitor triggered or recovered."""
    known = dict(_known(told))
    return (_transition(known) or _titled(_first(known, _TITLE) or "").transition) is not None


def _known(told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each value under its bare name, one inside an object after the object's: ``alert.id`` is "alertid"."""
    for key, value in told.items():
        name = key.lower().translate(_JOINTS)
        if isinstance(value, dict):
            for inner, worth in value.items():
                own = inner.lower().translate(_JOINTS)
                yield own if own.startswith(name) else name + own, worth
        else:
            yield name, value


def _first(known: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The text of the first of these names that has one; a variable that Datadog did not fill is none."""
    for name in names:
        found = fields.text(known.get(name))
        if found is not None and found != "null" and not (found.startswith("$") and found[1:].isupper()):
            return found
    return None


def _any(known: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((known[name] for name in names if known.get(name)), None)


def _transition(known: Mapping[str, Any]) -> str | None:
    """The first word that is one of Datadog's, for a status may be a sentence or a severity a priority."""
    for name in _TRANSITION:
        found = known.get(name)
        if isinstance(found, str) and (word := _word(found)) in _WORDS:
            return word
    return None


def _word(transition: str) -> str:
    return transition.strip().lower().removeprefix("re-")


def _titled(title: str) -> _Titled:
    priority, transition, scope, start = None, None, "", 0
    while (found := _PREFIX.match(title, start)) is not None:
        priority = found[1] or priority
        transition = _word(found[2]) if found[2] else transition
        scope, start = found[3] or scope, found.end()
    return _Titled(title[start:] or title, priority, transition, scope)


def _severity(known: Mapping[str, Any], titled: _Titled, transition: str | None) -> Severity:
    """A warning where the monitor only warns, else by the monitor's priority, else by the event's type."""
    if transition == "warn":
        return "warning"
    told = next((each for name in _PRIORITY if (each := fields.text(known.get(name))) is not None), None)
    priority = told if told is not None and _PRIORITIES.fullmatch(told) else titled.priority
    if priority is not None:
        return alerts.severity(f"P{priority[-1]}")
    return alerts.severity(_first(known, _TYPE))


def _said(message: str | None) -> str | None:
    """What a person wrote: without the marks of Markdown, those who are called, the picture and the footer."""
    kept: list[str] = []
    for line in (message or "").split("\n"):
        if line.startswith(("[![", "- - -")):
            break
        if line.strip() != "%%%" and not line.startswith("@"):
            kept.append(line)
    return "\n".join(kept).strip() or None


def _status_link(message: str) -> str | None:
    """Where the footer of Datadog's own message leads."""
    _, found, rest = message.partition(_STATUS_LINK)
    return rest.partition(")")[0] or None if found else None


def _vendor_id(told: str | None, moment: str | None, transition: str | None) -> str | None:
    """Of this one notification; some templates tell the monitor's id as ``id``, or a key of all its events."""
    if told is not None and told.isdecimal() and len(told) >= _EVENT_ID:
        return told
    return fields.composed(told, moment, transition or "")
