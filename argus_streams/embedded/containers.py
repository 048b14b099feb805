"""Kafka and Postgres in containers, for machines with the package `testcontainers` and a Docker daemon that answers."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Self

POSTGRES_IMAGE = "postgres:17-alpine"


@dataclass(frozen=True, slots=True)
class ContainerKafka:
    """One broker in a container."""

    container: Any
    bootstrap: str

    @property
    def describe(self) -> str:
        return f"Kafka ({self.container.image}) in a container at {self.bootstrap}"

    def stop(self) -> None:
        self.container.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class ContainerPostgres:
    """One Postgres in a container."""

    container: Any
    url: str

    @property
    def describe(self) -> str:
        return f"Postgres ({self.container.image}) in a container at {self.url.rpartition('@')[2]}"

    def stop(self) -> None:
        self.container.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def docker_answers() -> bool:
    """Whether containers can be started here."""
    if find_spec("testcontainers") is None or find_spec("docker") is None:
        return False
    docker: Any = import_module("docker")
    try:
        return bool(docker.from_env(timeout=3).ping())
    except (docker.errors.DockerException, OSError):
        return False


def container_kafka() -> ContainerKafka:
    """Start a broker."""
    container = import_module("testcontainers.kafka").KafkaContainer().with_kraft().start()
    return ContainerKafka(container, container.get_bootstrap_server())


def container_postgres() -> ContainerPostgres:
    """Start a Postgres."""
    container = import_module("testcontainers.postgres").PostgresContainer(POSTGRES_IMAGE, driver=None).start()
    return ContainerPostgres(container, container.get_connection_url())
