"""One look at everything: each part by itself, at once, and within seconds."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from msgspec import structs

from argus_streams import app
from argus_streams.adapters.clock import now
from argus_streams.core.doctor import judging
from argus_streams.core.doctor.cluster import Cluster, Refusal, Server
from argus_streams.core.doctor.finding import Finding, Unseen
from argus_streams.core.doctor.groups import Group
from argus_streams.core.doctor.judging import Facts
from argus_streams.core.doctor.machine import Ahead, Folder, Skew, Worker
from argus_streams.core.doctor.topics import Layout
from argus_streams.core.topology import Decision
from argus_streams.diagnosis import around, cluster, database, groups, machine, variables
from argus_streams.diagnosis.probing import Probe
from argus_streams.settings import Settings

T = TypeVar("T")
# Variables whose wrong value would make an answer one about something else.
_OF_KAFKA = (
    "KAFKA_BOOTSTRAP_SERVERS",
    "ARGUS_KAFKA_",
    "ARGUS_TOPIC_",
    "ARGUS_GENERATION",
    "ARGUS_INPUTS",
    "ARGUS_REGIONS",
)
_OF_POSTGRES = ("DATABASE_URL", "ARGUS_GENERATION", "ARGUS_DB_SCHEMA")


class Pace(NamedTuple):
    """How long what is waited for, s."""

    first: float = 4.5  # Postgres, Redis, and whether Kafka answers
    then: float = 5.0  # what Kafka is asked once it does; two looks with a pause among it
    pause: float = 2.0  # between them: commits come every second
    near: float = 2.5  # this machine, servers' ports, workers


USUAL = Pace()


class _Case(NamedTuple):
    given: Settings
    refused: Sequence[str]
    workers: Sequence[str]
    clock: Callable[[], int]
    pace: Pace


class _Kafka(NamedTuple):
    cluster: Cluster | Refusal | Unseen
    decisions: tuple[Decision, ...] | Unseen
    layout: Layout | Unseen
    groups: Mapping[app.Role, Group | Unseen]
    clock: Skew | Ahead | Unseen


def diagnose(
    given: Settings,
    refused: Sequence[str] = (),
    *,
    workers: Sequence[str] = (),
    clock: Callable[[], int] = now,
    pace: Pace = USUAL,
) -> tuple[Finding, ...]:
    """What is wrong, by check.

    ``refused`` = what was told of settings that are no values, ``workers`` = addresses of health ports, ``clock`` =
    ours, ms.
    """
    return judging.judge(_facts(_Case(given, refused, workers, clock, pace)))


def _facts(case: _Case) -> Facts:
    given, refused, workers, _, pace = case
    servers = _servers(given, pace)
    postgres = _unless(
        _barred(refused, _OF_POSTGRES), "Postgres", partial(database.look, given, case.clock), pace.first
    )
    redis = given.redis_url and Probe("Redis", partial(around.redis, given.redis_url.get_secret_value()), pace.first)
    asked = [Probe(url, partial(around.worker, url), pace.near) for url in workers]
    folder = Probe("the state folder", lambda: machine.folder(given), pace.near)
    kafka = _kafka(case)
    seen = postgres.result() if isinstance(postgres, Probe) else postgres
    return Facts(
        variables=variables.look(given, refused),
        machine=machine.machine(),
        folder=_folder(given, folder.result()),
        servers=tuple(_server(address, probe.result()) for address, probe in servers.items()),
        cluster=kafka.cluster,
        decisions=kafka.decisions,
        layout=kafka.layout,
        groups={str(role): group for role, group in kafka.groups.items()},
        database=seen if isinstance(seen, Unseen) else seen.database,
        clocks=(Unseen("Postgres was not asked for the time") if isinstance(seen, Unseen) else seen.clock, kafka.clock),
        redis=redis.result() if redis else None,
        workers=tuple(_worker(url, probe.result()) for url, probe in zip(workers, asked, strict=True)),
    )


def _kafka(case: _Case) -> _Kafka:
    """Kafka is asked whether it answers, and all else only if it does."""
    given, pace = case.given, case.pace
    first = _unless(_barred(case.refused, _OF_KAFKA), "Kafka", lambda: cluster.answering(given), pace.first)
    answer = first.result() if isinstance(first, Probe) else first
    if not isinstance(answer, Cluster):
        unseen = Unseen("Kafka was not asked")
        return _Kafka(
            answer, unseen, unseen, dict.fromkeys(app.ROLES, unseen), Unseen("Kafka was not asked for the time")
        )
    decisions = Probe("Kafka", lambda: cluster.decisions(given), pace.then)
    layout = Probe("Kafka", lambda: cluster.layout(given), pace.then)
    looks = Probe("Kafka", lambda: groups.look(given, pace.pause), pace.then)
    seen = looks.result()
    if isinstance(seen, Unseen):
        return _Kafka(answer, decisions.result(), layout.result(), dict.fromkeys(app.ROLES, seen), seen)
    complete = structs.replace(answer, grants=(*answer.grants, *seen.grants))
    return _Kafka(complete, decisions.result(), layout.result(), seen.groups, seen.clock)


def _servers(given: Settings, pace: Pace) -> Mapping[str, Probe[Server]]:
    addresses = around.addresses(given.kafka_bootstrap_servers)
    return {each: Probe(each, partial(cluster.server, each), pace.near) for each in addresses}


def _barred(refused: Sequence[str], variables: tuple[str, ...]) -> Unseen | None:
    """Why something is not asked: it would be about another topic, schema or server than the one that is meant."""
    told = [each.partition(":")[0] for each in refused if each.startswith(variables)]
    return Unseen(f"not asked, for {', '.join(told)} is wrong") if told else None


def _unless(barred: Unseen | None, what: str, look: Callable[[], T], seconds: float) -> Probe[T] | Unseen:
    return barred or Probe(what, look, seconds)


def _server(address: str, seen: Server | Unseen) -> Server:
    return Server(address, seen.why) if isinstance(seen, Unseen) else seen


def _worker(url: str, seen: Worker | Unseen) -> Worker:
    return Worker(url=url, complaint=seen.why) if isinstance(seen, Unseen) else seen


def _folder(given: Settings, seen: Folder | Unseen | None) -> Folder | None:
    return Folder(path=str(given.state_dir), complaint=seen.why) if isinstance(seen, Unseen) else seen
