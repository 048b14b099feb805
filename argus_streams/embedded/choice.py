"""Which Kafka and which Postgres: the one that is named, else a container, else one of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self, TypeVar
from urllib.parse import urlsplit

from argus_streams.embedded.containers import container_kafka, container_postgres, docker_answers
from argus_streams.embedded.kafka import start_kafka
from argus_streams.embedded.postgres import start_postgres
from argus_streams.embedded.process import Say


class Part(Protocol):
    """Something to use, whoever started it."""

    @property
    def describe(self) -> str:
        """What it is and where, for a person; no secret."""

    def stop(self) -> None:
        """End it if it is ours."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class KafkaPart(Part, Protocol):
    """A Kafka to use."""

    @property
    def bootstrap(self) -> str:
        """`host:port`, several with commas."""


class PostgresPart(Part, Protocol):
    """A Postgres to use."""

    @property
    def url(self) -> str:
        """As psycopg takes it, the password with it."""


@dataclass(frozen=True, slots=True)
class External:
    """A server that somebody else runs; stopping it is not ours."""

    name: str
    address: str

    @property
    def bootstrap(self) -> str:
        return self.address

    @property
    def url(self) -> str:
        return self.address

    @property
    def describe(self) -> str:
        return f"the {self.name} at {without_secret(self.address)}"

    def stop(self) -> None:
        """Leave it as it is."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


Chosen = TypeVar("Chosen", bound=Part)


def kafka_for(bootstrap: str | None, directory: Path | None, say: Say) -> KafkaPart:
    """The Kafka to use; says which it took."""
    if bootstrap:
        return told(External("Kafka", bootstrap), say)
    return told(in_container(container_kafka, directory, say) or start_kafka(directory, say=say), say)


def postgres_for(url: str | None, directory: Path | None, say: Say) -> PostgresPart:
    """The Postgres to use; says which it took."""
    if url:
        return told(External("Postgres", url), say)
    return told(in_container(container_postgres, directory, say) or start_postgres(directory, say=say), say)


def in_container(start: Callable[[], Chosen], directory: Path | None, say: Say) -> Chosen | None:
    """A container where one can be started; none for data that are to be kept."""
    if directory is not None or not docker_answers():
        return None
    try:
        return start()
    except Exception as error:  # noqa: BLE001 - an image may be missing, a policy may forbid it: our own serves as well
        say(f"a container could not be started ({type(error).__name__}), so one of our own is")
        return None


def told(part: Chosen, say: Say) -> Chosen:
    """Say what was taken."""
    say(f"using {part.describe}")
    return part


def without_secret(address: str) -> str:
    """The address without user and password."""
    parts = urlsplit(address)
    return parts.netloc.rpartition("@")[2] + parts.path if parts.scheme and parts.netloc else address
