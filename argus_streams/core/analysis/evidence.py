"""What the evidence names: files, commits, services and releases, as fields tell them.

A text that an event carries is no evidence: whoever writes log lines could name anything there.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.events import Event, Frame
from argus_streams.core.findings import ClaimKind, Incident

_LINE = re.compile(r":\d+(?::\d+)?$")
_SHORT = 7  # digits of a commit that name it


class Named(Struct, frozen=True):
    """Something that an explanation names."""

    kind: ClaimKind
    value: str


def named(dossier: Dossier) -> frozenset[Named]:
    """All that the dossier names."""
    found: set[Named] = set()
    for group in dossier.groups:
        found |= _told(service=group.service, release=group.first_release)
        found |= _told(release=group.last_release)
    for kept in dossier.events:
        event = kept.event
        found |= _told(service=event.service, release=event.release, commit=event.commit)
        found |= {Named("file", path) for path in files(event)}
    if dossier.incident is not None:
        found.update(_of_incident(dossier.incident))
    return frozenset(found)


def files(event: Event) -> Iterator[str]:
    """Files of the stack, else modules."""
    for exception in event.exceptions:
        for frame in exception.frames:
            if path := place(frame):
                yield path


def place(frame: Frame) -> str | None:
    """Where a frame's code is."""
    return frame.file.partition("?")[0] if frame.file else frame.module


def holds(evidence: Iterable[Named], claim: Named) -> bool:
    """Whether the evidence names what is claimed."""
    return any(same(each, claim) for each in evidence)


def same(one: Named, other: Named) -> bool:
    """Whether two names mean the same: a path and its end, a commit and its beginning, ``v2.4.0`` and ``2.4.0``."""
    if one.kind != other.kind:
        return False
    if one.kind == "file":
        return _ends_alike(_path(one.value), _path(other.value))
    first, second = (_plain(each) for each in (one, other))
    if one.kind == "commit":
        short, long = sorted((first, second), key=len)
        return len(short) >= _SHORT and long.startswith(short)
    return first == second and first != ""


def _told(service: str | None = None, release: str | None = None, commit: str | None = None) -> set[Named]:
    names: tuple[tuple[ClaimKind, str | None], ...] = (("service", service), ("release", release), ("commit", commit))
    return {Named(kind, value) for kind, value in names if value}


def _of_incident(incident: Incident) -> Iterator[Named]:
    for service in (*incident.services, *(member.service for member in incident.members)):
        yield from _told(service=service)
    for cause in incident.causes:
        yield from _told(cause.service, cause.release, cause.commit)
        yield from (Named("file", path) for path in cause.files)


def _plain(name: Named) -> str:
    text = name.value.strip().casefold()
    if name.kind == "release":  # "checkout@2.4.0+7" is told by some as "2.4.0+7", by others as "v2.4.0+7"
        text = text.rpartition("@")[2]
        return text[1:] if text[:1] == "v" and text[1:2].isdigit() else text
    return text


def _path(value: str) -> list[str]:
    path = _LINE.sub("", value.strip().partition("?")[0].replace("\\", "/"))
    path = path.rpartition("://")[2]
    return [part for part in path.split("/") if part not in ("", ".", "..")]


def _ends_alike(one: list[str], other: list[str]) -> bool:
    size = min(len(one), len(other))
    return size > 0 and one[-size:] == other[-size:]
