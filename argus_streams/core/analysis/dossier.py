"""All that is known of what is to be explained: what an answer has to be drawn from, whoever gives it."""

from msgspec import Struct, structs

from argus_streams.core.findings import Analysis, AnalysisRequest, Incident, SubjectKind
from argus_streams.core.messages import Group, KeptEvent

EVENTS = 20  # of each group
OTHERS = 500
SIMILAR = 20
CANDIDATES = 20


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
    subject: str  # a fingerprint, or the id of an incident
    kind: SubjectKind
    incident: Incident | None = None
    groups: tuple[Group, ...] = ()
    events: tuple[KeptEvent, ...] = ()
    others: tuple[KeptEvent, ...] = ()
    similar: tuple[Similar, ...] = ()
    candidates: tuple[Group, ...] = ()


def wanted(request: AnalysisRequest) -> tuple[str, ...]:
    """The fingerprints whose material a request needs."""
    if request.incident is not None:
        return request.incident.groups
    return (request.subject,)


def compiled(request: AnalysisRequest, material: Material) -> Dossier:
    """The request's dossier, made of what is stored about its groups."""
    return Dossier(
        project=request.project,
        subject=request.subject,
        kind=request.kind,
        incident=request.incident,
        **structs.asdict(material),
    )
