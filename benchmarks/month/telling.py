"""How signals are told: each with its truth, its time of arrival, and what its vendor's clock says."""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from argus_streams.core.events import Signal, SignalKind
from month.world import LANGUAGES, NETWORK, Company, Service

MINUTE = 60_000  # ms
START = 1_800_000_000_000  # ms
TEXT = "0123456789abcdef"


class Planted(NamedTuple):
    """The truth of one incident."""

    number: int
    kind: str
    causes: frozenset[str]  # signal ids of the deploys that did it; none = it was no deploy


class Told(NamedTuple):
    """A signal, when it arrives, and which incident it is a symptom of."""

    arrives: int  # ms
    signal: Signal
    truth: int | None


class Teller:
    """Writes signals down for one project."""

    def __init__(self, company: Company, random: Random) -> None:
        self.company = company
        self.random = random
        self.told: list[Told] = []
        self._ids = 0
        self._skew = {vendor: random.gauss(0, 3) * MINUTE for vendor in ("sentry", "datadog", "github", "argus")}
        self.releases: dict[str, int] = dict.fromkeys(company.services, 100)

    def tell(self, kind: SignalKind, subject: str, at: float, truth: int | None = None, **fields: Any) -> Signal:
        """One signal that Kafka takes at ``at``; it arrives seconds later, now and then minutes."""
        random = self.random
        self._ids += 1
        vendor = fields.pop("source", "sentry")
        signal = Signal(
            kind=kind,
            subject=subject,
            title=fields.pop("title", subject),
            project=self.company.project,
            source=vendor,
            signal_id=f"{self.company.project}-{self._ids}",
            received_at=int(at),
            occurred_at=int(at + self._skew[vendor] - random.expovariate(1 / MINUTE)),
            **fields,
        )
        delay = random.expovariate(1 / 5_000) if random.random() < 0.95 else random.uniform(0, 5 * MINUTE)
        self.told.append(Told(int(at + delay), signal, truth))
        if random.random() < 0.03:  # told again, perhaps days later
            again = at + delay + random.choice((1_000, MINUTE, 3 * 86_400_000)) * random.random()
            self.told.append(Told(int(again), signal, truth))
        return signal

    def id(self) -> str:
        """Forty hexadecimal digits."""
        return "".join(self.random.choices(TEXT, k=40))

    def error(self, service: Service, at: float, truth: int | None = None, **given: Any) -> Signal:
        """A group of a service turns up, comes back or spikes; what is not given is as it usually is."""
        random = self.random
        peers = given.pop("peers", None)
        if peers is None:
            peers = (random.choice(service.calls),) if service.calls and random.random() < 0.2 else ()
        types = NETWORK if peers else LANGUAGES[service.language]
        kind = (
            given.pop("kind", None) or random.choices(("group_new", "group_spiking", "group_regressed"), (5, 3, 2))[0]
        )
        files = given.pop("files", None) or random.choices(service.files, range(len(service.files), 0, -1), k=3)
        type_ = random.choice(types)
        fields = {
            "title": f"{type_}: {random.choice(('missing', 'failed', 'refused'))} {random.choice(service.files)}",
            "service": service.name,
            "environment": "production" if random.random() < 0.9 or truth is not None else "staging",
            "release": f"{service.name}@{self.releases[service.name]}",
            "of": "error",
            "severity": "error" if random.random() < 0.9 else "warning",
            "type": type_,
            "culprit": f"/{service.name}/{random.randrange(8)}",
            "count": random.randrange(1, 200),
            "users": random.randrange(50),
            "frames": tuple(random.choice(("/app/", "webpack:///./", "")) + path for path in dict.fromkeys(files)),
            "flags": service.flags if random.random() < 0.6 else (),
            "peers": peers,
            "trace_id": self.id()[:32] if random.random() < 0.7 else None,
            "session": self.id()[:16] if random.random() < 0.3 else None,
        }
        subject = given.pop("subject", None) or f"v1:{self.id()[:32]}"
        return self.tell(kind, subject, at, truth, **(fields | given))

    def alert(self, service: str, at: float, truth: int | None = None, **given: Any) -> Signal:
        """An alert of a service or store fires."""
        name = given.pop("name", None) or self.random.choice(("latency", "error rate", "saturation"))
        subject = given.pop("subject", None) or f"v1:alert-{service}-{name.replace(' ', '-')}"
        environment = "production" if self.random.random() < 0.7 else None
        kind = given.pop("kind", "group_regressed")
        fields = {"title": f"{service} {name}", "service": service, "environment": environment, "type": name}
        rest = {"of": "alert", "severity": "error", "source": "datadog"}
        return self.tell(kind, subject, at, truth, **(fields | rest | given))

    def resolved(self, signal: Signal, at: float) -> None:
        """What a signal told is over."""
        self.tell("group_resolved", signal.subject, at, of=signal.of, service=signal.service, source=signal.source)

    def push(self, service: Service, at: float, files: tuple[str, ...], **given: Any) -> Signal:
        """Commits reach a branch."""
        commit = self.id()
        fields = {"repository": service.repository, "branch": "main", "commit": commit, "files": files, "author": "ada"}
        return self.tell("push", f"{service.repository}@{commit}", at, source="github", **(fields | given))

    def deploy(self, service: Service, at: float, commit: str, **given: Any) -> list[Signal]:
        """A rollout begins and ends some minutes before ``at``: from then on the new release answers."""
        self.releases[service.name] += 1
        release = f"{service.name}@{self.releases[service.name]}"
        fields = {
            "service": service.name, "environment": "production", "release": release, "commit": commit,
            "repository": service.repository, "branch": "main", "source": "github", "author": "ada",
        }  # fmt: skip
        steps = (("in_progress", at - self.random.uniform(1, 4) * MINUTE), ("success", at))
        subject, title = f"{service.name}/production", f"deploy of {release} to production"
        return [
            self.tell("deploy", subject, when, status=status, title=f"{title}: {status}", **(fields | given))
            for status, when in steps
        ]

    def sorted(self) -> Iterator[Told]:
        """All in order of arrival."""
        yield from sorted(self.told, key=lambda told: told.arrives)
