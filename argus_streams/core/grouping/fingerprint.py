"""The identity of a problem within a project, and why: the sender's own grouping, else the project's, else ours.

No part of it is the reporter, the release, a line number, the URL, the host or the environment: one failure is one
group whoever reports it, wherever it runs. The service is a part only of what has no stack.
"""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from argus_streams.core.events import Event
from argus_streams.core.grouping.exceptions import Part, simple_type, stack_parts, value_parts
from argus_streams.core.grouping.wordings import headline, said

VERSION = "v1"

Field = Literal[
    "kind", "type", "message", "title", "culprit", "logger", "platform", "service", "environment", "source", "severity"
]

_KEPT = 200  # characters of a part that are kept for people; the hash is over the whole
_PARTS = 100
_VARIABLE = re.compile(r"\{\{\s*([\w.]{1,64})\s*\}\}")
_ALIASES = {
    "transaction": "culprit",
    "value": "message",
    "error.type": "type",
    "error.value": "message",
    "level": "severity",
}
_FIELDS = frozenset(Field.__args__) - {"source"}  # type: ignore[attr-defined] # typing's own way to list a Literal


class Rule(Struct, frozen=True, kw_only=True):
    """A project's own grouping: events whose fields all fit the globs get these parts.

    Parts may hold variables: ``{{ default }}``, ``{{ type }}``, ``{{ message }}``, ``{{ tags.region }}`` ...
    """

    name: str
    match: tuple[tuple[Field, str], ...]  # field and glob, case-sensitive; all must fit
    parts: tuple[str, ...]


class Fingerprint(Struct, frozen=True):
    """A problem's identity, the named parts that were hashed, and which way they were found."""

    value: str  # "v1:" + 32 hex digits
    parts: tuple[Part, ...]  # each at most 200 characters of what was hashed
    how: str  # "sender", "rule:<name>", "identity", "stack", "message" or "title"


def fingerprint(event: Event, rules: Sequence[Rule] = ()) -> Fingerprint:
    """Explicit grouping of the sender beats the project's rules, in their order, beats the automatic one.

    Never empty, and equal for equal events on every machine: nothing here depends on time, memory or order of fields.
    """
    if event.fingerprint and not all(map(_is_default, event.fingerprint)):
        return _of(_expanded(event, event.fingerprint), "sender")
    for rule in rules:
        if rule.parts and all(fnmatchcase(_text(event, field) or "", glob) for field, glob in rule.match):
            return _of(_expanded(event, rule.parts), f"rule:{rule.name}")
    how, parts = _automatic(event)
    return _of(parts, how)


def _of(parts: Iterable[Part], how: str) -> Fingerprint:
    parts = tuple(parts)[:_PARTS]
    # Length before text: ("ab", "c") and ("a", "bc") are two identities.
    framed = "".join([f"{len(name)}:{name}{len(text)}:{text}" for name, text in parts])
    digest = blake2b(framed.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return Fingerprint(f"{VERSION}:{digest}", tuple([(name, text[:_KEPT]) for name, text in parts]), how)


def _automatic(event: Event) -> tuple[str, tuple[Part, ...]]:
    if event.kind != "error" and event.identity:
        return "identity", tuple((event.kind, text) for text in event.identity)
    if event.exceptions:
        parts = stack_parts(event)
        if parts:
            return "stack", parts
        parts = value_parts(event)
        if any(name == "message" for name, _ in parts):
            return "message", (*parts, *_speaker(event))
    how, parts = _spoken(event)
    return how, (*parts, *_speaker(event))


def _speaker(event: Event) -> tuple[Part, ...]:
    """The service, where no code tells the place: two services that say "connection refused" have two problems."""
    return (("service", event.service.strip().lower()),) if event.service else ()


def _spoken(event: Event) -> tuple[str, tuple[Part, ...]]:
    """Of what is said in words, in the parts that an exception without a stack has: some senders tell it so."""
    name = simple_type(event.type)
    message = headline(event.template) or said(name, event.message)
    if any(exception.synthetic for exception in event.exceptions):
        name = None
    parts = tuple((part, text) for part, text in (("type", name), ("message", message)) if text)
    if parts:
        return "message", parts
    for field in ("title", "culprit"):
        text = headline(getattr(event, field))
        if text:
            return "title", ((field, text),)
    return "title", (("kind", event.kind),)


def _is_default(text: str) -> bool:
    found = _VARIABLE.fullmatch(text.strip())
    return found is not None and found[1] == "default"


def _expanded(event: Event, texts: Iterable[str]) -> list[Part]:
    parts: list[Part] = []
    for text in texts:
        if _is_default(text):
            parts.extend(_automatic(event)[1])
        elif text == event.message:
            parts.append(("fingerprint", headline(text) or text))  # a message that became a constant by mistake
        else:
            parts.append(("fingerprint", _VARIABLE.sub(lambda found: _variable(event, found[1]), text)))
    return parts


def _variable(event: Event, name: str) -> str:
    """What stands for ``{{ name }}``; a message is told by its template, and what is missing by a fixed text."""
    if name == "default":
        text = " ".join(text for _, text in _automatic(event)[1]) or None
    elif name.startswith("tags."):
        text = event.tags.get(name[5:])
    else:
        field = _ALIASES.get(name, name)
        text = _text(event, field) if field in _FIELDS else None
        text = headline(text) if field == "message" else text
    return text or f"<no {name}>"


def _text(event: Event, field: str) -> str | None:
    text: str | None = getattr(event, field)
    return text
