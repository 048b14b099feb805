"""Signals that belong together so far, an incident or not yet one: bounded, and enough to tell every snapshot."""

from collections.abc import Iterable
from math import log
from typing import Literal, TypeVar

from msgspec import Struct, field, structs

from argus_streams.core.events import Severity
from argus_streams.core.findings import LINKS, MEMBERS, Link, Member
from argus_streams.core.grouping.state import worse
from argus_streams.core.incidents.facts import Fact
from argus_streams.core.incidents.matching import Hit
from argus_streams.core.incidents.rules import CHANGES

T = TypeVar("T", str, int)

SUBJECTS = 1_000  # that are followed; more are counted, and found by their links alone
SUSPECTS = 12
SUPPORT = 200  # subjects that speak for a suspect
RECENT = 2_000  # signals that later ones can be linked to
PLACES = 50  # services, environments
SUREST = 0.02  # doubt that is left of any link

Status = Literal["pending", "open", "resolved", "merged"]


class Standing(Struct, array_like=True):
    """What is known of one subject of a cluster."""

    strength: float = 0.0  # its best link
    weight: float = 0.0
    ended: bool = False
    signals: int = 0


class Suspect(Struct, array_like=True):
    """What may have brought it about."""

    fact: Fact
    rules: dict[str, float]  # the best score of each rule
    support: list[str]  # subjects that it explains
    files: list[str]  # changed by it and found in stacks
    apart: int  # ms from it to the first of these
    via: str = ""  # the service that calls it, where it is another's


class Cluster(Struct, array_like=True):
    """A growing set of signals; new fields go to the end, with a default."""

    id: int
    status: Status = "pending"
    first_at: int = 0  # ms, its earliest symptom
    last_at: int = 0  # its latest signal
    opened: int = 0  # when it opened
    status_at: int | None = None
    status_by: str | None = None
    reason: str = ""
    into: int | None = None  # the cluster that took its signals over
    severity: Severity = "debug"
    signals: int = 0
    members: list[Member] = field(default_factory=list)  # in order of time
    links: list[Link] = field(default_factory=list)
    subjects: dict[str, Standing] = field(default_factory=dict)
    suspects: dict[str, Suspect] = field(default_factory=dict)
    recent: list[tuple[int, int, str]] = field(default_factory=list)  # time, id, subject
    services: list[str] = field(default_factory=list)
    environments: list[str] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)  # signal → the firing cause whose symptom it is
    apart: list[int] = field(default_factory=list)  # clusters that people keep apart from this one
    live: bool = False  # something in it is news
    commits: list[str] = field(default_factory=list)  # that are in it, by whatever was told of them
    changes: list[int] = field(default_factory=list)  # deploys and pushes that are in it

    @property
    def name(self) -> str:
        """The incident's id."""
        return f"i-{self.id:016x}"

    @property
    def awake_at(self) -> int:
        """From when on its quiet counts, ms."""
        return max(self.last_at, self.status_at or 0) if self.status == "open" else self.last_at

    @property
    def evidence(self) -> float:
        """How much speaks for an incident, in nats: of each subject its weight times what its best link rules out."""
        return sum(each.weight * -log(max(SUREST, 1 - each.strength)) for each in self.subjects.values())

    @property
    def distinct(self) -> int:
        """Of how many subjects there is a link."""
        return sum(each.strength > 0 for each in self.subjects.values())

    def add(self, fact: Fact, weight: float) -> None:
        """One more symptom."""
        self.note(fact)
        self.first_at = fact.at if not self.first_at else min(self.first_at, fact.at)
        self.severity = worse(self.severity, fact.severity or "error")
        standing = self.subjects.get(fact.subject)
        if standing is None:
            standing = Standing(weight=weight)
            if len(self.subjects) < SUBJECTS:
                self.subjects[fact.subject] = standing
        standing.signals += 1
        standing.ended = False

    def note(self, fact: Fact) -> None:
        """One more signal, of whatever kind."""
        self.signals += 1
        self.last_at = max(self.last_at, fact.at)
        self.live = self.live or not fact.replayed
        if len(self.members) < MEMBERS:
            self.members.append(member(fact))
        if fact.role in CHANGES:
            _place(self.changes, fact.id)
            _place(self.commits, fact.commit)
        else:
            self.recent.append((fact.at, fact.id, fact.subject))
            del self.recent[:-RECENT]
        _place(self.services, fact.service)
        _place(self.environments, fact.environment)

    def note_late(self, fact: Fact) -> None:
        """A symptom that missed its time: it is told, and counted, and decides nothing."""
        last = self.last_at
        self.note(fact)
        self.last_at = last
        self.members.sort(key=lambda each: (each.at, each.signal_id))

    def strengthen(self, subjects: Iterable[str], score: float) -> None:
        """A link of this score concerns these subjects."""
        for subject in subjects:
            standing = self.subjects.get(subject)
            if standing is not None:
                standing.strength = max(standing.strength, score)

    def link(self, older: Fact, newer: Fact, hits: Iterable[Hit]) -> None:
        """Keep why two signals belong together, of too many the strongest."""
        for hit in hits:
            told = Link(
                rule=hit.rule,
                one=older.signal_id,
                other=newer.signal_id,
                window=hit.window,
                apart=hit.apart,
                score=round(hit.score, 3),
                facts=dict(hit.facts),
            )
            self.links.append(told)
        if len(self.links) >= 2 * LINKS:  # now and then, not for each
            self.links = strongest(self.links)

    def suspect(self, cause: Fact, effect: Fact, hits: Iterable[Hit]) -> None:
        """A change, or a failure upstream, may have brought about a symptom of ours."""
        key = f"{cause.kind}:{cause.subject}:{cause.release or cause.commit or ''}"
        known = self.suspects.get(key)
        if known is None:
            known = self.suspects[key] = Suspect(
                structs.replace(cause, files=()), {}, [], [], abs(effect.at - cause.at)
            )
        for hit in hits:
            known.rules[hit.rule] = max(known.rules.get(hit.rule, 0.0), hit.score)
            file, via = hit.facts.get("file"), hit.facts.get("callee") or hit.facts.get("upstream")
            if file and file not in known.files and len(known.files) < 20:  # noqa: PLR2004 - as a cause tells at most
                known.files.append(file)
            if via and effect.service and effect.service != cause.service:
                known.via = known.via or effect.service
        known.apart = min(known.apart, abs(effect.at - cause.at))
        if effect.subject not in known.support and len(known.support) < SUPPORT:
            known.support.append(effect.subject)
        if len(self.suspects) > SUSPECTS:
            weakest = min(self.suspects, key=lambda at: (max(self.suspects[at].rules.values()), at))
            del self.suspects[weakest]

    def absorb(self, other: "Cluster") -> None:
        """Take over all that another one has."""
        self.first_at = min(self.first_at or other.first_at, other.first_at or self.first_at)
        self.last_at = max(self.last_at, other.last_at)
        self.severity = worse(self.severity, other.severity)
        self.signals += other.signals
        self.live = self.live or other.live
        self.members = sorted((*self.members, *other.members), key=lambda each: (each.at, each.signal_id))[:MEMBERS]
        self.links = strongest((*self.links, *other.links))
        self.recent = sorted((*self.recent, *other.recent))[-RECENT:]
        self.hidden |= other.hidden
        self.apart = sorted({*self.apart, *other.apart} - {self.id, other.id})
        for subject, theirs in other.subjects.items():
            self._absorb_subject(subject, theirs)
        for key, suspect in other.suspects.items():
            self._absorb_suspect(key, suspect)
        for place in other.services:
            _place(self.services, place)
        for place in other.environments:
            _place(self.environments, place)
        for commit in other.commits:
            _place(self.commits, commit)
        for change in other.changes:
            _place(self.changes, change)

    def _absorb_subject(self, subject: str, theirs: Standing) -> None:
        ours = self.subjects.get(subject)
        if ours is None:
            if len(self.subjects) < SUBJECTS:
                self.subjects[subject] = theirs
            return
        ours.strength = max(ours.strength, theirs.strength)
        ours.signals += theirs.signals
        ours.ended = ours.ended and theirs.ended

    def _absorb_suspect(self, key: str, theirs: Suspect) -> None:
        ours = self.suspects.get(key)
        if ours is None:
            if len(self.suspects) < SUSPECTS:
                self.suspects[key] = theirs
            return
        ours.rules = {
            rule: max(ours.rules.get(rule, 0), theirs.rules.get(rule, 0)) for rule in (ours.rules | theirs.rules)
        }
        ours.support = list(dict.fromkeys((*ours.support, *theirs.support)))[:SUPPORT]
        ours.files = list(dict.fromkeys((*ours.files, *theirs.files)))[:20]
        ours.apart = min(ours.apart, theirs.apart)
        ours.via = ours.via or theirs.via


def strongest(links: Iterable[Link]) -> list[Link]:
    """The strongest links that are told, in an order that is always the same."""
    return sorted(links, key=lambda each: (-each.score, each.one, each.other, each.rule))[:LINKS]


def member(fact: Fact) -> Member:
    """A signal as an incident's snapshot tells it."""
    return Member(
        signal_id=fact.signal_id,
        kind=fact.kind,
        subject=fact.subject,
        title=fact.title,
        at=fact.at,
        of=fact.of,
        severity=fact.severity,
        service=fact.service,
        environment=fact.environment,
    )


def _place(places: list[T], name: T | None) -> None:
    if name and name not in places and len(places) < PLACES:
        places.append(name)
