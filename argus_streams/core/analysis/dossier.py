"""All that is known of what is to be explained: what an answer has to be drawn from, whoever gives it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from msgspec import Struct, structs

from argus_streams.core.events import LAST_TIME
from argus_streams.core.findings import Analysis, AnalysisRequest, Incident, SubjectKind
from argus_streams.core.messages import Group, KeptEvent
from argus_streams.core.repairs import RepairQuestion

EVENTS = 20  # of each group, fewer where they are many ...
ALL_EVENTS = 400  # ... but for the first and the newest of each
OTHERS = 500
SIMILAR = 20
CANDIDATES = 20
AMONG = 5_000  # groups, those that were seen last, that similar ones and candidates are looked for among
DAYS = 14  # of which other events are looked at
HOURS = 8 * 24  # of which counts are told
NO_HOURS = LAST_TIME // 3_600_000


class Similar(Struct, frozen=True):
    """A problem that was solved before, and what was found out about it."""

    group: Group  # ``status_by`` is who resolved it
    analysis: Analysis | None = None  # its latest


class Material(Struct, frozen=True, kw_only=True):
    """What is stored about some groups of one project."""

    groups: tuple[Group, ...] = ()  # those that are stored, in the order in which they were asked for
    events: tuple[KeptEvent, ...] = ()  # the newest of each group, and its first; group by group, newest first
    others: tuple[KeptEvent, ...] = ()  # a sample of the other groups' events of the same days
    similar: tuple[Similar, ...] = ()  # resolved groups of the same type, culprit or service, the likest first
    candidates: tuple[Group, ...] = ()  # that may be the same problem: never linked or kept apart by hand


class Dossier(Struct, frozen=True, kw_only=True):
    """What is known of one subject."""

    project: str
    subject: str  # a fingerprint, the id of an incident or of a healing decision
    kind: SubjectKind
    incident: Incident | None = None
    groups: tuple[Group, ...] = ()
    events: tuple[KeptEvent, ...] = ()
    others: tuple[KeptEvent, ...] = ()
    similar: tuple[Similar, ...] = ()
    candidates: tuple[Group, ...] = ()
    repair: RepairQuestion | None = None


def wanted(request: AnalysisRequest) -> tuple[str, ...]:
    """The fingerprints whose material a request needs."""
    if request.incident is not None:
        return request.incident.groups
    if request.kind == "repair":  # its request tells all that there is
        return ()
    return tuple(request.subject.split("+"))  # a merge is about two


def compiled(request: AnalysisRequest, material: Material) -> Dossier:
    """The request's dossier, made of what is stored about its groups."""
    return Dossier(
        project=request.project,
        subject=request.subject,
        kind=request.kind,
        incident=request.incident,
        repair=request.repair,
        **structs.asdict(material),
    )


class Likeness(Struct, frozen=True, kw_only=True):
    """What other groups may have in common with these."""

    types: tuple[str, ...]
    culprits: tuple[str, ...]
    services: tuple[str, ...]
    messages: tuple[str, ...]  # without what varies, as they are hashed


def likeness(groups: Iterable[Group]) -> Likeness:
    """What similar groups and candidates are looked for by."""
    known = tuple(groups)
    return Likeness(
        types=_distinct(group.type for group in known),
        culprits=_distinct(group.culprit for group in known),
        services=_distinct(group.service for group in known),
        messages=_distinct(text for group in known for name, text in group.parts if name == "message"),
    )


def events_of_each(groups: int) -> int:
    """How many events of each of so many groups a dossier has room for."""
    return max(2, min(EVENTS, ALL_EVENTS // max(1, groups)))


def days(events: Sequence[KeptEvent]) -> list[date]:
    """The days (UTC) of the newest events."""
    found = {datetime.fromtimestamp(kept.event.received_at / 1000, UTC).date() for kept in events}
    return sorted(found, reverse=True)[:DAYS]


def since_hour(events: Sequence[KeptEvent]) -> int:
    """The hour since 1970 from which on counts matter."""
    newest = max((kept.event.received_at for kept in events), default=None)
    return NO_HOURS if newest is None else newest // 3_600_000 - HOURS


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
