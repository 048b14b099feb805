"""Incidents whose causes are known, with deploys nearby that had nothing to do with them."""

from collections.abc import Callable
from typing import Any

from month.telling import MINUTE, Planted, Teller
from month.world import Service

Plant = Callable[[Teller, float, int], Planted]


def _size(teller: Teller, least: int, most: int) -> int:
    """Small ones are more frequent."""
    return round(least * (most / least) ** teller.random.random())


def _service(teller: Teller, *, called: bool = False) -> Service:
    services = list(teller.company.services.values())
    if called:
        services = [each for each in services if teller.company.callers(each.name)]
    return teller.random.choice(services)


def _decoys(teller: Teller, at: float, but: set[str]) -> None:
    """Others deploy at the same time, and nothing comes of it."""
    random = teller.random
    for service in random.sample(list(teller.company.services.values()), random.randint(1, 4)):
        if service.name not in but:
            files = tuple(random.sample(service.files, 3))
            push = teller.push(service, at - random.uniform(10, 90) * MINUTE, files)
            teller.deploy(service, at + random.uniform(-12, 6) * MINUTE, push.commit or "")


def _ended(teller: Teller, told: list[Any], at: float) -> None:
    """Alerts end within the hour, some groups are resolved by people."""
    for signal in told:
        if signal.of == "alert" or teller.random.random() < 0.3:
            teller.resolved(signal, at + teller.random.uniform(25, 70) * MINUTE)


def _broken(
    teller: Teller, service: Service, at: float, number: int, changed: tuple[str, ...], spread: float
) -> list[Any]:
    """What a bad release does to its own service, its alerts and those who call it."""
    random, told = teller.random, []
    for _ in range(_size(teller, 2, 14)):
        files = (random.choice(changed), *random.sample(service.files, 2)) if random.random() < 0.55 else None
        kind = random.choices(("group_new", "group_spiking", "group_regressed"), (7, 2, 1))[0]
        peers = None if random.random() < 0.2 else ()
        told.append(
            teller.error(
                service, at + random.uniform(0.2, spread) * MINUTE, number, kind=kind, files=files, peers=peers
            )
        )
    if random.random() < 0.6:
        told.append(teller.alert(service.name, at + random.uniform(2, 9) * MINUTE, number))
    for caller in teller.company.callers(service.name)[:3]:
        if random.random() < 0.4:
            for _ in range(random.randint(1, 3)):
                peers = (service.name,) if random.random() < 0.8 else ()
                told.append(teller.error(caller, at + random.uniform(1, spread) * MINUTE, number, peers=peers))
    return told


def bad_deploy(teller: Teller, at: float, number: int) -> Planted:
    """One release of one service breaks it."""
    service, random = _service(teller), teller.random
    changed = tuple(random.sample(service.files, random.randint(1, 5)))
    push = teller.push(service, at - random.uniform(8, 120) * MINUTE, changed)
    if random.random() < 0.25:
        teller.tell(
            "ci",
            push.subject,
            at - 3 * MINUTE,
            number,
            status="failed",
            commit=push.commit,
            repository=push.repository,
            source="github",
        )
    deploys = teller.deploy(service, at, push.commit or "")
    told = _broken(teller, service, at, number, changed, 12)
    _decoys(teller, at, {service.name})
    _ended(teller, told, at)
    return Planted(number, "bad deploy", frozenset(each.signal_id for each in deploys))


def bad_train(teller: Teller, at: float, number: int) -> Planted:
    """One commit that is deployed to several services breaks each of them."""
    random = teller.random
    first = _service(teller, called=True)
    services = [first, *random.sample(teller.company.callers(first.name), 1)]
    changed = tuple(random.sample(first.files, 3))
    push = teller.push(first, at - random.uniform(8, 60) * MINUTE, changed)
    deploys, told = [], []
    for service in services:
        deploys += teller.deploy(service, at, push.commit or "", repository=first.repository)
        told += _broken(teller, service, at + MINUTE, number, changed, 10)
    _decoys(teller, at, {each.name for each in services})
    _ended(teller, told, at)
    return Planted(number, "bad train", frozenset(each.signal_id for each in deploys))


def bad_commit(teller: Teller, at: float, number: int) -> Planted:
    """A commit that breaks slowly: what it broke is used now and then. The stacks always show it."""
    service, random = _service(teller), teller.random
    changed = tuple(random.sample(service.files, 2))
    push = teller.push(service, at - random.uniform(5, 30) * MINUTE, changed)
    deploys = teller.deploy(service, at, push.commit or "")
    when, told = at + random.uniform(2, 50) * MINUTE, []
    for _ in range(_size(teller, 3, 8)):
        files = (random.choice(changed), *random.sample(service.files, 2))
        told.append(teller.error(service, when, number, kind="group_new", files=files, peers=()))
        when += random.uniform(0.5, 12) * MINUTE
    if random.random() < 0.5:
        teller.tell(
            "ci",
            push.subject,
            at + 5 * MINUTE,
            number,
            status="failed",
            commit=push.commit,
            repository=push.repository,
            source="github",
        )
    _decoys(teller, at, {service.name})
    _ended(teller, told, at)
    return Planted(number, "bad commit", frozenset({push.signal_id, *(each.signal_id for each in deploys)}))


def store_down(teller: Teller, at: float, number: int) -> Planted:
    """A database does not answer: whoever calls it fails, and who calls these."""
    random, company, told = teller.random, teller.company, []
    store = random.choice(company.stores)
    if random.random() < 0.75:
        told.append(
            teller.alert(
                store,
                at + random.uniform(0, 6) * MINUTE,
                number,
                severity="fatal" if random.random() < 0.3 else "error",
            )
        )
    callers = company.callers(store)
    for service in random.sample(callers, min(len(callers), random.randint(3, 8))):
        for _ in range(random.randint(1, 4)):
            peers = (store,) if random.random() < 0.8 else ()
            kind = random.choices(("group_new", "group_spiking", "group_regressed"), (2, 6, 2))[0]
            told.append(teller.error(service, at + random.uniform(0, 8) * MINUTE, number, peers=peers, kind=kind))
        if random.random() < 0.3:
            told.append(teller.alert(service.name, at + random.uniform(2, 9) * MINUTE, number))
        callers_of_it = company.callers(service.name)
        if callers_of_it and random.random() < 0.4:
            when, through = at + random.uniform(1, 9) * MINUTE, (service.name,)
            told.append(teller.error(callers_of_it[0], when, number, peers=through, kind="group_spiking"))
    _decoys(teller, at, set())
    _ended(teller, told, at)
    return Planted(number, "store down", frozenset())


def service_down(teller: Teller, at: float, number: int) -> Planted:
    """A service is out of order without a deploy; its alert fires, and its callers fail."""
    random, told = teller.random, []
    service = _service(teller, called=True)
    told.append(teller.alert(service.name, at + random.uniform(0, 4) * MINUTE, number, name="up", severity="fatal"))
    times = [at + random.uniform(0, 8) * MINUTE for _ in range(random.randint(1, 4))]
    told += [teller.error(service, when, number, kind="group_spiking") for when in times]
    for caller in teller.company.callers(service.name):
        for _ in range(random.randint(1, 3)):
            peers = (service.name,) if random.random() < 0.75 else ()
            told.append(teller.error(caller, at + random.uniform(0, 9) * MINUTE, number, peers=peers))
        if random.random() < 0.3:
            told.append(teller.alert(caller.name, at + random.uniform(2, 9) * MINUTE, number))
    _decoys(teller, at, set())
    _ended(teller, told, at)
    return Planted(number, "service down", frozenset())


def bad_flag(teller: Teller, at: float, number: int) -> Planted:
    """A feature is switched on: what several services do under it fails, often in the same requests."""
    random, told = teller.random, []
    flag = f"flag-{number}"
    services = random.sample(list(teller.company.services.values()), random.randint(1, 3))
    traces = [teller.id()[:32] for _ in range(3)]
    for service in services:
        for _ in range(random.randint(2, 5)):
            traced = {"trace_id": random.choice(traces)} if random.random() < 0.35 else {}
            flags = (flag, *service.flags) if random.random() < 0.85 else service.flags
            told.append(
                teller.error(
                    service,
                    at + random.uniform(0, 10) * MINUTE,
                    number,
                    flags=flags,
                    peers=(),
                    kind="group_new",
                    **traced,
                )
            )
    _decoys(teller, at, {each.name for each in services})
    _ended(teller, told, at)
    return Planted(number, "bad flag", frozenset())


KINDS: tuple[tuple[Plant, int], ...] = (
    (bad_deploy, 8), (bad_train, 2), (bad_commit, 3), (store_down, 3), (service_down, 3), (bad_flag, 2),
)  # fmt: skip
