"""What may have brought an incident about, the likeliest first, and a sentence that says why."""

from argus_streams.core.findings import CAUSES, Cause
from argus_streams.core.incidents.cluster import Cluster, Suspect
from argus_streams.core.incidents.facts import Fact
from argus_streams.core.incidents.rules import CHANGES

FLOOR = 0.15  # below it is no cause to speak of
LIKELY = 0.5
ALONE = 0.4  # of its score keeps what explains next to nothing of an incident
AFTERWARDS = 0.5  # keeps what came when the incident was there already


def causes(cluster: Cluster) -> tuple[Cause, ...]:
    """At most five."""
    scored = sorted(
        ((score(cluster, suspect), suspect) for suspect in cluster.suspects.values()),
        key=lambda each: (-each[0], -each[1].fact.at, each[1].fact.id),
    )
    return tuple(_cause(cluster, suspect, each) for each, suspect in scored[:CAUSES] if each >= FLOOR)


def score(cluster: Cluster, suspect: Suspect) -> float:
    """0 to 1: how good its best reasons are, how much of the incident it explains, and whether it came before it."""
    doubt = 1.0
    for each in suspect.rules.values():
        doubt *= 1 - each
    explained = len(suspect.support) / max(len(suspect.support), _symptoms(cluster))
    came = 1.0 if suspect.fact.at <= cluster.first_at or suspect.fact.role not in CHANGES else AFTERWARDS
    return (1 - doubt) * (ALONE + (1 - ALONE) * explained) * came


def likeliest(cluster: Cluster) -> Suspect | None:
    """The first one, if it is likely."""
    found = max(cluster.suspects.values(), key=lambda each: (score(cluster, each), each.fact.at), default=None)
    return found if found is not None and score(cluster, found) >= LIKELY else None


def differ(one: Cluster, other: Cluster) -> bool:
    """Whether each of two has a likely cause that is no affair of the other."""
    ours, theirs = likeliest(one), likeliest(other)
    if ours is None or theirs is None or ours.fact.subject == theirs.fact.subject:
        return False
    if ours.fact.commit is not None and ours.fact.commit == theirs.fact.commit:
        return False
    return ours.fact.service not in other.services and theirs.fact.service not in one.services


def _symptoms(cluster: Cluster) -> int:
    """Subjects that there are to explain."""
    return max(1, sum(each.strength > 0 for each in cluster.subjects.values()))


def _cause(cluster: Cluster, suspect: Suspect, points: float) -> Cause:
    fact = suspect.fact
    return Cause(
        signal_id=fact.signal_id,
        kind=fact.kind,
        subject=fact.subject,
        title=fact.title,
        at=fact.at,
        score=round(points, 3),
        why=_why(cluster, suspect),
        service=fact.service,
        environment=fact.environment,
        release=fact.release,
        commit=fact.commit,
        author=fact.author,
        link=fact.link,
        files=tuple(suspect.files),
    )


def _why(cluster: Cluster, suspect: Suspect) -> str:
    fact = suspect.fact
    reasons = [f"{_happened(fact)} {_when(cluster, suspect)}"]
    if suspect.files:
        reasons.append(f"changed {', '.join(suspect.files[:3])}, which the stacks show")
    if suspect.via:
        reasons.append(f"{suspect.via} calls {fact.service or fact.subject}")
    explained, symptoms = len(suspect.support), _symptoms(cluster)
    reasons.append(f"explains {min(explained, symptoms)} of {symptoms} failures")
    return "; ".join(reasons)


def _happened(fact: Fact) -> str:
    if fact.role == "failed_deploy":
        return "failed to deploy"
    return {"deploy": "deployed", "push": "pushed", "pull_request": "merged", "ci": "failed"}.get(fact.kind, "firing")


def _when(cluster: Cluster, suspect: Suspect) -> str:
    """When a change came, by the first failure; when a failure did, by the nearest one that it may have brought."""
    if suspect.fact.role not in CHANGES:
        return f"within {_spelt(suspect.apart)} of another failure"
    early = cluster.first_at - suspect.fact.at
    return f"{_spelt(abs(early))} {'before' if early >= 0 else 'after'} the first failure"


def _spelt(duration: int) -> str:
    seconds = duration // 1000
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"  # noqa: PLR2004 - two hours
