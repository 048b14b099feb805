"""Bodies without a fixed shape, read by the mappings that the project's operator wrote (docs/senders/mapped.md)."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import structs

from argus_streams.core import alerts, changes, ci, fields, stacktext
from argus_streams.core.events import Event, ExceptionInfo, Ignored, Item, Rejected, Signal
from argus_streams.core.mapping import OBJECTS, TEXTS, BodyMapping, Expression
from argus_streams.core.source import Body, Source, counted
from argus_streams.errors import Malformed

_OBJECT, _TEXT = 256, 1024  # entries of an object that elements share, and characters of each
_NOTHING = "nothing that the mapping looks for"
Found = Mapping[str, Any]


def read(body: Body) -> Sequence[Item]:
    """What the first mapping that fits finds: one item, or with `each` one an element."""
    if not body.mappings:
        raise Malformed("no mapping", "ARGUS_MAPPINGS_FILE has none for this project")
    told = fields.decode(body.value)
    for mapping in body.mappings:
        whole = _unpacked(mapping, told)
        if _fits(mapping, whole):
            return _items(mapping, whole)
    raise Malformed("no mapping fits", f"tried: {', '.join(each.name for each in body.mappings)}")


def _unpacked(mapping: BodyMapping, told: Any) -> Any:
    """The body with JSON that stands in it as text taken apart."""
    whole = fields.mapping(told)
    texts = {name: whole[name] for name in mapping.unpack if isinstance(whole.get(name), str)}
    return {**whole, **{name: _decoded(text) for name, text in texts.items()}} if texts else told


def _decoded(text: str) -> Any:
    try:
        return fields.decode(text.encode())
    except Malformed:
        return text  # `when` decides whether that will do


def _fits(mapping: BodyMapping, whole: Any) -> bool:
    """Whether the mapping's `when` holds; one that fails, as `starts_with(type, 'x')` without a type, does not."""
    try:
        return mapping.when is None or mapping.when.holds(whole)
    except Malformed:
        return False


def _items(mapping: BodyMapping, whole: Any) -> Sequence[Item]:
    if mapping.each is None:
        return (_item(mapping, whole, {}),)
    elements = mapping.each.of(whole)
    if not isinstance(elements, list):
        raise Malformed("the mapping fails here", f"{mapping.each.place}: finds no list")
    common = _shared(_found(mapping.common, whole))
    return [_item(mapping, element, common) for element in counted(elements)] or (Ignored("nothing in it"),)


def _item(mapping: BodyMapping, element: Any, common: Found) -> Item:
    try:
        if mapping.ignore_when is not None and mapping.ignore_when.holds(element):
            return Ignored("the mapping ignores it")
        resolved = mapping.resolved_when is not None and mapping.resolved_when.holds(element)
        found = _together(common, _found(mapping.fields, element))
    except Malformed as error:
        return Rejected(error.reason, error.detail)
    match mapping.kind:
        case "error":
            return _error(mapping, found)
        case "alert":
            return _alert(mapping, found, resolved=resolved)
        case "ci":
            return _ci(mapping, found, resolved=resolved)
        case "deploy":
            return _deploy(mapping, found)


def _found(expressions: Mapping[str, Expression], data: Any) -> Found:
    return {name: value for name, each in expressions.items() if (value := each.of(data)) is not None}


def _shared(found: Found) -> Found:
    """What is written out with each element, of which there may be many."""
    objects = {name: dict(islice(_texts(found, name).items(), _OBJECT)) for name in OBJECTS if name in found}
    texts = {name: fields.short(value) if isinstance(value, str) else value for name, value in found.items()}
    return texts | {name: {key: value[:_TEXT] for key, value in told.items()} for name, told in objects.items()}


def _together(common: Found, own: Found) -> Found:
    """What the body tells of all its elements and what this one tells, which goes before."""
    if not common:
        return own
    objects: Found = {name: {**_texts(common, name), **_texts(own, name)} for name in OBJECTS}
    return {**common, **own, **objects}


def _error(mapping: BodyMapping, found: Found) -> Item:
    told = _told(found)
    stack = fields.text(found.get("stack"))
    exceptions = stacktext.chain(told.get("type"), told.get("message"), stack) if stack else ()
    last = exceptions[-1] if exceptions else ExceptionInfo()
    named: dict[str, Any] = {
        "type": told.get("type") or last.type,
        "message": told.get("message") or last.value or told.get("title"),
    }
    if not (any(named.values()) or exceptions):
        return Rejected(_NOTHING, f"mapping {mapping.name!r} finds no message, type, title or stack")
    return Event(kind="error", exceptions=exceptions, **{**_common(found), **told, **named})


def _alert(mapping: BodyMapping, found: Found, *, resolved: bool) -> Item:
    told, rule = _told(found), fields.text(found.get("rule"))
    if rule is None:
        return _without_rule(mapping)
    labels = _texts(found, "labels")
    target = labels | {name: told[name] for name in ("service", "environment") if name in told}
    named: dict[str, Any] = {
        "type": told.get("type") or rule,
        "message": told.get("message") or told.get("title") or rule,
        "service": alerts.first(target, alerts.SERVICE),
        "environment": alerts.first(target, alerts.ENVIRONMENT),
        "tags": labels | _texts(found, "tags"),
    }
    return Event(
        kind="alert",
        status="resolved" if resolved else "firing",
        identity=alerts.identity(rule, target),
        **{**_common(found), **told, **named},
    )


def _ci(mapping: BodyMapping, found: Found, *, resolved: bool) -> Item:
    told, rule = _told(found), fields.text(found.get("rule"))
    if rule is None:
        return _without_rule(mapping)
    run = ci.Run(
        repository=told.get("repository"),
        path=(rule,),
        outcome="success" if resolved else "failure",
        vendor_id=None,  # the sender may have none
        branch=told.get("branch"),
        default_branch=fields.text(found.get("default_branch")),
    )
    event = ci.result(run)
    return structs.replace(event, **{**_common(found), **told}) if isinstance(event, Event) else event


def _deploy(mapping: BodyMapping, found: Found) -> Item:
    told = _told(found)
    service, environment = told.get("service"), told.get("environment")
    if service is None or environment is None:
        return Rejected(_NOTHING, f"mapping {mapping.name!r} finds no service or no environment")
    status, release = fields.text(found.get("status")), told.get("release")
    headline = f"deploy of {release or service} to {environment}{f': {status}' if status else ''}"
    return Signal(
        kind="deploy",
        subject=f"{service}/{environment}",
        title=told.get("title") or headline,
        status=status,
        service=service,
        environment=environment,
        release=release,
        repository=told.get("repository"),
        branch=told.get("branch"),
        commit=told.get("commit"),
        author=fields.text(found.get("author")),
        link=told.get("link"),
        occurred_at=fields.instant(found.get("occurred_at")),
        vendor_id=fields.text(found.get("id")),
    )


def _without_rule(mapping: BodyMapping) -> Rejected:
    return Rejected(_NOTHING, f"mapping {mapping.name!r} finds no rule")


def _told(found: Found) -> dict[str, str]:
    """The fields that are text as it stands; a repository's address is its "owner/name"."""
    told = {name: text for name in TEXTS if (text := fields.text(found.get(name))) is not None}
    repository = changes.repository(told.get("repository"))
    return {**told, "repository": repository} if repository else told


def _common(found: Found) -> dict[str, Any]:
    """The fields of every kind of event that are more than text."""
    groups = found.get("fingerprint")
    return {
        "severity": alerts.severity(fields.text(found.get("severity"))),
        "tags": _texts(found, "tags"),
        "fingerprint": tuple(filter(None, map(fields.text, groups if isinstance(groups, list) else [groups]))),
        "occurred_at": fields.instant(found.get("occurred_at")),
        "vendor_id": fields.text(found.get("id")),
    }


def _texts(found: Found, name: str) -> dict[str, str]:
    """Those of an object's entries that are text."""
    told = fields.mapping(found.get(name))
    return {key: text for key, value in told.items() if (text := fields.text(value)) is not None}


SOURCE = Source("mapped", "anything in JSON, read by a JMESPath mapping of your own", read)
