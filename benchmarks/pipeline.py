"""The pipeline as a deployment runs it: broker, Postgres, topics, tables, and a supervised process a role."""

import asyncio
import json
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from typing import Any, NamedTuple

from raw_topics import RawTopics
from usage import cpu_seconds, peak_bytes, resident_bytes

from argus_streams import app
from argus_streams import settings as configuration
from argus_streams.adapters import migrations, topics
from argus_streams.agents.wire import Topics
from argus_streams.embedded.choice import External, KafkaPart, PostgresPart, told
from argus_streams.embedded.kafka import Broker, start_kafka
from argus_streams.embedded.postgres import Postgres, start_postgres
from argus_streams.embedded.process import Say, claim_ports
from argus_streams.errors import Unavailable
from argus_streams.settings import Settings, load, with_environment
from argus_streams.streaming.supervisor import Launch, Supervisor

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 120.0
STALL_SECONDS = 120.0


class Spent(NamedTuple):
    """What the clock showed at one moment."""

    at: float  # s, monotonic
    cpu: Mapping[str, float]  # s, by role and server


class Pipeline(NamedTuple):
    """What the workers need."""

    settings: Settings
    environment: Mapping[str, str]
    servers: Mapping[str, int]  # process ids of those that are ours, by name
    folder: Path

    @property
    def topics(self) -> Topics:
        """Their names."""
        return Topics.under(self.settings.topic_prefix)


def quietly(line: str) -> None:
    """Tell progress where it is no result."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def pipeline(partitions: int, say: Say) -> Iterator[Pipeline]:
    """A broker and a Postgres, topics and tables made.

    They are our own, and gone afterwards, unless `KAFKA_BOOTSTRAP_SERVERS` or `DATABASE_URL` name others: of these the
    topics are removed, while the database, which should be one to throw away, keeps its tables.
    """
    with ExitStack() as parts:
        folder = Path(mkdtemp(prefix="argus-bench-"))
        parts.callback(shutil.rmtree, folder, ignore_errors=True)
        broker, postgres = parts.enter_context(a_kafka(say)), parts.enter_context(_a_postgres(say))
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "DATABASE_URL": postgres.url,
            "ARGUS_TOPIC_PREFIX": f"bench-{token_hex(4)}.",
            "ARGUS_TOPIC_PARTITIONS": str(partitions),
            "ARGUS_HEALTH_HOST": "127.0.0.1",
            "ARGUS_MAPPINGS_FILE": str(ROOT / "samples" / "mapped.yaml"),
        }
        settings = with_environment(load(), environment)
        parts.callback(RawTopics(broker.bootstrap, partitions).remove, settings.topic_prefix)
        topics.apply(settings.kafka(), prefix=settings.topic_prefix, partitions=partitions)
        asyncio.run(migrations.migrate(settings.database()))
        asyncio.run(app.upkeep(settings))
        servers = {"broker": broker, "Postgres": postgres}
        ours = {name: part.pid for name, part in servers.items() if isinstance(part, Broker | Postgres)}
        yield Pipeline(settings, environment, ours, folder)


def a_kafka(say: Say) -> KafkaPart:
    """The broker that the environment names, else one of our own: a container's processor time is not to be had."""
    named = load().kafka_bootstrap_servers
    return told(External("Kafka", named) if named else start_kafka(None, say=say), say)


def _a_postgres(say: Say) -> PostgresPart:
    named = load().database_url
    return told(External("Postgres", named.get_secret_value()) if named else start_postgres(None, say=say), say)


class Crew:
    """The workers, by name: that of the role, and of further ones of it a number behind."""

    def __init__(self, stage: Pipeline, supervisor: Supervisor, ports: Mapping[str, int], logs: Path) -> None:
        self._supervisor = supervisor
        self._ports = ports
        self._logs = logs
        self._servers = stage.servers

    def cpu(self) -> Mapping[str, float]:
        """CPU seconds so far, by worker and server."""
        return {name: cpu_seconds(pid) for name, pid in self._pids().items()}

    def peaks(self) -> Mapping[str, int]:
        """Most resident bytes so far by worker, and of the broker; Postgres' processes share theirs."""
        return {name: peak_bytes(pid) for name, pid in self._pids().items() if name != "Postgres"}

    def resident(self, name: str) -> int:
        """Bytes that a worker has resident now."""
        return resident_bytes(self._supervisor.children[name].process.pid)

    def health(self, name: str) -> Mapping[str, Any]:
        """What a worker says of itself; nothing while it does not listen yet."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports[name]}/readyz", timeout=10) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.load(error))
        except OSError:
            return {}

    def records(self) -> Mapping[str, int]:
        """How many records each worker has confirmed since its start."""
        return {name: int(self.health(name).get("records", 0)) for name in self._ports}

    def ready(self, role: app.Role) -> float:
        """Wait until the first worker of a role works; the moment, by the monotonic clock."""
        names = [name for name in self._ports if name.partition("-")[0] == role]
        deadline = time.monotonic() + READY_SECONDS
        while not any(self.health(name).get("ready") for name in names):
            self.check()
            if time.monotonic() > deadline:
                told = [self.health(name) for name in names]
                raise Unavailable(f"{role} was not ready after {READY_SECONDS:.0f} s: {told}{self.tails()}")
            time.sleep(0.02)
        return time.monotonic()

    def check(self) -> None:
        """Raise ``Unavailable`` when a worker has ended: what is measured would be the restart."""
        self._supervisor.check()
        if any(child.due is not None or child.restarts for child in self._supervisor.children.values()):
            raise Unavailable(f"a worker ended:{self.tails()}")

    def tails(self) -> str:
        """The ends of the workers' logs."""
        return "".join(f"\n--- {file.name}\n{file.read_text()[-3000:]}" for file in sorted(self._logs.glob("*.log")))

    def _pids(self) -> Mapping[str, int]:
        return {**{name: child.process.pid for name, child in self._supervisor.children.items()}, **self._servers}


@contextmanager
def crew(
    stage: Pipeline,
    roles: Sequence[app.Role] = tuple(app.ROLES),
    *,
    state: Path | None,
    profiles: Mapping[app.Role, Path] | None = None,
) -> Iterator[Crew]:
    """Start workers, and end them in good order; a role that is named twice has two.

    ``state`` is the folder of RocksDB, ``None`` = memory; ``profiles`` names the roles that run under cProfile, and the
    files that tell of it afterwards.
    """
    named = _named(roles)
    logs = Path(mkdtemp(dir=stage.folder, prefix="logs-"))
    ports = dict(zip(named, claim_ports(logs, len(named)), strict=True))
    launches = {}
    for name, role in named.items():
        kept = {} if state is None else {"ARGUS_STATE_DIR": str(state / name)}
        given = configuration.environment({**stage.environment, **kept, "ARGUS_HEALTH_PORT": str(ports[name])})
        launches[name] = Launch(_command(role, (profiles or {}).get(role)), given, logs / f"{name}.log")
    supervisor = Supervisor(launches)
    supervisor.start()
    try:
        yield Crew(stage, supervisor, ports, logs)
    finally:
        supervisor.stop()


def until(workers: Crew, done: Callable[[Mapping[str, int], float], bool]) -> Spent:
    """Wait until ``done`` says so of the records that each role has confirmed and of the seconds since the last one.

    Gives the moment when the last one was confirmed. Raises ``Unavailable`` when nothing moves for long.
    """
    ended, seen = Spent(time.monotonic(), workers.cpu()), workers.records()
    while not done(seen, time.monotonic() - ended.at):
        time.sleep(0.25)
        workers.check()
        now, counted = time.monotonic(), workers.records()
        if counted != seen:
            ended, seen = Spent(now, workers.cpu()), counted
        elif now - ended.at > STALL_SECONDS:
            raise Unavailable(f"nothing was confirmed for {STALL_SECONDS:.0f} s: {counted}{workers.tails()}")
    return ended


def _named(roles: Sequence[app.Role]) -> Mapping[str, app.Role]:
    before = [roles[:at].count(role) for at, role in enumerate(roles)]
    return {f"{role}-{count + 1}" if count else role: role for count, role in zip(before, roles, strict=True)}


def _command(role: app.Role, profile: Path | None) -> Sequence[str]:
    if profile is None:
        return (sys.executable, "-m", "argus_streams", "worker", role, "--attached")
    return (sys.executable, str(Path(__file__).with_name("profiled.py")), role, str(profile))
