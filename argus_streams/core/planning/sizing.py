"""From a load to a plan: each amount is a formula over measured figures, told beside it."""

from collections.abc import Iterator, Mapping
from math import ceil, inf, isfinite, log2

from argus_streams.core.planning.databases import databases, models
from argus_streams.core.planning.figures import Given, Line, Load, Plan, Role
from argus_streams.core.planning.kafka import disk, traffic
from argus_streams.core.planning.money import money
from argus_streams.core.planning.pace import DAY, GIB, TARGET, a_core, heavier
from argus_streams.errors import Malformed

LEAST = 2  # workers of a role, so that one may be lost or restarted
PARTITIONS = (64, 1024)  # ARGUS_TOPIC_PARTITIONS: the default, and its bound
ROOM = 4  # times the workers of today: keyed topics can not grow
OUTAGE = 1.0  # h, after which all that waits is to be worked off
MIB = 1024.0  # of a GiB
# Beyond these no number is meant: Kafka's largest installations are below.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "rate": (0.001, 1e7),
    "body": (1, 8 * 1024 * 1024),
    "retention": (60, 3650 * DAY),
    "replication": (1, 9),
    "problems": (1, 1_000_000_000),
    "projects": (1, 1_000_000),
}


def plan(given: Given) -> Plan:
    """What the load needs. Raises ``Malformed`` that names a number which no load has, or one that is too much."""
    _check(given.load)
    workers, reasons = {}, {}
    for role in given.figures.workers:
        workers[role], reasons[role] = _workers(given, role)
    partitions = _partitions(given.load, workers)
    state = _state_gib(given, workers["correlate"])
    told = f"{ROOM} times the most workers of a role, at least {PARTITIONS[0]}: they can not grow later"
    lines = (
        Line("partitions", partitions, "of each keyed topic", told),
        *(Line(role, workers[role], "workers", reasons[role]) for role in workers),
        *_capacity(given, workers, state),
        *disk(given),
        *traffic(given),
        *databases(given),
        models(given),
    )
    return Plan(
        load=given.load,
        partitions=partitions,
        workers=workers,
        state_gib=state,
        lines=lines,
        money=tuple(money(given, lines, state * workers["correlate"])),
    )


def _check(load: Load) -> None:
    for name, (least, most) in BOUNDS.items():
        value = getattr(load, name)
        if not (isfinite(value) and least <= value <= most):
            raise Malformed("no such load", f"{name} is {value:g}; it has to be from {least:g} to {most:g}")


def _workers(given: Given, role: Role) -> tuple[int, str]:
    size = given.figures.workers[role]
    if role not in given.figures.cpu:
        return LEAST, f"{LEAST}, so that one may be lost; what it does depends on failures and budgets, not on bodies"
    each = a_core(given, role) * size.cpu * TARGET
    needed = max(LEAST, ceil(given.load.rate / each))
    figure = given.figures.cpu[role]
    told = f"{given.load.rate:,.6g} bodies/s over {each:,.0f} a worker: {figure.value:,.0f} per CPU second"
    smaller = f", / {heavier(given):.2f} for larger bodies" if a_core(given, role) < figure.value else ""
    return needed, f"{told}{smaller}, x {size.cpu:g} CPU x {TARGET:.0%}; at least {LEAST}"


def _partitions(load: Load, workers: Mapping[Role, int]) -> int:
    least, most = PARTITIONS
    role = max(workers, key=lambda each: workers[each])
    if workers[role] > most:
        raise Malformed(
            "too much for one deployment",
            f"{load.rate:g} bodies/s of {load.body:g} bytes need {workers[role]:,} workers of {role}, and a topic has "
            f"{most:,} partitions at most: divide the producers over several prefixes (ARGUS_TOPIC_PREFIX)",
        )
    return min(most, max(least, 1 << ceil(log2(ROOM * workers[role]))))


def _state_gib(given: Given, workers: int) -> int:
    """Twice what the groups take, for they are compacted beside themselves; whole GiB a worker."""
    return max(1, ceil(2 * given.load.problems * given.figures.state.value / workers / GIB))


def _capacity(given: Given, workers: Mapping[Role, int], state: int) -> Iterator[Line]:
    sizes = given.figures.workers
    rates = {
        role: count * sizes[role].cpu * a_core(given, role)
        for role, count in workers.items()
        if role in given.figures.cpu
    }
    slowest = min(rates, key=lambda role: rates[role])
    surplus = rates[slowest] - given.load.rate
    hours = OUTAGE * given.load.rate / surplus if surplus > 0 else inf
    yield Line(
        "catching up",
        hours,
        "h",
        f"after an hour's outage, at {rates[slowest]:,.0f} bodies/s: {slowest} is the slowest",
    )
    cores = sum(count * sizes[role].cpu for role, count in workers.items())
    yield Line("CPU of workers", cores, "cores", "workers x what one may have")
    memory = sum(count * sizes[role].memory for role, count in workers.items()) / MIB
    yield Line("memory of workers", memory, "GiB", "workers x what one may have")
    told = (
        f"2 x {given.load.problems:,} problems x {given.figures.state.value:,.0f} bytes, over the workers of correlate"
    )
    yield Line("state volume", state, "GiB a worker of correlate", told)
