"""The compose file's brokers as processes: the image's own program makes their configuration, of its variables."""

import re
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack
from importlib.resources import files

from confluent_kafka.admin import AdminClient

from argus_streams.embedded.guard import Orders
from argus_streams.embedded.kafka import READY_SECONDS, answers_as, broker_command, own_cache
from argus_streams.embedded.process import Server, claim_ports

INSIDE, OUTSIDE, CONTROLLER = 19092, 9092, 9093
WRAPPER = "kafka.docker.KafkaDockerWrapper"  # what apache/kafka makes server.properties of its environment with


class Brokers:
    """Brokers by the names of their services, and where to reach them."""

    def __init__(self, servers, ports, ending):
        self._servers, self._ports, self._ending = servers, ports, ending

    def inside(self):
        """What the name `kafka` stands for within the network."""
        return _bootstrap(self._ports)

    def outside(self, name):
        """Where a producer on the host reaches this one."""
        return f"127.0.0.1:{self._ports[name][OUTSIDE]}"

    def kill(self, name):
        self._servers[name].kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ending.close()


def start_brokers(folder, services, say):
    """These services, running; their ports are others than the file's, and their names this host's."""
    java = broker_command(say, own_cache())
    ports, addresses = {}, {}
    for name, service in services.items():
        home = folder / name
        home.mkdir(parents=True)
        ports[name] = dict(zip((INSIDE, OUTSIDE, CONTROLLER), claim_ports(home, 3), strict=True))
        addresses |= {(name, port): own for port, own in ports[name].items()}
        addresses["localhost", int(service["ports"][0].split(":")[1])] = ports[name][OUTSIDE]
    moved = {name: _moved(service["environment"], name, addresses) for name, service in services.items()}
    servers = {name: _server(java, folder / name, environment) for name, environment in moved.items()}
    with ExitStack() as ending:
        for server in servers.values():
            ending.callback(server.halt)
            server.start()
        _wait(_bootstrap(ports), services)
        return Brokers(servers, ports, ending.pop_all())


def _moved(environment, name, addresses):
    """The variables with every host:port of another broker, a controller or a listener as it is here."""
    here = lambda found: f"127.0.0.1:{addresses[found[1] or name, int(found[2])]}"  # noqa: E731 - one expression
    return {variable: re.sub(r"(?<=[/@])([\w-]*):(\d+)", here, value) for variable, value in environment.items()}


def _server(java, home, environment):
    """The broker of this folder, configured and formatted as the image does it at its start."""
    for made in ("default", "mounted", "config", "data"):
        (home / made).mkdir()
    told = environment | {"KAFKA_LOG_DIRS": str(home / "data")}
    places = ("--default-configs-dir", "default", "--mounted-configs-dir", "mounted", "--final-configs-dir", "config")
    shutil.copy(files("argus_streams.embedded") / "log4j2.yaml", home)
    done = subprocess.run(  # noqa: S603 - Kafka's own program
        [*java, WRAPPER, "setup", *places], cwd=home, env=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    command = (*java, "kafka.Kafka", "config/server.properties")
    return Server("Kafka", Orders(command=command, folder=str(home), stop_signal=signal.SIGTERM, grace_seconds=15))


def _bootstrap(ports):
    return ",".join(f"127.0.0.1:{each[INSIDE]}" for each in ports.values())


def _wait(bootstrap, services):
    """Until all of them are brokers of the cluster that the file names."""
    (cluster,) = {service["environment"]["CLUSTER_ID"] for service in services.values()}
    answers, deadline = answers_as(bootstrap, cluster), time.monotonic() + READY_SECONDS
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    while not (answers() and len(admin.list_topics(timeout=5).brokers) == len(services)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
