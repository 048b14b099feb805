"""Facts of a deployment that lacks nothing, to be changed in one place."""

from datetime import date, timedelta

from msgspec import structs

from argus_streams.core.doctor.cluster import Cluster, Grant, Server
from argus_streams.core.doctor.database import (
    Connections,
    Database,
    Generation,
    Letters,
    Migrations,
    Partitions,
    Tables,
)
from argus_streams.core.doctor.database import Server as Postgres
from argus_streams.core.doctor.groups import Group, Look, Member, Place
from argus_streams.core.doctor.judging import Facts, judge
from argus_streams.core.doctor.machine import Folder, Machine, Redis, Skew, Worker
from argus_streams.core.doctor.topics import Layout, Partition, Together
from argus_streams.core.doctor.variables import Variables
from argus_streams.core.topology import Fine

TODAY = date(2026, 11, 28)
MIB = 1024**2


def place(**changed):
    told = {"topic": "in", "partition": 0, "first": 0, "end": 10, "committed": 10, "topic_id": "id"}
    return Place(**(told | {"state_id": "log"} | changed))


def group(*, now=None, before=None, **changed):
    """Correlate's group: one member, which has read all."""
    now = now or (place(),)
    told = {
        "role": "correlate", "name": "argus.correlate", "state": "STABLE", "members": (member(),),
        "before": Look(0.0, before or now), "now": Look(2.0, now), "ids": {"in": "id", "changes": "log"},
        "changelog": "changes",
    }  # fmt: skip
    return Group(**(told | changed))


def member(client="faust-0.15.3", owns=(("in", 0),)):
    return Member(client, "/10.0.0.1", owns)


def partition(**changed):
    told = {"topic": "in", "number": 0, "leader": 1, "replicas": (1, 2, 3), "in_sync": (1, 2, 3)}
    return Partition(**(told | changed))


def layout(**changed):
    told = {
        "partitions": (partition(), partition(topic="changes")),
        "together": (Together("correlate", ("in", "changes")),),
        "quorum": {"in": 2, "changes": 2},
    }
    return Layout(**(told | changed))


def cluster(**changed):
    told = {"brokers": ("a", "b", "c"), "replication": None, "ids": True, "grants": (grant(),), "user": "argus"}
    return Cluster(**(told | changed))


def grant(allowed=("Read", "Write"), kind="topic", name="in"):
    return Grant(kind, name, ("Read", "Write"), allowed)


def database(**changed):
    told = {
        "server": postgres(),
        "schema": "argus_live",
        "migrations": Migrations({"1": "one"}, ("1",)),
        "generations": (Generation("argus_live", "live", ready=True),),
        "partitions": Partitions(TODAY, tuple(TODAY + timedelta(days=ahead) for ahead in range(7)), 0),
        "tables": Tables({}, (), (), ()),
        "connections": Connections(5, 97),
        "letters": Letters({}),
    }  # fmt: skip
    return Database(**(told | changed))


def postgres(**changed):
    told = {"version": 150004, "tls": True, "local": False, "pooled": False, "user": "argus", "size": 1024**3}
    return Postgres(**(told | changed))


def folder(**changed):
    told = {"path": "/state", "free": 9_000 * MIB, "used": 100 * MIB, "free_inodes": 1_000, "disk": "ext4"}
    return Folder(**(told | changed))


def variables(**changed):
    told = {"known": ("ARGUS_TOPIC_PREFIX", "DATABASE_URL"), "given": ("DATABASE_URL",), "strangers": ()}
    return Variables(**(told | changed))


HEALTHY = Facts(
    variables=variables(),
    machine=Machine(versions={"Python": "3.12"}, memory=512 * MIB, files=4096),
    folder=folder(),
    servers=(Server("a:9092"), Server("b:9092")),
    cluster=cluster(),
    decisions=(Fine("in", "as declared"),),
    layout=layout(),
    groups={"correlate": group()},
    database=database(),
    clocks=(Skew(whose="Postgres", least=-3, most=4),),
    redis=Redis(version="8", policy="allkeys-lru", most=0, used=10, evicted=0),
    workers=(Worker(url="http://a:8080", role="store"),),
)


def told(**changed):
    """What is not fine with these facts changed: (check, verdict) → finding."""
    findings = judge(structs.replace(HEALTHY, **changed))
    return {(each.check, each.verdict): each for each in findings if each.verdict != "fine"}
