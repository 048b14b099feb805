"""What docs/operations tells an operator to do, done on real servers: each page's steps, and that nothing is lost."""

import asyncio
import json
import shutil
import threading
import time
from urllib.parse import urlsplit

import psycopg
import pytest
from commands import argus
from deployment import Deployment, error
from processes import comes_true

from argus_streams import app, supervision
from argus_streams.streaming.producer import Outgoing, PlacingProducer

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.long]

ROWS = {
    "error_groups": "p.slug, t.fingerprint, t.count, t.status, t.title, t.last_seen, t.sources, t.epoch, t.writes",
    "group_days": "p.slug, t.fingerprint, t.day, t.counts",
    "production_events": "p.slug, t.event_id, t.day, t.fingerprint, t.reason",
    "incidents": "p.slug, t.incident, t.status, t.signals, t.epoch, t.writes",
    "quality_scores": "p.slug, t.score_type, t.span, t.value",
    "healing_patterns": "p.slug, t.fingerprint, t.success_count, t.standing",
}
END_SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity where usename = '{}'"


@pytest.fixture
def here(kafka, postgres_server, tmp_path):
    """A deployment with a history."""
    with Deployment.beside(kafka, postgres_server, tmp_path) as made:
        made.state = tmp_path / "state"
        made.stop = made.crew(ARGUS_STATE_DIR=str(made.state))
        deploy = {"kind": "deploy", "service": "web", "environment": "production", "release": "r2", "status": "success"}
        made.publish(deploy)
        made.publish(*[error(f"Kind{n % 7}", "stock is negative", service="web") for n in range(60)])
        made.publish({"no": "event"})
        made.teach(1, 2)
        made.drained()
        made.decide(next(iter(made.groups().values()))[0], "resolve")
        made.becomes(lambda: [row[3] for row in made.groups().values()].count("resolved"), 1)
        made.drained()
        yield made


def rows(url):
    """All derived rows that a rebuilt database has to have again."""
    with psycopg.connect(url) as connection:
        found = {}
        for table, columns in ROWS.items():
            text = f"select {columns} from argus_live.{table} t join argus.projects p on p.id = t.project_id"  # noqa: S608
            found[table] = sorted(map(str, connection.execute(text).fetchall()))
        text = 'select stage, topic, partition, "offset", index, reason from argus_live.dead_letters'
        found["dead_letters"] = sorted(map(str, connection.execute(text).fetchall()))
        return found


def beside(url, statement):
    """Run a statement from another database of the server."""
    parts = urlsplit(url)
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(statement)


def audited(here, **environment):
    result = argus("audit", "--wait", "60", "--json", **{**here.environment, **environment})
    told = json.loads(result.stdout)
    assert (told["missing"], told["double"]) == (0, 0), result.output
    return told


def worker(role, here, logs, **environment):
    crew = supervision.supervisor((role,), {role: {**here.environment, **environment}}, logs=logs)
    crew.start()
    return crew


def test_postgres_is_rebuilt_from_the_topics(here, tmp_path):
    before = rows(here.environment["DATABASE_URL"])
    assert all(before.values()), before
    here.stop()
    url, name = here.environment["DATABASE_URL"], urlsplit(here.environment["DATABASE_URL"]).path[1:]
    beside(url, f'drop database "{name}" with (force)')
    beside(url, f'create database "{name}"')
    assert here.argus("migrate").exit_code == 0
    group = app.group_of(here.settings, "store")
    assert asyncio.run(here.site.offsets.delete([group])) == [group]
    crew = worker("store", here, tmp_path)
    try:
        assert comes_true(lambda: rows(url) == before, 60), {
            table: (found[:3], before[table][:3]) for table, found in rows(url).items() if found != before[table]
        }
    finally:
        crew.stop()
    audited(here)


def test_a_lost_volume_is_restored_from_the_changelog(here):
    before = here.groups()
    here.stop()
    shutil.rmtree(here.state)
    here.crew(ARGUS_STATE_DIR=str(here.state))
    here.publish(*[error(f"Kind{n % 7}", "stock is negative", service="web") for n in range(14)])
    here.drained()
    after = here.groups()
    assert {title: told[1] for title, told in after.items()} == {title: told[1] + 2 for title, told in before.items()}
    audited(here)


def test_a_password_that_changes_under_store_holds_it_and_loses_nothing(here, tmp_path):
    url = urlsplit(here.environment["DATABASE_URL"])
    role = f"worker{time.time_ns()}"
    beside(url.geturl(), f"create role {role} superuser login password 'old'")
    here.stop()
    as_role = {
        word: url._replace(netloc=f"{role}:{word}@{url.hostname}:{url.port}").geturl() for word in ("old", "new")
    }
    told = {**here.environment, "DATABASE_URL": as_role["old"]}
    crew = supervision.supervisor(app.MAKING, dict.fromkeys(app.MAKING, told), logs=tmp_path)
    crew.start()
    here.publish(error("Before", "x"))
    here.drained()
    try:
        beside(url.geturl(), f"alter role {role} password 'new'")
        here.publish(error("Between", "x"))
        here.drained()  # a session that stands goes on: Postgres asks for the password at the beginning alone
        beside(url.geturl(), END_SESSIONS.format(role))
        here.publish(error("After", "x"))
        log = tmp_path / "store.log"
        assert comes_true(lambda: "authentication failed" in log.read_text(), 60)
        assert crew.children["store"].process.poll() is None, "it holds, and does not end"
        assert "After: x" not in here.groups()
    finally:
        crew.stop()
    again = worker("store", here, tmp_path, DATABASE_URL=as_role["new"])
    try:
        here.becomes(lambda: list(here.groups()).count("After: x"), 1, 60)
        audited(here)
    finally:
        again.stop()


def test_workers_are_replaced_one_by_one_under_traffic(here, tmp_path):
    """A second worker of each role joins, then the first one leaves: as a rolling update does."""
    ended, sent = threading.Event(), []

    def traffic():
        while not ended.wait(0.1):
            here.publish(*[error(f"Kind{n % 7}", "stock is negative", service="web") for n in range(14)])
            sent.append(14)

    before = {title: told[1] for title, told in here.groups().items()}
    running = threading.Thread(target=traffic)
    running.start()
    newer = []
    try:
        for role in ("store", "heal", "correlate", "normalize"):  # who reads first, who is read last
            newer.append(worker(role, here, tmp_path, ARGUS_STATE_DIR=str(tmp_path / f"newer-{role}")))
            time.sleep(4)
            here._crews[0].children[role].process.terminate()  # noqa: SLF001 - the fixture's own
            time.sleep(4)
    finally:
        ended.set()
        running.join()
    here.drained()
    counted = {title: told[1] - before[title] for title, told in here.groups().items()}
    assert counted == dict.fromkeys(before, sum(sent) // 7)
    audited(here)
    for crew in newer:
        crew.stop()


def partitions(here, topic):
    return len(asyncio.run(here.site.offsets.partitions([topic])))


def test_the_partitions_of_keyed_topics_stay_whatever_is_set_and_of_the_bodies_grow_in_place(here):
    names, wider = app.topics_of(here.settings), {**here.environment, "ARGUS_TOPIC_PARTITIONS": "4"}
    applied = argus("topics", "apply", **wider)
    assert applied.exit_code == 1
    assert f"{names.normalized}: " in applied.stdout
    assert (partitions(here, names.incoming), partitions(here, names.normalized)) == (4, 2)
    here.stop()
    here.crew(ARGUS_STATE_DIR=str(here.state))  # those that run would know of them after minutes
    hour = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() - 7200))
    started = argus("replay", "start", "wide", "--from", hour, **wider)
    assert started.exit_code == 0, started.output
    assert partitions(here, app.topics_of(here.site.of("wide")).normalized) == 2
    producer = PlacingProducer(here.settings.kafka())
    body = [("ce_source", b"argus"), ("project", b"shop")]
    records = [Outgoing(names.incoming, None, b'{"type": "Wide", "message": "x"}', body, n) for n in range(4)]
    asyncio.run(producer.write(records))
    here.becomes(lambda: here.groups().get("Wide: x", (0, 0))[1], 4, 90)
    audited(here)
