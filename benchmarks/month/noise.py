"""What happens all day and is no incident: deploys that go well, pushes, red feature branches, alerts that flap."""

from math import pi, sin

from month.telling import MINUTE, START, Teller
from month.world import Service

DAY = 86_400_000  # ms
# a day and service
PUSHES, REQUESTS, RUNS, DEPLOYS, ERRORS, GROWN, ENDS, ALERTS, FLAPS = 5, 8, 10, 3, 5.0, 5, 2, 0.6, 18


def noise(teller: Teller, days: float) -> None:
    """All that the project tells in these days beside its incidents."""
    for service in teller.company.services.values():
        for work in (_pushes, _requests, _runs, _deploys, _errors, _grown, _alerts):
            work(teller, service, days)


def _times(teller: Teller, a_day: float, days: float, *, by_people: bool = False) -> list[float]:
    """Moments at random; what people do they mostly do at daytime."""
    random, found = teller.random, []
    for _ in range(int(a_day * days + random.random())):
        at = random.random() * days
        while by_people and random.random() > 0.55 - 0.45 * sin(2 * pi * (at % 1)):
            at = random.random() * days
        found.append(START + at * DAY)
    return sorted(found)


def _pushes(teller: Teller, service: Service, days: float) -> None:
    random = teller.random
    for at in _times(teller, PUSHES, days, by_people=True):
        branch = "main" if random.random() < 0.4 else f"feature-{random.randrange(50)}"
        teller.push(service, at, tuple(random.sample(service.files, random.randint(1, 6))), branch=branch)


def _requests(teller: Teller, service: Service, days: float) -> None:
    for at in _times(teller, REQUESTS, days, by_people=True):
        status = teller.random.choices(("opened", "synchronize", "merged", "closed"), (3, 6, 2, 1))[0]
        subject = f"{service.repository}#{teller.random.randrange(9999)}"
        teller.tell(
            "pull_request",
            subject,
            at,
            status=status,
            commit=teller.id(),
            repository=service.repository,
            source="github",
        )


def _runs(teller: Teller, service: Service, days: float) -> None:
    for at in _times(teller, RUNS, days, by_people=True):
        status, commit = "failed" if teller.random.random() < 0.15 else "passed", teller.id()
        subject = f"{service.repository}@{commit}"
        teller.tell("ci", subject, at, status=status, commit=commit, repository=service.repository, source="github")


def _deploys(teller: Teller, service: Service, days: float) -> None:
    random = teller.random
    for at in _times(teller, DEPLOYS, days, by_people=True):
        files = tuple(random.sample(service.files, random.randint(1, 6)))
        push = teller.push(service, at - random.uniform(10, 180) * MINUTE, files)
        teller.deploy(service, at, push.commit or "")
        if random.random() < 0.2:  # some line moved: one old error has a new name
            teller.error(service, at + random.uniform(0.2, 15) * MINUTE, kind="group_new", peers=())


def _errors(teller: Teller, service: Service, days: float) -> None:
    for at in _times(teller, ERRORS, days):
        told = teller.error(service, at)
        if teller.random.random() < ENDS / ERRORS:
            teller.resolved(told, at + teller.random.uniform(1, 48) * 60 * MINUTE)


def _grown(teller: Teller, service: Service, days: float) -> None:
    for at in _times(teller, GROWN, days):
        teller.error(service, at, kind="group_grown")


def _alerts(teller: Teller, service: Service, days: float) -> None:
    random = teller.random
    for at in _times(teller, ALERTS, days):
        told = teller.alert(service.name, at)
        teller.resolved(told, at + random.uniform(3, 40) * MINUTE)
    for at in _times(teller, FLAPS if service.flaps else 0, days):
        told = teller.alert(service.name, at, name="flapping")
        teller.resolved(told, at + random.uniform(1, 10) * MINUTE)
