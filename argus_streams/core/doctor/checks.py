"""The checks by name: what each looks at, and what mends it; ``make docs`` writes the page's table from here."""

from typing import NamedTuple


class Check(NamedTuple):
    """One check."""

    name: str
    looks_at: str
    mends: str


CHECKS = (
    Check(
        "settings",
        "Variables that no version knows, with the likeliest right name; values that are none; what is missing, "
        "or given by half.",
        "the variable that is named",
    ),
    Check("files", "Whether each file that a setting names is there and says what it may.", "the line that is named"),
    Check("inputs", "Whether ARGUS_INPUTS names sources that there are, and mappings.", "ARGUS_INPUTS, or the mapping"),
    Check(
        "models",
        "Providers of models, their credentials and prices; nothing is asked of a model.",
        "the variable that is named",
    ),
    Check(
        "servers",
        "Whether each server of KAFKA_BOOTSTRAP_SERVERS takes connections.",
        "start it, or correct its address",
    ),
    Check(
        "kafka",
        "Whether Kafka answers, takes the login, and gives topics ids; how many brokers there are.",
        "the setting or the broker that is named",
    ),
    Check("access", "Which permissions on topics, groups and the cluster are missing.", "`kafka-acls.sh`"),
    Check("topics", "Topics that are missing or not as declared.", "`argus topics apply`"),
    Check(
        "co-partitioning",
        "Whether topics that one state is spread over have as many partitions as its changelog.",
        "a new prefix, or a new generation",
    ),
    Check(
        "replicas",
        "Partitions without a leader or with replicas behind, and whether one broker may be lost.",
        "the broker that is named; `kafka-reassign-partitions.sh`",
    ),
    Check(
        "positions",
        "Whether positions belong to the topics that are there now, and to the changelogs.",
        '`argus worker`; "A changelog that is gone" of this guide',
    ),
    Check(
        "groups",
        "Whether workers of each role are members, whether each partition has an owner, and strangers.",
        "`argus worker ROLE`",
    ),
    Check("lag", "How many records wait for each role, and whether they get fewer.", "more workers; `/readyz`"),
    Check(
        "retention",
        "Whether records that wait go before they are read.",
        "more workers; a longer retention",
    ),
    Check("letters", "Dead letters of the last 24 hours by reason.", "`argus dlq list`, `argus dlq replay`"),
    Check("postgres", "Whether Postgres answers, its version, TLS on the way to it.", "DATABASE_URL, or the server"),
    Check(
        "migrations",
        "Migrations that are missing, and those of a newer version.",
        "`argus migrate`, or the newer program",
    ),
    Check("generations", "Whether one is live, and the schema of the one that is made.", "`argus replay promote`"),
    Check(
        "partitions",
        "Daily partitions ahead, and events that found none.",
        "`argus migrate`; a worker of `store`",
    ),
    Check("privileges", "Whether the role may read and write our tables.", "the `grant` that is named"),
    Check("row security", "Whether each table of ours has row-level security.", "the `alter table` that is named"),
    Check("connections", "How many of the server's connections are taken.", "a pooler, or max_connections"),
    Check("redis", "Whether the Redis of REDIS_URL answers, and has room.", "REDIS_URL, or the server"),
    Check(
        "clock",
        "This machine's clock against those of Postgres and, where records come in, Kafka.",
        "NTP on the machine that is off",
    ),
    Check(
        "state folder",
        "Whether ARGUS_STATE_DIR can be written, is on a disk, has room, and who holds it.",
        "the folder that is named",
    ),
    Check("machine", "Memory limit, open files, and versions of what runs here.", "the limit or package that is named"),
    Check("workers", "With `--workers`: what each says at /readyz.", "what its obstacle tells"),
)
"""In the order in which they are told."""

NAMES = tuple(check.name for check in CHECKS)
