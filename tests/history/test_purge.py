"""A project taken out of a deployment on real servers, under traffic, while its worker is killed."""

import asyncio
import json
import threading
import time

import msgspec
import psycopg
import pytest
from commands import argus, process
from deployment import Deployment, error

from argus_streams import app
from argus_streams.agents.wire import key_of, outgoing
from argus_streams.core.messages import Sighting
from argus_streams.core.purged import PURGES
from argus_streams.streaming.producer import Outgoing, PlacingProducer
from argus_streams.streaming.store import RocksStore
from argus_streams.streaming.table import logged

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

NAME = "Jane Doe"  # what the events of before say, and no later one
SIGHTING = msgspec.json.Decoder(Sighting)


class Traffic:
    """Bodies of two projects, some a second, until it is ended."""

    def __init__(self, here):
        self._here = here
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.rounds = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _run(self):
        producer = PlacingProducer(self._here.settings.kafka())
        while not self._ended.wait(0.05):
            publish(producer, self._here, [error(f"Live{n}", "no name") for n in range(4)], "shop", "mall")
            self.rounds += 1


def publish(producer, here, bodies, *projects):
    topic = app.topics_of(here.settings).incoming
    records = [
        Outgoing(
            topic, None, json.dumps(body).encode(), [("ce_source", b"argus"), ("project", project.encode())], n % 2
        )
        for project in projects
        for n, body in enumerate(bodies)
    ]
    return asyncio.run(producer.write(records))


@pytest.fixture(scope="module")
def here(kafka, postgres_server, tmp_path_factory):
    """Two projects with a history, of which one was purged while both went on and the worker of groups was killed."""
    folder = tmp_path_factory.mktemp("purge")
    with Deployment.beside(kafka, postgres_server, folder) as made:
        stop = made.crew(ARGUS_STATE_DIR=str(folder / "state"))
        producer = PlacingProducer(made.settings.kafka())
        old = [error(f"Old{n}", f"{NAME} can not pay", user=f"u{n}") for n in range(40)]
        deploy = {"kind": "deploy", "service": "web", "environment": "production", "release": "r2", "status": "success"}
        publish(producer, made, [deploy, *old, *old], "shop", "mall")
        publish(producer, made, [{"no": "event"}], "shop")
        made.teach(1, 2, 3)
        made.drained()
        fingerprint = next(told[0] for title, told in made.groups().items() if title.startswith("Old1:"))
        made.decide(fingerprint, "resolve")
        made.before = mall(made)
        with Traffic(made) as traffic:
            time.sleep(1)
            guarded = threading.Event()
            guard = threading.Thread(target=keep_alive, args=(made, guarded))
            guard.start()
            made.result = made.argus("project", "purge", "shop", "--yes", "--wait", "280")
            time.sleep(1)
        made.rounds = traffic.rounds
        made.drained()
        guarded.set()
        guard.join()
        made.state, made.stop = folder / "state", stop
        yield made


def keep_alive(made, ended):
    """Kill the worker of groups a moment after the order, and start again whatever ends."""
    crew = made._crews[-1]  # noqa: SLF001 - the fixture's own
    time.sleep(0.3)
    crew.kill("correlate")
    while not ended.wait(0.2):
        crew.check()


def mall(made, schema="argus_live"):
    """The neighbour's rows, without those of the traffic."""
    text = """select g.fingerprint, g.count, g.first_seen, g.epoch > 0, p.slug from {0}.error_groups g
      join argus.projects p on p.id = g.project_id where p.slug = 'mall' and g.title like 'Old%%' order by 1"""
    return made.query(text.format(schema))


def all_text(made, schema="argus_live"):
    """Each row of a generation that tells of the secret, by table."""
    tables = made.query("select table_name from information_schema.tables where table_schema = %s", schema)
    with psycopg.connect(made.environment["DATABASE_URL"]) as connection:
        return {
            table: found
            for (table,) in tables
            if (
                found := connection.execute(
                    f"select t::text from {schema}.{table} t where t::text like %s",  # noqa: S608 - our own names
                    [f"%{NAME}%"],
                ).fetchall()
            )
        }


def last_of(made, topic):
    """The last record of each key, as compaction keeps it."""
    offsets = made.site.offsets
    tps = asyncio.run(offsets.partitions([topic]))
    spans, found = asyncio.run(offsets.ends(list(tps))), {}
    for batch in offsets.reader().read_whole(spans):
        for message in batch:
            found[message.partition(), message.key()] = message
    return found


def test_it_ends_well_and_says_what_remains(here):
    assert here.result.exit_code == 0, here.result.output
    assert "gone: all that was recorded of shop until" in here.result.stdout
    commands = app.topics_of(here.settings).commands
    assert f"{commands}: for ever" in here.result.stdout


def test_the_neighbour_is_untouched(here):
    assert mall(here) == here.before
    assert {count for _, count, *_ in here.before} == {2}
    (live,) = here.query(
        "select sum(g.count) from argus_live.error_groups g join argus.projects p on p.id = g.project_id "
        "where p.slug = 'mall' and g.title like 'Live%%'"
    )
    assert live[0] == 4 * here.rounds


def test_postgres_has_nothing_of_before_and_what_came_later(here):
    shop = """select g.title, g.count from argus_live.error_groups g join argus.projects p on p.id = g.project_id
      where p.slug = 'shop' order by 1"""
    found = here.query(shop)
    assert [title.partition(":")[0] for title, _ in found] == ["Live0", "Live1", "Live2", "Live3"]
    assert 0 < sum(count for _, count in found) < 4 * here.rounds
    told = all_text(here)
    own = [text for table in told.values() for (text,) in table if "shop" in text]
    assert own == []
    assert here.query("select from argus_live.healing_patterns") == []


def test_the_topics_of_snapshots_and_the_changelogs_have_nothing_of_before_once_they_are_compacted(here):
    topics = app.topics_of(here.settings)
    for topic in (topics.groups, topics.correlated, topics.scores, topics.patterns):
        for (_, key), message in last_of(here, topic).items():
            assert not (key.startswith(b"shop:") and NAME.encode() in (message.value() or b"")), (topic, key)
    for topic in (topics.changelog, topics.heal_changelog):
        for (_, key), message in last_of(here, topic).items():
            value = (logged(message) or (0, b""))[1]
            assert not (key.startswith((b"shop:", b"shop/")) and NAME.encode() in value), (topic, key)


def test_the_audit_closes(here):
    audited = here.argus("audit", "--json", "--wait", "60")
    assert audited.exit_code == 0, audited.output
    told = json.loads(audited.stdout)
    assert (told["missing"], told["double"], told["in_flight"]) == (0, 0, 0)
    assert any("shop was purged" in note for note in told["notes"])


@pytest.mark.long
def test_a_late_sighting_of_before_counts_nothing_and_is_accounted_for(here):
    topics = app.topics_of(here.settings)
    told = [SIGHTING.decode(message.value()) for message in everything(here, topics.normalized)]
    old = next(each for each in told if each.project == "shop" and NAME in (each.event.message or ""))
    before = here.groups()
    producer = PlacingProducer(here.settings.kafka())
    asyncio.run(producer.write([outgoing(topics.normalized, key_of("shop", old.fingerprint), old)] * 2))
    here.drained()
    assert here.groups() == before
    audited = here.argus("audit", "--json", "--wait", "60")
    assert audited.exit_code == 0, audited.output


def everything(here, topic):
    tps = asyncio.run(here.site.offsets.partitions([topic]))
    spans = asyncio.run(here.site.offsets.ends(list(tps)))
    return [message for batch in here.site.offsets.reader().read_whole(spans) for message in batch]


@pytest.mark.long
def test_a_generation_made_after_it_has_nothing_of_before(here):
    hour = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() - 7200))
    started = here.argus("replay", "start", "again", "--from", hour)
    assert started.exit_code == 0, started.output
    stop = here.crew("again")
    here.drained("again")
    compared = here.argus("replay", "compare", "again")
    assert compared.exit_code == 0, compared.output
    own = [text for table in all_text(here, "argus_again").values() for (text,) in table if "shop" in text]
    assert own == []
    audited = here.argus("audit", "--generation", "again", "--wait", "60")
    assert audited.exit_code == 0, audited.output
    stop()


@pytest.mark.long
def test_two_purges_at_once_and_one_of_nobody_do_no_harm(here):
    results = []
    both = [
        threading.Thread(target=lambda: results.append(purge_in_a_process(here, "shop"))),
        threading.Thread(target=lambda: results.append(purge_in_a_process(here, "nobody"))),
        threading.Thread(target=lambda: results.append(purge_in_a_process(here, "shop"))),
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert [code for code, _ in results] == [0, 0, 0], results
    assert mall(here) == here.before
    assert here.query("select from argus_live.error_groups g join argus.projects p on p.id = g.project_id "
                      "where p.slug = 'shop'") == []  # fmt: skip
    assert here.argus("audit", "--wait", "60").exit_code == 0


def purge_in_a_process(here, project):
    # A process of its own: click's runner takes standard output.
    with process("project", "purge", project, "--yes", "--wait", "280", **here.environment) as running:
        out, err = running.communicate(timeout=300)
        return running.returncode, out + err


def test_the_local_copies_have_nothing_of_it_once_the_worker_has_ended(here):
    here.stop()
    for folder in here.state.glob("*"):
        store = RocksStore(folder)
        try:
            for partition in range(2):
                found = [(key, value[8:]) for key, value in store.scan(partition, b"")]
                gone = {f"shop:{fingerprint}".encode() for fingerprint, *_ in here.before}
                assert not [key for key, value in found if value and key in gone]
                others = [value for key, value in found if not key.startswith((b"mall", PURGES))]
                assert not [value for value in others if NAME.encode() in value]
        finally:
            store.close()


@pytest.mark.parametrize("slug", ["Shop", "a b", "../x", "x" * 65])
def test_what_is_no_slug_is_refused_at_once(here, slug):
    assert here.argus("project", "purge", slug, "--yes").exit_code == 2


def test_nothing_is_ordered_while_the_database_is_away(here):
    topic = app.topics_of(here.settings).commands
    before = len(everything(here, topic))
    changed = {**here.environment, "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    result = argus("project", "purge", "mall", "--yes", **changed)
    assert result.exit_code == 1, result.output
    assert len(everything(here, topic)) == before
