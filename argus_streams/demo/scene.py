"""Everything the demo stands on: a local Kafka and Postgres, topics, tables, and one worker a role."""

import asyncio
import shlex
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import NamedTuple

from argus_streams import app
from argus_streams.adapters import migrations, topics
from argus_streams.adapters.contracts import data_folder
from argus_streams.embedded.choice import kafka_for, postgres_for
from argus_streams.embedded.process import claim_ports
from argus_streams.errors import Unavailable
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.supervisor import Supervisor
from argus_streams.supervision import supervisor

PARTITIONS = 8
ENVIRONMENT = "env"  # name of the file that another terminal reads
READY_SECONDS = 60.0
Say = Callable[[str], None]


class Scene(NamedTuple):
    """What is running."""

    settings: Settings  # of the workers
    kafka: str  # what it is and where
    postgres: str
    url: str  # of the database, for psql
    workers: Supervisor
    logs: Path


@contextmanager
def scene(given: Settings, data: Path | None, say: Say) -> Iterator[Scene]:
    """Start all parts in turn, and end them in the opposite order."""
    database_url = given.database_url.get_secret_value() if given.database_url else None
    with (
        kafka_for(given.kafka_bootstrap_servers, data and data / "kafka", say) as kafka,
        postgres_for(database_url, data and data / "postgres", say) as postgres,
        TemporaryDirectory(prefix="argus-demo-") as folder,
    ):
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            "DATABASE_URL": postgres.url,
            "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
            "ARGUS_HEALTH_HOST": "127.0.0.1",
            "ARGUS_MAPPINGS_FILE": str(data_folder("samples") / "mapped.yaml"),
        }
        settings = with_environment(given, environment)
        _prepare(settings, say)
        claimed = claim_ports(Path(folder), len(app.ROLES))  # a worker that is killed needs its port again
        ports = {role: str(port) for role, port in zip(app.ROLES, claimed, strict=True)}
        overrides = {role: {**environment, "ARGUS_HEALTH_PORT": ports[role]} for role in app.ROLES}
        workers = supervisor(tuple(app.ROLES), overrides, logs=Path(folder))
        say("starting the workers: " + ", ".join(app.ROLES))
        workers.start()
        _write_environment(Path(folder), environment)
        try:
            _await_ready(workers, ports, Path(folder))
            yield Scene(settings, kafka.describe, postgres.describe, postgres.url, workers, Path(folder))
        finally:
            workers.stop()


def _prepare(settings: Settings, say: Say) -> None:
    topics.apply(settings.kafka(), prefix=settings.topic_prefix, partitions=PARTITIONS)
    applied = asyncio.run(migrations.migrate(settings.database()))
    asyncio.run(app.upkeep(settings))
    say(f"topics are there, {len(applied)} migrations applied")


def _write_environment(folder: Path, environment: Mapping[str, str]) -> None:
    """A file for another terminal's shell, so that nobody copies addresses; the folder is ours alone."""
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    command = f'argus() {{ {shlex.quote(sys.executable)} -m argus_streams "$@"; }}'
    (folder / ENVIRONMENT).write_text("\n".join([*exports, command, ""]), encoding="utf-8")


def _await_ready(workers: Supervisor, ports: Mapping[app.Role, str], logs: Path) -> None:
    deadline = monotonic() + READY_SECONDS
    waiting = dict(ports)
    while waiting:
        code = workers.check()
        if code is not None or monotonic() > deadline:
            tails = "\n".join(f"--- {file.name}\n{file.read_text()[-2000:]}" for file in sorted(logs.glob("*.log")))
            raise Unavailable(f"the workers {', '.join(waiting)} did not become ready:\n{tails}")
        waiting = {role: port for role, port in waiting.items() if not _ready(port)}
        sleep(0.1)


def _ready(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP OK
    except (urllib.error.URLError, OSError):
        return False
