"""MirrorMaker 2 as operators run it: Kafka's own program, with the file of docs/operations."""

import shutil
import signal
import tempfile
from pathlib import Path

from argus_streams.embedded.guard import Orders
from argus_streams.embedded.jars import Program
from argus_streams.embedded.kafka import java_command
from argus_streams.embedded.process import Server, claim_ports

VERSION = "4.3.1"  # the latest that Maven has, which works with brokers of 4.4
ROOT = Path(__file__).resolve().parents[2]
PROPERTIES = ROOT / "docs" / "operations" / "mm2.properties"
JVM = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Xms64m",
    "-Xmx256m",
    "-XX:MaxDirectMemorySize=128m",
    "-XX:SharedArchiveFile=mm2.jsa",
    "-XX:+AutoCreateSharedArchive",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dlog4j2.configurationFile=log4j2.properties",
)
LOG = """\
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c %m%n
rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
"""


def program():
    lock = Path(__file__).with_name(f"mirrormaker-{VERSION}.lock").read_text()
    return Program.of(f"Apache Kafka {VERSION}'s MirrorMaker", f"mirrormaker-{VERSION}", lock)


class MirrorMaker:
    """One process, which writes to one region; ``changed`` are lines of the file that a test has otherwise."""

    def __init__(self, into, servers, prefix, say, **changed):
        self._folder = Path(tempfile.mkdtemp(prefix="argus-mirror-")).resolve()
        (port,) = claim_ports(self._folder, 1)
        (self._folder / "mm2.properties").write_text(_written(servers, prefix, port, changed))
        (self._folder / "log4j2.properties").write_text(LOG)
        orders = Orders(
            command=(
                *java_command(program(), JVM, say),
                "org.apache.kafka.connect.mirror.MirrorMaker", "mm2.properties", "--clusters", into,
            ),
            folder=str(self._folder),
            stop_signal=signal.SIGTERM,
            grace_seconds=15,
            remove=(str(self._folder),),
        )  # fmt: skip
        self._server = Server("MirrorMaker", orders)

    def start(self):
        self._server.start()

    def kill(self):
        """As a crash would."""
        self._server.kill()

    def stop(self):
        self._server.halt()

    @property
    def pid(self):
        return self._server.pid

    @property
    def log(self):
        return (self._folder / "log").read_text(errors="replace")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._server.kill()  # in good order takes seconds, for nothing
        shutil.rmtree(self._folder, ignore_errors=True)


def _written(servers, prefix, port, changed):
    """The file of docs, with these addresses, for brokers of which there is one, and not so patient."""
    lines = []
    values = {f"{alias}.bootstrap.servers": address for alias, address in servers.items()}
    values |= {"listeners": f"http://127.0.0.1:{port}", "refresh.topics.interval.seconds": "2", "tasks.max": "1"}
    values |= {name.replace("_", "."): value for name, value in changed.items()}
    for line in PROPERTIES.read_text().splitlines():
        name, equals, value = line.partition(" = ")
        if equals and not line.startswith("#"):
            value = values.pop(name, "1" if name.endswith("replication.factor") else value)
            if name == "topics":
                value = value.replace("argus\\\\.", prefix.replace(".", "\\\\."))
        lines.append(f"{name}{equals}{value}")
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in values.items()), ""])
