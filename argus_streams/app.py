"""THE MAP: which role runs which agents over which topics.

producers ─▶ events.incoming ─▶ normalize ─▶ events.normalized ─▶ correlate ─▶ groups, events.kept ───┐
argus dlq ─▶ events.replayed ──────▶│   people ─▶ groups.commands ─▶ (GROUP)  └─▶ signals ─┐          │
                                    ├─▶ signals ────────────────────▶ (CORRELATE) ◀────────┘          ├▶ store
                                    │   people ─▶ incidents.commands ─▶│└─▶ incidents, quality.scores ┤
                                    │                 analysis.requests ◀┘                            │
                                    │   people ─▶ analysis.feedback ─▶ analyze ─▶ analyses ───────────┤
                                    ├─▶ tests.failed ─▶ heal ─▶ healing.decisions, healing.patterns ──┤
                                    │   people, tests ─▶ healing.commands, .outcomes ─▶ (heal)        │
                                    └─▶ ledger, *.dlq ────────────────────────────────────────────────┘

Where there are more regions, what stands beside a stage as an input comes from each of them (`ARGUS_REGIONS`).
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from importlib.metadata import version
from typing import Literal, TextIO

from confluent_kafka import KafkaException
from prometheus_client import CollectorRegistry

from argus_streams import sources
from argus_streams.adapters import generations
from argus_streams.adapters.bursts import load_bursts
from argus_streams.adapters.clock import now
from argus_streams.adapters.database import open_database
from argus_streams.adapters.incident_rules import load_incident_rules
from argus_streams.adapters.known_fields import known_fields
from argus_streams.adapters.mappings import load_mappings
from argus_streams.adapters.migrations import Upkeep, ensure_partitions
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.adapters.rules import load_rules
from argus_streams.adapters.telemetry import PrometheusFields
from argus_streams.adapters.weights import load_weights
from argus_streams.agents.correlate import CorrelateAgent
from argus_streams.agents.group import GroupAgent
from argus_streams.agents.lookout import Lookout
from argus_streams.agents.normalize import NormalizeAgent
from argus_streams.agents.normalize_turn import Sending
from argus_streams.agents.remembered import Remembered
from argus_streams.agents.scoring import Scoring
from argus_streams.agents.store import StoreAgent
from argus_streams.agents.tallies import tallies
from argus_streams.agents.together import Together
from argus_streams.agents.tracing import Begin
from argus_streams.agents.wire import DEAD, Topics, example_of, told_by
from argus_streams.core.clip import Limits
from argus_streams.core.generations.naming import FIRST
from argus_streams.core.grouping import sighting
from argus_streams.core.grouping.keeping import everything, exemplars
from argus_streams.core.normalization import Norms
from argus_streams.core.regions import everywhere
from argus_streams.core.scrub import scrubber
from argus_streams.errors import ArgusError, Misconfigured, Unavailable
from argus_streams.ports.tracing import Tracer
from argus_streams.roles.tracing import traces
from argus_streams.settings import Settings
from argus_streams.sources import mapped
from argus_streams.streaming.agent import KeyedAgent
from argus_streams.streaming.meter import Letters
from argus_streams.streaming.worker import Broker, Job, Worker

log = logging.getLogger(__name__)

UPKEEP_SECONDS = 6 * 3600.0

Role = Literal["normalize", "correlate", "analyze", "heal", "store"]
# What makes a generation's data; ANALYZE asks models for the live one alone, or its bill would be doubled.
MAKING: tuple[Role, ...] = ("normalize", "correlate", "heal", "store")
REST_SECONDS: Mapping[Role, float] = {"correlate": 5.0, "analyze": 0.5}  # between two looks for what is due by time
ROLES: Mapping[Role, str] = {
    "normalize": "raw bodies → sightings",
    "correlate": "sightings, signals and commands → groups, incidents, scores",
    "analyze": "what is to be explained → explanations, within a budget",
    "heal": "broken locators, outcomes and commands → what to put in their place, and what is known of it",
    "store": "groups, kept events, letters → Postgres",
}


async def run(role: Role, settings: Settings, *, attached: TextIO | None = None) -> int:
    """Run one role until SIGTERM, or until ``attached`` closes; the process's exit code."""
    metrics = CollectorRegistry()
    with traces(settings, role, metrics) as followed:
        worker = _worker(role, settings, attached, metrics, followed.tracer)
        return await _work(role, settings, worker, metrics, followed.begin)


async def _work(role: Role, settings: Settings, worker: Worker, metrics: CollectorRegistry, trace: Begin) -> int:
    since = await _beginning(settings)
    match role:
        case "normalize":
            return await _normalize(settings, worker, metrics, since, trace)
        case "correlate":
            return await _correlate(settings, worker, since, trace)
        case "analyze":
            from argus_streams.roles import analyze  # noqa: PLC0415 - the models' clients take 50 MiB, and seconds

            return await analyze.run(settings, topics_of(settings), worker, metrics, trace)
        case "heal":
            from argus_streams.roles import heal  # noqa: PLC0415 - the readers of pages are of no use to the others

            return await heal.run(settings, topics_of(settings), worker, metrics, since, trace)
        case "store":
            return await _store(settings, worker, trace)


def norms(settings: Settings) -> Norms:
    """How bodies are read under these settings."""
    return Norms(
        sources=sources.load(),
        limits=Limits(body=settings.body_limit),
        scrubber=scrubber(settings.scrub_keys),
        rules=load_rules(settings.rules_file),
        mappings=load_mappings(settings.mappings_file),
    )


def topics_of(settings: Settings) -> Topics:
    """The topics of the generation that is made: the inputs, and its own."""
    return Topics.under(settings.topic_prefix, settings.making().prefix)


def group_of(settings: Settings, role: Role) -> str:
    """A role's consumer group."""
    return f"{settings.making().prefix}{role}"


def inputs(settings: Settings, role: Role) -> tuple[str, ...]:
    """The topics that a role reads."""
    topics = topics_of(settings)
    match role:
        case "normalize":
            bodies = (*everywhere((topics.incoming,), settings.regions), topics.replayed)
            return (*bodies, *settings.input_defaults())
        case "correlate":
            return (*_of_groups(settings), *_of_incidents(settings))
        case "analyze":
            return (topics.requests, topics.feedback)
        case "heal":
            return (topics.failed, *everywhere((topics.outcomes, topics.heal_commands), settings.regions))
        case "store":
            told = (
                topics.groups, topics.kept, topics.correlated, topics.analyses, topics.scores, topics.patterns,
                topics.decisions,
            )  # fmt: skip
            read = (
                topics.incoming, topics.replayed, topics.normalized, topics.commands, topics.signals,
                topics.incident_commands, topics.requests, topics.feedback, topics.failed, topics.outcomes,
                topics.heal_commands, *told,
            )  # fmt: skip
            return (*told, *(topics.dead(topic) for topic in read))


def _of_groups(settings: Settings) -> tuple[str, ...]:
    topics = topics_of(settings)
    return (topics.normalized, *everywhere((topics.commands,), settings.regions))


def _of_incidents(settings: Settings) -> tuple[str, ...]:
    topics = topics_of(settings)
    return (topics.signals, *everywhere((topics.incident_commands,), settings.regions))


async def _beginning(settings: Settings) -> int:
    """When the generation began, ms; of the first one it does not matter."""
    made = settings.making()
    return 0 if made.name == FIRST else await generations.beginning(settings.database(), made.schema)


async def _normalize(settings: Settings, worker: Worker, metrics: CollectorRegistry, since: int, trace: Begin) -> int:
    fold = sighting.Single if settings.store == "all" else sighting.Coalesced
    defaults, read = settings.input_defaults(), norms(settings)
    check_inputs(defaults, read.sources, read.mappings)
    lookout = Lookout(known_fields(), PrometheusFields(metrics), read.scrubber.text)
    agent = NormalizeAgent(
        Sending(topics_of(settings), fold, since), read, defaults=defaults, lookout=lookout, trace=trace
    )
    return await worker.run(agent)


def check_inputs(defaults: Mapping[str, tuple[str, str]], known: Collection[str], mapping: Collection[str]) -> None:
    """Raise ``Misconfigured`` for an input of which nothing could be read.

    ``defaults`` are source and project by topic, ``known`` the sources, ``mapping`` the projects with mappings.
    """
    strangers = sorted({source for source, _ in defaults.values()} - set(known))
    if strangers:
        raise Misconfigured(f"ARGUS_INPUTS: no source {', '.join(strangers)}; there are {', '.join(known)}")
    mappable = {project for source, project in defaults.values() if source == mapped.SOURCE.name}
    bare = sorted(mappable - set(mapping))
    if bare:
        raise Misconfigured(
            f"ARGUS_INPUTS reads a topic as mapped, but ARGUS_MAPPINGS_FILE has no mapping for {', '.join(bare)}; "
            "docs/senders/mapped.md tells how to write one"
        )


async def _correlate(settings: Settings, worker: Worker, since: int, trace: Begin) -> int:
    keep = everything if settings.store == "all" else exemplars
    topics, scoring = topics_of(settings), Scoring(load_weights(settings.scores_file))
    twice = Remembered() if settings.regions else None  # one body may come by two ways, minutes apart
    bursts = load_bursts(settings.bursts_file)
    group = GroupAgent(topics, bursts, keep=keep, since=since, clock=now, trace=trace, remembered=twice)
    correlate = CorrelateAgent(topics, load_incident_rules(settings.incidents_file), scoring, clock=now, trace=trace)
    read: dict[KeyedAgent, tuple[str, ...]] = {group: _of_groups(settings), correlate: _of_incidents(settings)}
    return await worker.run_keyed(Together("correlate", read))


async def _store(settings: Settings, worker: Worker, trace: Begin) -> int:
    async with open_database(settings.database(), settings.making().schema) as database:
        with suppress(Unavailable):  # one that is down is waited for; one that lacks our tables is a wrong setting
            await database.probe()
        store = PostgresStore(database, settings.unknown_projects)
        keeping = asyncio.create_task(_keep_partitions(settings))
        try:
            return await worker.run(StoreAgent(topics_of(settings), store, trace=trace), database.probe)
        finally:
            keeping.cancel()


async def provide(settings: Settings) -> None:
    """Make the first generation's schema where migrations, which make ``argus_live``, have not."""
    first = settings.naming().of(FIRST)
    await generations.provide(settings.database(), first.schema)


async def upkeep(settings: Settings) -> Upkeep:
    """Make the coming days' partitions, drop those that are too old."""
    return await ensure_partitions(
        settings.database(),
        settings.making().schema,
        days_ahead=settings.partition_days_ahead,
        keep_days=settings.keep_days,
    )


async def _keep_partitions(settings: Settings) -> None:
    while True:
        try:
            await upkeep(settings)
        except ArgusError as error:  # a default partition takes what has none of its own
            log.warning("partitions could not be kept up: %s", error)
        await asyncio.sleep(UPKEEP_SECONDS)


def changelog_of(settings: Settings, role: Role) -> str | None:
    """The changelog of a role's state; ``None`` for one without any."""
    topics = topics_of(settings)
    changelogs: Mapping[Role, str] = {
        "correlate": topics.changelog, "analyze": topics.analysis_changelog, "heal": topics.heal_changelog
    }  # fmt: skip
    return changelogs.get(role)


def _worker(
    role: Role, settings: Settings, attached: TextIO | None, metrics: CollectorRegistry, tracer: Tracer
) -> Worker:
    topics = topics_of(settings)
    job = Job(
        role=role,
        group=group_of(settings, role),
        topics=inputs(settings, role),
        metrics=metrics,
        version=version("argus-streams"),
        letters=Letters(DEAD, told_by, example_of),
        tallies=tallies(topics, role),
        changelog=changelog_of(settings, role),
        rest=REST_SECONDS.get(role),
        state=settings.state_dir,
        health=(settings.health_host, settings.health_port),
        attached=attached,
        tracer=tracer,
    )
    try:
        return Worker(Broker(settings.kafka()), job)
    except KafkaException as error:  # librdkafka looks at files and combinations that we do not
        raise Misconfigured(f"Kafka's client refuses its settings: {error.args[0].str()}") from error
