"""A month of what CORRELATE asks about, made up from a seed: groups that grow, come back and come in bursts, incidents.

What is assumed stands in the constants. Groups: most stay small (a Pareto distribution of their events), two thirds
come in bursts, as after a bad deploy; a group is asked about when it is new, whenever it has grown tenfold, and when it
spikes. Incidents grow, and are asked about each time.
"""

import math
import random
from collections.abc import Iterator
from typing import NamedTuple

from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.events import Event, ExceptionInfo, Frame, Origin, Severity
from argus_streams.core.findings import AnalysisRequest, Cause, Incident
from argus_streams.core.messages import Group, KeptEvent, Version

START = 1_800_000_000_000  # ms
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
DAYS = 30
A_PROJECT = 5_000  # requests of a month
SERVICES = 12  # of a project
TAIL = 0.7  # of the Pareto distribution of a group's events: one in five has ten, one in 25 a hundred
BURSTS = 0.66  # share of groups that come in bursts ...
BURST = 5  # ... of so many on average, within five minutes
IN_INCIDENT = 0.5  # share of bursts that CORRELATE makes an incident of
LIBRARY = 0.1  # share of groups that are told in the same words elsewhere: a library's error, the same service twice
LIBRARIES = 200  # such problems
FATAL = 0.01
FRAMES = 12  # of a stack
SECOND_WORDING = 100  # events from which a group is told in a second wording
# On average until a group has ten events; each further factor of ten takes four times as long.
TENFOLD, TENFOLD_IN_BURST = HOUR, 5 * MINUTE
WORDS = ("cart", "price", "tenant", "token", "stock", "invoice", "session", "region", "coupon", "address", "upload")
TYPES = ("ValueError", "KeyError", "TypeError", "TimeoutError", "IntegrityError", "ConnectionError", "RangeError")


class Wanted(NamedTuple):
    """One request, with what is known when it is made."""

    at: int  # ms
    request: AnalysisRequest
    dossier: Dossier


def month(requests: int, seed: int) -> list[Wanted]:
    """So many requests of a month, in order of time."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret, the same again
    found: list[Wanted] = []
    number, projects = 0, max(1, requests // A_PROJECT)
    while len(found) < requests:
        burst = chance.random() < BURSTS / (BURSTS + (1 - BURSTS) * BURST)
        size = 1 + min(30, int(chance.expovariate(1 / (BURST - 1)))) if burst else 1
        found += _story(chance, number, size, projects)
        number += size
    found.sort(key=lambda wanted: (wanted.at, wanted.request.subject))
    return found[:requests]


def _story(chance: random.Random, number: int, size: int, projects: int) -> Iterator[Wanted]:
    """Groups of one service that begin together, and their incident, if they make one."""
    project, service = f"project-{chance.randrange(projects)}", f"service-{chance.randrange(SERVICES)}"
    begin = START + chance.randrange(DAYS * DAY)
    pace = TENFOLD_IN_BURST if size > 1 else TENFOLD
    groups = [_Growing(chance, number + n, project, service, begin, pace) for n in range(size)]
    incident = size > 1 and chance.random() < IN_INCIDENT
    if incident:
        yield from _incident(chance, f"i-{number:016x}", groups, begin)
    over = begin + 6 * HOUR
    for group in groups:
        for at, count in group.turns():
            open_one = _told(groups, f"i-{number:016x}", begin, at, size) if incident and at < over else None
            yield group.wanted(at, count, open_one)


class _Growing:
    """One group, and when it is asked about."""

    def __init__(self, chance: random.Random, number: int, project: str, service: str, begin: int, pace: int) -> None:
        self.chance, self.number, self.project, self.service, self.pace = chance, number, project, service, pace
        self.begin = begin + chance.randrange(5 * MINUTE)
        self.events = min(100_000, int(chance.paretovariate(TAIL)))
        self.severity: Severity = "fatal" if chance.random() < FATAL else "error"
        words = chance.randrange(LIBRARIES) if chance.random() < LIBRARY else number + 1000
        self.type, self.words = TYPES[words % len(TYPES)], words
        self.library = words < LIBRARIES

    def turns(self) -> Iterator[tuple[int, int]]:
        """Times and counts: new, grown tenfold, and a spike for each factor of ten."""
        yield self.begin, 1
        powers = int(math.log10(self.events))
        for power in range(1, powers + 1):
            yield self.begin + int(self.chance.expovariate(1 / (self.pace * 4 ** (power - 1)))), 10**power
        for _ in range(int(self.chance.expovariate(1 / (powers + 0.2)))):
            yield self.begin + int(self.chance.expovariate(1 / (3 * DAY))), self.events

    def wanted(self, at: int, count: int, incident: Incident | None) -> Wanted:
        subject = f"v1:{self.number}"
        group = self.group(at, count)
        request = AnalysisRequest(
            project=self.project, subject=subject, kind="group", at=at, evidence=f"{self.number}-{count}-{at}",
            incident=incident,
        )  # fmt: skip
        dossier = Dossier(project=self.project, subject=subject, kind="group", groups=(group,), events=self.kept(count))
        return Wanted(at, request, dossier)

    def group(self, at: int, count: int) -> Group:
        service = "library" if self.library else self.service
        word = WORDS[self.words % len(WORDS)]
        return Group(
            project=self.project, fingerprint=f"v1:{self.number}", parts=(("type", self.type), ("frame", f"{word}:f")),
            algorithm="v1:0", version=Version(1, count), kind="error", severity=self.severity, status="open",
            title=f"{self.type}: {word} is wrong ({self._spelt()})", type=self.type, service=service, count=count,
            first_seen=self.begin, last_seen=at, sources={}, hours={},
        )  # fmt: skip

    def kept(self, count: int) -> tuple[KeptEvent, ...]:
        """One wording, or two once it has grown; stacks of twelve frames."""
        return tuple(self._event(n) for n in range(1 if count < SECOND_WORDING else 2))

    def _event(self, n: int) -> KeptEvent:
        word, spelt = WORDS[(self.words + n) % len(WORDS)], self._spelt()
        frames = tuple(
            Frame(function=f"step_{f}_{spelt}", file=f"{word}/module_{f}.py", line=f, in_app=True)
            for f in range(FRAMES)
        )
        event = Event(
            type=self.type, message=f"{word} is wrong while the {word} of a customer is read", platform="python",
            exceptions=(ExceptionInfo(self.type, f"{word} is wrong", frames=frames),), event_id=f"{spelt}-{n}",
            origin=Origin("t", 0, n), environment="production", tags={"browser": "Firefox", "region": "eu"},
        )  # fmt: skip
        return KeptEvent(project=self.project, fingerprint=f"v1:{self.number}", reason="first", event=event)

    def _spelt(self) -> str:
        """The number as a word: templates leave numbers out, and two problems of a project are not one."""
        return "".join(chr(ord("a") + int(digit)) for digit in str(self.words))


def _incident(chance: random.Random, name: str, groups: list[_Growing], begin: int) -> Iterator[Wanted]:
    """An incident is asked about when it opens, and as it grows."""
    for grown in range(1 + int(chance.expovariate(1 / 3))):
        at = begin + grown * 20 * MINUTE
        size = min(len(groups), 2 + grown)
        incident = _told(groups, name, begin, at, size + 2 + grown)
        request = AnalysisRequest(
            project=groups[0].project, subject=name, kind="incident", at=at, evidence=f"{name}-{grown}",
            incident=incident,
        )  # fmt: skip
        members = groups[:size]
        dossier = Dossier(
            project=groups[0].project, subject=name, kind="incident", incident=incident,
            groups=tuple(group.group(at, 20) for group in members),
            events=tuple(kept for group in members for kept in group.kept(20)),
        )  # fmt: skip
        yield Wanted(at, request, dossier)


def _told(groups: list[_Growing], name: str, begin: int, at: int, signals: int) -> Incident:
    service = groups[0].service
    cause = Cause(
        signal_id=f"deploy-{name}", kind="deploy", subject=f"{service}/production", title=f"deployed {service} 2.4.0",
        at=begin - MINUTE, score=0.9, why=f"{len(groups)} groups were first seen within 5 minutes after it",
        service=service, environment="production", release=f"2.4.{groups[0].number % 50}",
    )  # fmt: skip
    severity: Severity = "fatal" if any(group.severity == "fatal" for group in groups) else "error"
    return Incident(
        project=groups[0].project, incident=name, version=Version(1, signals), status="open", title=f"{service} fails",
        severity=severity, opened_at=begin, last_at=at, services=(service,), signals=signals, causes=(cause,),
        groups=tuple(f"v1:{group.number}" for group in groups),
    )  # fmt: skip
