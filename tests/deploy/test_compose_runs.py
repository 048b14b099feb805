"""The compose file's services as processes, with the commands and variables that it has: what is published arrives."""

import signal
import subprocess
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

import composed
import composed_kafka
import parts
import psycopg
import pytest
from commands import argus
from confluent_kafka.admin import AdminClient
from parts import ROOT
from processes import comes_true
from test_image import steps

from argus_streams import app
from argus_streams.embedded.process import claim_ports

BODY = ROOT / "samples" / "sentry.json"
GROUPS = "select count(*) from argus_live.error_groups"


class Deployment:
    """The services of one profile on parts of this machine."""

    def __init__(self, folder, profile, kafka, postgres_url, redis_url):
        self._folder, self._ending = folder, ExitStack()
        self._services = composed.of_profile(profile, composed.services())
        self.kafka, self._postgres, self._redis = kafka, urlsplit(postgres_url), urlsplit(redis_url)
        self._ports = dict(zip(app.ROLES, claim_ports(folder, len(app.ROLES)), strict=True))
        self.workers = {}
        _programs(folder / "bin")

    def set_up(self):
        """Run the service that runs once."""
        service = self._services["setup"]
        command = [*service["entrypoint"], *service["command"]]
        return subprocess.run(command, env=self._environment("setup"), capture_output=True, text=True, check=False)  # noqa: S603 - ours

    def start(self):
        """Start every role as the image does."""
        entry = next(value for name, value in steps() if name == "ENTRYPOINT").strip('["]')
        for role in app.ROLES:
            command = [self._folder / "bin" / entry, *self._services[role]["command"]]
            log = self._ending.enter_context((self._folder / f"{role}.log").open("wb"))
            self.workers[role] = subprocess.Popen(command, env=self._environment(role), stderr=log)  # noqa: S603 - ours

    def healthy(self, role):
        """Whether the service's health check says so."""
        _, program, *arguments = self._services[role]["healthcheck"]["test"]
        asked = [each.replace(":8080/", f":{self._ports[role]}/") for each in arguments]
        command = [self._folder / "bin" / program, *asked]
        return subprocess.run(command, env=self._environment(role), capture_output=True, check=False).returncode == 0  # noqa: S603 - ours

    def stop(self):
        """Stop every role as Compose does; their exit codes."""
        for worker in self.workers.values():
            worker.send_signal(signal.SIGTERM)
        codes = {}
        for role, worker in self.workers.items():
            codes[role] = worker.wait(composed.seconds(self._services[role]["stop_grace_period"]))
        return codes

    def close(self):
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        self._ending.close()

    def logs(self):
        return {role: (self._folder / f"{role}.log").read_text()[-2000:] for role in self.workers}

    def _environment(self, name):
        """The service's variables, where it is said here and not there who is where, and nothing of this machine's."""
        told = self._services[name]["environment"]
        moved = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.inside(),
            "DATABASE_URL": self._postgres._replace(
                netloc=self._postgres.netloc.replace(f":{self._postgres.password}@", "@")
            ).geturl(),
            "PGPASSWORD": self._postgres.password,
            "REDIS_URL": self._redis.geturl(),
            "ARGUS_STATE_DIR": str(self._folder / f"{name}.state"),
        }
        here = {"PATH": f"{self._folder}/bin:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(self._folder)}
        port = {"ARGUS_HEALTH_PORT": str(self._ports[name])} if name in self._ports else {}
        return told | {variable: value for variable, value in moved.items() if variable in told} | here | port


def _programs(folder):
    """The programs that the image has on its path."""
    folder.mkdir()
    for name, arguments in (("argus", "-m argus_streams"), ("python", "")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (folder / name).chmod(0o755)


@pytest.fixture
def deployment(request, tmp_path, postgres_url, redis_server, say):
    """The services of the profile that the test names, set up, and every role started."""
    chosen = composed.of_profile(request.param, composed.services())
    brokers = {name: service for name, service in chosen.items() if name.startswith("kafka")}
    with ExitStack() as ending:
        kafka = ending.enter_context(
            parts.obtained("kafka", lambda: composed_kafka.start_brokers(tmp_path / "kafka", brokers, say))
        )
        made = Deployment(tmp_path, request.param, kafka, postgres_url, redis_server.url)
        ending.callback(made.close)
        done = made.set_up()
        assert done.returncode == 0, done.stdout + done.stderr
        made.start()
        yield made


def _stored(url):
    with psycopg.connect(url) as connection:
        return connection.execute(GROUPS).fetchone()[0]


def _published(address):
    told = argus("publish", "--source", "sentry", "--project", "shop", BODY, KAFKA_BOOTSTRAP_SERVERS=address)
    assert told.exit_code == 0, told.output


@pytest.mark.kafka
@pytest.mark.parametrize("deployment", ["single"], indirect=True)
def test_a_body_published_on_the_host_arrives_through_every_service(deployment, postgres_url):
    for role in app.ROLES:
        assert comes_true(lambda role=role: deployment.healthy(role), 40), deployment.logs()
    _published(deployment.kafka.outside("kafka"))
    assert comes_true(lambda: _stored(postgres_url) > 0, 30), deployment.logs()
    assert deployment.stop() == dict.fromkeys(app.ROLES, 0)


@pytest.mark.kafka
@pytest.mark.long
@pytest.mark.parametrize("deployment", ["ha"], indirect=True)
def test_three_brokers_hold_every_topic_three_times_and_one_of_them_may_be_lost(deployment, postgres_url):
    admin = AdminClient({"bootstrap.servers": deployment.kafka.outside("kafka-2")})
    topics = [each for name, each in admin.list_topics(timeout=10).topics.items() if name.startswith("argus.")]
    assert {len(each.replicas) for topic in topics for each in topic.partitions.values()} == {3}
    for role in app.ROLES:
        assert comes_true(lambda role=role: deployment.healthy(role), 60), deployment.logs()
    deployment.kafka.kill("kafka-1")
    _published(deployment.kafka.outside("kafka-3"))
    assert comes_true(lambda: _stored(postgres_url) > 0, 60), deployment.logs()
    for role in app.ROLES:
        assert comes_true(lambda role=role: deployment.healthy(role), 60), deployment.logs()
