"""What is told of an incident: its snapshot, and when that gives cause to have it explained."""

import re
from hashlib import blake2b

import msgspec

from argus_streams.core.events import Signal
from argus_streams.core.findings import AnalysisRequest, Incident
from argus_streams.core.incidents.causes import causes
from argus_streams.core.incidents.cluster import Cluster, strongest
from argus_streams.core.incidents.memory import Told
from argus_streams.core.messages import Version

_GROUP = re.compile(r"v\d+:")  # subjects that are fingerprints
UNTOLD = Version(0, 0)
FEW = 8  # groups up to which each new one is worth a new explanation; then each doubling
GROUPS = 200
GROWN = 10  # events from which on a group is worth an explanation
TITLE = 300


def incident_of(cluster: Cluster, project: str) -> Incident:
    """The snapshot, without a version yet."""
    if cluster.status == "merged":
        return _merged(cluster, project)
    found = causes(cluster)
    return Incident(
        project=project,
        incident=cluster.name,
        version=UNTOLD,
        status="resolved" if cluster.status == "resolved" else "open",
        title=_title(cluster, found[0].title if found and found[0].score >= 0.5 else None),  # noqa: PLR2004 - likely
        severity=cluster.severity,
        opened_at=cluster.first_at,
        last_at=cluster.last_at,
        status_at=cluster.status_at,
        status_by=cluster.status_by,
        reason=cluster.reason,
        services=tuple(cluster.services),
        environments=tuple(cluster.environments),
        groups=tuple(subject for subject in cluster.subjects if _GROUP.match(subject))[:GROUPS],
        signals=cluster.signals,
        causes=found,
        members=tuple(
            msgspec.structs.replace(each, hidden_by=cluster.hidden.get(each.signal_id)) for each in cluster.members
        ),
        links=tuple(strongest(cluster.links)),
        replayed=not cluster.live,
    )


def _merged(cluster: Cluster, project: str) -> Incident:
    into = None if cluster.into is None else f"i-{cluster.into:016x}"
    return Incident(
        project=project,
        incident=cluster.name,
        version=UNTOLD,
        status="merged",
        title=f"merged into {into}" if into else "merged into another incident",
        severity=cluster.severity,
        opened_at=cluster.first_at,
        last_at=cluster.last_at,
        status_at=cluster.status_at,
        status_by=cluster.status_by,
        reason=cluster.reason,
        merged_into=into,
        signals=0,
        replayed=not cluster.live,
    )


def withdrawn(identity: int, told: Told, project: str, *, into: str | None, version: Version) -> Incident:
    """The last word on what was told as an incident too early."""
    return Incident(
        project=project,
        incident=f"i-{identity:016x}",
        version=version,
        status="resolved" if into is None else "merged",
        title="withdrawn" if into is None else f"merged into {into}",
        severity=told.severity,
        opened_at=told.first_at,
        last_at=told.last_at,
        status_at=told.last_at,
        reason="a signal that was late to its place on the timeline showed otherwise",
        merged_into=into,
        signals=0,
    )


def _title(cluster: Cluster, cause: str | None) -> str:
    symptoms = [each for each in cluster.members if each.subject in cluster.subjects]
    first = next((each for each in symptoms if each.severity == cluster.severity), symptoms[0] if symptoms else None)
    what = first.title if first else "signals that belong together"
    others = len(cluster.subjects) - 1
    more = f" and {others} more" if others > 0 else ""
    where = f"{first.service}: " if first and first.service and not what.startswith(first.service) else ""
    return f"{where}{what}{more}{f', after {cause}' if cause else ''}"[:TITLE]


def evidence_of(incident: Incident) -> str:
    """A hash of what an explanation would be based on: another one is another reason to ask."""
    subjects = {each.subject for each in incident.members}
    count = len(subjects)
    known = sorted(subjects) if count <= FEW else [f"2^{max(incident.signals, count).bit_length()}"]
    return _hash(incident.incident, incident.causes[0].signal_id if incident.causes else "", *known)


def incident_request(incident: Incident, evidence: str) -> AnalysisRequest:
    """Have it explained."""
    return AnalysisRequest(
        project=incident.project,
        subject=incident.incident,
        kind="incident",
        at=incident.last_at,
        evidence=evidence,
        incident=incident,
        replayed=incident.replayed,
    )


def group_request(signal: Signal) -> AnalysisRequest | None:
    """Have a group explained that is in no incident, if this signal gives cause to."""
    match signal.kind:
        case "group_new":
            wanted = signal.severity == "fatal"
        case "group_grown":
            wanted = (signal.count or 0) >= GROWN
        case "group_regressed" | "group_spiking":
            wanted = True
        case _:
            wanted = False
    if not wanted:
        return None
    return AnalysisRequest(
        project=signal.project,
        subject=signal.subject,
        kind="group",
        at=signal.received_at,
        evidence=_hash(signal.subject, signal.kind, signal.release or "", str((signal.count or 0).bit_length())),
        signal=signal,
        replayed=signal.replayed,
    )


def fingerprint(incident: Incident) -> bytes:
    """Whether two snapshots tell the same."""
    return blake2b(msgspec.msgpack.encode(incident), digest_size=8).digest()


def _hash(*parts: str) -> str:
    return blake2b("".join(f"{len(part)}:{part}" for part in parts).encode(), digest_size=8).hexdigest()
