import socket
import tempfile
from pathlib import Path

import parts
import pytest
from databases import database_on

from argus_streams.embedded.kafka import start_kafka

# One user that may be denied things, over a listener of its own; whoever comes by the other one may do all.
PROPERTIES = """
listeners=PLAINTEXT://{plain},CONTROLLER://{controller},LOGIN://127.0.0.1:{login}
advertised.listeners=PLAINTEXT://{plain},LOGIN://127.0.0.1:{login}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOGIN:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.login.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_argus="right";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
super.users=User:ANONYMOUS
"""


@pytest.fixture(scope="module")
def guarded(say):
    """A broker with logins and permissions: its address, and that of its listener for the user argus."""
    with (
        tempfile.TemporaryDirectory() as folder,
        parts.obtained("kafka", lambda: start_kafka(Path(folder) / "broker", say=say)) as broker,
    ):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            login = free.getsockname()[1]
        properties = Path(folder) / "broker" / "server.properties"
        given = dict(line.split("=", 1) for line in properties.read_text().splitlines() if "=" in line)
        controller = given["listeners"].partition("CONTROLLER://")[2]
        more = PROPERTIES.format(plain=broker.bootstrap, controller=controller, login=login)
        properties.write_text(properties.read_text() + more)
        broker.restart()
        yield broker.bootstrap, f"127.0.0.1:{login}"


@pytest.fixture(scope="module")
def database(postgres_server, migrated):
    with database_on(postgres_server, migrated) as url:
        yield url
