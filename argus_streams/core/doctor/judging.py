"""All facts of one look, and the findings of all checks in their order."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from argus_streams.core.doctor import cluster, database, groups, machine, topics, variables
from argus_streams.core.doctor.checks import NAMES
from argus_streams.core.doctor.cluster import Cluster, Refusal, Server
from argus_streams.core.doctor.database import Database, Refused
from argus_streams.core.doctor.finding import VERDICTS, Finding, Unseen, Verdict, unknown
from argus_streams.core.doctor.groups import Group
from argus_streams.core.doctor.machine import Ahead, Folder, Machine, Redis, Skew, Worker
from argus_streams.core.doctor.topics import Layout
from argus_streams.core.doctor.variables import Variables
from argus_streams.core.topology import Decision

SETTINGS = frozenset({"settings", "files", "inputs", "models"})  # what a worker would end with 78 for


class Facts(Struct, frozen=True, kw_only=True):
    """What was seen."""

    variables: Variables
    machine: Machine
    folder: Folder | None = None  # where ARGUS_STATE_DIR is set
    servers: tuple[Server, ...] = ()
    cluster: Cluster | Refusal | Unseen
    decisions: tuple[Decision, ...] | Unseen
    layout: Layout | Unseen
    groups: Mapping[str, Group | Unseen] = {}  # by role
    database: Database | Refused | Unseen
    clocks: tuple[Skew | Ahead | Unseen, ...] = ()
    redis: Redis | Unseen | None = None  # where REDIS_URL is set
    workers: tuple[Worker, ...] = ()


def judge(facts: Facts) -> tuple[Finding, ...]:
    """Every finding; those of one check together, the worst first."""
    found = list(_all(facts))
    return tuple(sorted(found, key=lambda each: (NAMES.index(each.check), VERDICTS.index(each.verdict))))


def worst(findings: tuple[Finding, ...]) -> Verdict:
    """The worst verdict; what could not be looked at is worse than fine."""
    return min((each.verdict for each in findings), key=VERDICTS.index, default="fine")


def misconfigured(findings: tuple[Finding, ...]) -> bool:
    """Whether a setting is wrong."""
    return any(each.verdict == "wrong" and each.check in SETTINGS for each in findings)


def _all(facts: Facts) -> Iterator[Finding]:
    yield from variables.judge(facts.variables)
    if facts.servers:
        yield from cluster.judge_servers(facts.servers)
    yield from cluster.judge(facts.cluster)
    yield from topics.judge_declared(facts.decisions)
    yield from topics.judge_layout(facts.layout)
    yield from _groups(facts)
    yield from database.judge(facts.database)
    yield from machine.judge_redis(facts.redis)
    yield from machine.judge_clocks(facts.clocks)
    yield from machine.judge_folder(facts.folder, _members(facts))
    yield from machine.judge_machine(facts.machine)
    yield from machine.judge_workers(facts.workers)


def _groups(facts: Facts) -> Iterator[Finding]:
    seen = {role: group for role, group in facts.groups.items() if isinstance(group, Group)}
    told = [finding for group in seen.values() for finding in groups.judge(group)]
    yield from told
    yield from groups.rest(seen, told)
    unseen: dict[str, list[str]] = {}
    for role, group in facts.groups.items():
        if isinstance(group, Unseen):
            unseen.setdefault(group.why, []).append(role)
    for why, roles in unseen.items():
        for check in groups.CHECKS:
            yield unknown(check, why if len(roles) == len(facts.groups) else f"{', '.join(roles)}: {why}")


def _members(facts: Facts) -> Mapping[str, int | None]:
    """Workers by changelog."""
    return {
        each.changelog: len(each.members)
        for each in facts.groups.values()
        if isinstance(each, Group) and each.changelog is not None
    }
