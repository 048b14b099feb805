"""Kafka as a whole: servers, login, brokers, permissions."""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from argus_streams.core.doctor.finding import SHOWN, Finding, Unseen, fine, names, number, unknown, warning, wrong

Fault = Literal["settings", "away", "access"]  # what kind of error an answer was
NO_ID = "AAAAAAAAAAAAAAAAAAAAAA"  # Kafka's zero uuid, what a broker before 2.8 makes of an id
_SAFE = 3  # brokers from which on one may be lost without a loss of records


class Server(Struct, frozen=True):
    """One of KAFKA_BOOTSTRAP_SERVERS."""

    address: str
    complaint: str | None = None  # why it takes no connection


class Refusal(Struct, frozen=True):
    """Kafka's answer was an error."""

    fault: Fault
    why: str


class Grant(Struct, frozen=True):
    """What a user may do with one resource, and what workers have to."""

    kind: Literal["topic", "group", "cluster"]
    name: str
    needed: tuple[str, ...]
    allowed: tuple[str, ...] | None  # ``None`` = it may not even be described


class Cluster(Struct, frozen=True, kw_only=True):
    """A cluster that answers."""

    brokers: tuple[str, ...]
    replication: int | None  # that the settings ask for
    ids: bool | None = None  # whether topics have ids; ``None`` = there is no topic to tell it by
    grants: tuple[Grant, ...] = ()
    user: str | None = None


def judge_servers(servers: Sequence[Server]) -> Iterator[Finding]:
    """Which of the bootstrap servers take no connection; one is enough to begin with."""
    away = [each for each in servers if each.complaint is not None]
    if not away:
        yield fine("servers", f"each takes connections: {', '.join(each.address for each in servers)}")
        return
    told = "; ".join(f"{each.address}: {each.complaint}" for each in away[:3])
    mend = "start the broker, or correct KAFKA_BOOTSTRAP_SERVERS; from another network, look at its firewall"
    judge = wrong if len(away) == len(servers) else warning
    yield judge("servers", f"{len(away)} of {len(servers)} take no connection: {told}", mend, [s.address for s in away])


def judge(found: Cluster | Refusal | Unseen) -> Iterator[Finding]:
    """Whether Kafka answers, and lets us do what we have to."""
    match found:
        case Unseen(why):
            yield unknown("kafka", why)
            yield unknown("access", "Kafka was not asked")
        case Refusal():
            yield _refused(found)
            yield unknown("access", "Kafka was not asked")
        case Cluster():
            yield from _brokers(found)
            yield from _grants(found)


def _refused(found: Refusal) -> Finding:
    mends = {
        "settings": "correct ARGUS_KAFKA_SASL_USERNAME, ARGUS_KAFKA_SASL_PASSWORD, ARGUS_KAFKA_SASL_MECHANISM or the "
        "ARGUS_KAFKA_SSL_ files",
        "away": "start Kafka, or correct KAFKA_BOOTSTRAP_SERVERS and ARGUS_KAFKA_SECURITY_PROTOCOL",
        "access": "grant the user DESCRIBE on the cluster",
    }
    return wrong("kafka", found.why, mends[found.fault])


def _brokers(found: Cluster) -> Iterator[Finding]:
    count = len(found.brokers)
    if found.ids is False:
        yield wrong("kafka", "its topics have no ids: it is older than 2.8", "upgrade Kafka to 2.8 or later")
    elif found.replication is not None and count < found.replication:
        told = f"it has {number(count, 'broker')}, and ARGUS_TOPIC_REPLICATION is {found.replication}"
        yield wrong("kafka", told, f"start more brokers, or set ARGUS_TOPIC_REPLICATION to {count}")
    elif count < _SAFE:
        told = f"it answers; with {number(count, 'broker')} the loss of one loses records"
        yield warning("kafka", told, "three brokers or more, each with its own disk, where records matter")
    else:
        yield fine("kafka", f"it answers with {count} brokers")


def _grants(found: Cluster) -> Iterator[Finding]:
    """One finding an operation, whatever the number of topics."""
    missing: dict[tuple[str, str], list[str]] = {}
    for each in found.grants:
        for operation in _lacking(each):
            missing.setdefault((each.kind, operation), []).append(each.name)
    for (kind, operation), resources in sorted(missing.items()):
        told = f"the user {found.user or 'that is used'} lacks {operation} on {kind} {names(resources)}"
        yield wrong("access", told, _acl(found.user, kind, operation, resources), resources)
    if not missing and found.grants:
        yield fine("access", f"all that workers need on {number(len(found.grants), 'topic and group')[:-1]}s")


def _lacking(grant: Grant) -> Sequence[str]:
    if grant.allowed is None:
        return ("Describe",)
    return [each for each in grant.needed if each not in grant.allowed and "All" not in grant.allowed]


def _acl(user: str | None, kind: str, operation: str, resources: Sequence[str]) -> str:
    if kind == "cluster":
        resource = "--cluster"
    elif len(resources) <= SHOWN:
        resource = " ".join(f"--{kind} {each}" for each in resources)
    else:
        resource = f"--resource-pattern-type prefixed --{kind} {_common(resources)}"
    add = f"kafka-acls.sh --bootstrap-server … --add --allow-principal User:{user or '…'}"
    return f"{add} --operation {operation} {resource}"


def _common(names: Sequence[str]) -> str:
    """What all of them begin with."""
    first, last = min(names), max(names)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:same]
