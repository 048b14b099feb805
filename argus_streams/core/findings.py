"""What is found out about a project, on the wire: incidents, analyses and scores, what asks for them, what judges them.

Each is told again by a JSON Schema in ``schemas/``. Times are milliseconds since 1970 UTC, money is billionths of a
US dollar: a token of the cheapest model costs a hundred of them, so that sums are exact.
"""

from typing import Literal

from msgspec import Struct

from argus_streams.core.events import Kind, Severity, Signal, SignalKind
from argus_streams.core.messages import Version
from argus_streams.core.repairs import RepairQuestion

IncidentStatus = Literal["open", "resolved", "merged"]
IncidentAction = Literal["resolve", "reopen", "merge", "split"]
SubjectKind = Literal["group", "incident", "merge", "repair"]
Verdict = Literal["accepted", "rejected"]
Tier = Literal["small", "middle", "large"]
By = Literal["model", "rules"]
ScoreType = Literal["quality", "risk"]
ClaimKind = Literal["file", "commit", "service", "release"]

MEMBERS = 200  # of an incident, that its snapshot tells; all are counted
LINKS = 300
CAUSES = 5


class Member(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One signal of an incident."""

    signal_id: str
    kind: SignalKind
    subject: str  # a fingerprint, a deploy's service/environment, a push's owner/name@sha ...
    title: str
    at: int  # ms, Kafka's time of what caused the signal
    of: Kind | None = None  # of a group's signal: is it an error, an alert or a CI failure
    severity: Severity | None = None
    service: str | None = None
    environment: str | None = None
    hidden_by: str | None = None  # signal id of the firing cause whose symptom this is: nobody need look at it


class Link(Struct, frozen=True, kw_only=True):
    """Why two signals belong together."""

    rule: str  # its name in the rules
    one: str  # signal id of the earlier
    other: str  # signal id of the later
    window: int  # ms, how far apart the rule lets them be
    apart: int  # ms, how far apart they are
    score: float  # 0 to 1
    facts: dict[str, str]  # what both tell: commit, file, trace, service, release ...


class Cause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change or a failure that may have brought the incident about."""

    signal_id: str
    kind: SignalKind
    subject: str
    title: str
    at: int
    score: float  # 0 to 1
    why: str  # a sentence for people
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    commit: str | None = None
    author: str | None = None
    link: str | None = None
    files: tuple[str, ...] = ()  # changed by it and found in stacks, at most 20


class Incident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Signals that belong together, in absolute numbers: a snapshot that may be read twice."""

    project: str
    incident: str  # its id: "i-" and 16 hexadecimal digits
    version: Version
    status: IncidentStatus
    title: str
    severity: Severity  # the worst of its signals
    opened_at: int  # its earliest signal
    last_at: int  # its latest signal
    status_at: int | None = None  # when it was resolved, re-opened or merged
    status_by: str | None = None  # who did, if a person or program
    reason: str = ""  # why it has this status
    merged_into: str | None = None  # the incident that took its signals over
    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()  # fingerprints, the first 200
    signals: int  # how many there are, also those that are not told
    causes: tuple[Cause, ...] = ()  # the likeliest first, at most 5; none = nothing points to one
    members: tuple[Member, ...] = ()  # in order of time, at most 200
    links: tuple[Link, ...] = ()  # the strongest, at most 300
    replayed: bool = False  # all of it was there before its generation began


class IncidentCommand(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person or a program decides about an incident."""

    project: str
    incident: str
    action: IncidentAction
    into: str | None = None  # of a merge: the incident that takes the signals over
    subjects: tuple[str, ...] = ()  # of a split: what leaves for an incident of its own, fingerprints or other subjects
    by: str = ""
    reason: str = ""


class AnalysisRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What CORRELATE wants explained, or HEAL chosen, with all that it knows of it."""

    project: str
    subject: str  # a fingerprint, the id of an incident or of a healing decision
    kind: SubjectKind
    at: int  # ms, Kafka's time of the signal that gave cause to ask
    evidence: str  # hash of what is known: the same = nothing has changed since
    incident: Incident | None = None
    signal: Signal | None = None  # of a group: its last one
    replayed: bool = False  # of before its generation began
    repair: RepairQuestion | None = None


class Claim(Struct, frozen=True, kw_only=True):
    """Something that an answer names, and whether the evidence names it too."""

    kind: ClaimKind
    value: str
    grounded: bool


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that the deterministic analyst found."""

    name: str  # suspect_frame, first_bad_release, deploy, commit, common, similar ...
    value: str
    text: str  # a sentence for people
    score: float = 0.0  # 0 to 1
    lift: float | None = None  # of what the events have in common: times as frequent as in the rest


class Analysis(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found out about a group or an incident, or why nothing was asked."""

    project: str
    subject: str
    kind: SubjectKind
    version: Version
    at: int  # ms, when it was decided
    evidence: str  # hash of what it was based on
    by: By  # who answered
    reason: str  # code of the decision: answered, cached, too_few_events, budget_spent ...
    title: str = ""
    summary: str = ""  # the cause in two sentences, plain text
    doubt: str = ""  # why the answer is marked down; empty = it is not
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()
    tier: Tier | None = None
    provider: str | None = None
    model: str | None = None
    prompt: str | None = None  # version of the prompt
    agrees: bool | None = None  # model and deterministic analyst name the same cause; None = one of them names none
    tokens: dict[str, int] = {}  # input, output, cache_write, cache_read
    cost: int = 0  # billionths of a dollar, this subject's share of the calls
    joined: int = 1  # subjects that were explained by the same call
    verdict: Verdict | None = None  # what a person thought of it
    verdict_by: str | None = None
    again_at: int | None = None  # when it will be looked at again, if nothing was asked


class Feedback(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person thinks of an analysis."""

    project: str
    subject: str
    verdict: Verdict
    at: int | None = None  # ``at`` of the analysis that is meant; None = the latest
    by: str = ""
    reason: str = ""


class Part(Struct, frozen=True, kw_only=True):
    """What one factor does to a score."""

    factor: str
    value: float  # as it was counted
    weight: float
    points: float  # what it takes from quality, or adds to risk
    text: str  # a sentence for people


class Score(Struct, frozen=True, kw_only=True):
    """How a project is, 0 to 100, and why."""

    project: str
    score_type: ScoreType
    version: Version
    at: int  # ms, Kafka's time
    value: float
    parts: tuple[Part, ...]
