"""Faults that are planted into a real Postgres: the doctor names each, alone, and what it says mends it."""

import asyncio
import shutil
from urllib.parse import urlsplit

import pytest
from databases import database_on
from sites import NOWHERE, Patient, Site, unknown, wrong

from argus_streams.adapters.clock import now
from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.migrations import migrate

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

UNASKED = ("migrations", "generations", "partitions", "privileges", "row security", "connections", "letters")
DAY = "to_char((now() at time zone 'UTC')::date + 1, 'YYYYMMDD')"
LETTER = """
insert into argus_live.dead_letters values
  ('normalize', 'id', 0, {offset}, 0, 'shop', 'sentry', '{reason}', 'KeyError', 10, now() - interval '{ago}')
"""


@pytest.fixture(scope="module")
def topics_alone(kafka):
    return Site.made(kafka, "postgresql://nobody@nowhere/none")


@pytest.fixture
def patient(topics_alone, migrated_url):
    return Patient(topics_alone.beside(DATABASE_URL=migrated_url))


def test_a_postgres_that_is_away_hides_nothing_but_itself(patient):
    away = patient.site.beside(DATABASE_URL=f"postgresql://argus:hunter2@{NOWHERE}/argus")
    found = patient.has(*wrong("postgres"), *unknown(*UNASKED), of=away)
    assert "Connection refused" in found["postgres"].what
    assert "hunter2" not in str(found)


def test_a_login_that_is_refused_is_told_as_a_setting(patient):
    url = urlsplit(patient.site.environment["DATABASE_URL"])
    other = patient.site.beside(DATABASE_URL=url._replace(path="/nothing").geturl())
    found = patient.has(*wrong("postgres"), *unknown(*UNASKED), of=other)
    assert found["postgres"].mend == "correct DATABASE_URL"


def test_a_migration_that_is_missing_is_applied_by_what_the_doctor_says(patient, postgres_server, tmp_path):
    files = sorted(data_folder("migrations").glob("*.sql"))
    for file in files[:-1]:
        shutil.copy(file, tmp_path)
    with database_on(postgres_server) as url:
        asyncio.run(migrate(url, tmp_path))
        behind = patient.site.beside(DATABASE_URL=url)
        found = patient.has(*wrong("migrations"), of=behind)
        assert files[-1].stem.split("_")[0] in found["migrations"].what
        mended(behind, found["migrations"])
        patient.recovers(of=behind)


def test_an_empty_database_is_mended_by_what_the_doctor_says(patient, postgres_url):
    empty = patient.site.beside(DATABASE_URL=postgres_url)
    found = patient.has(
        *wrong("migrations"), *unknown("generations", "partitions", "privileges", "row security", "letters"), of=empty
    )
    mended(empty, found["migrations"])
    patient.recovers(of=empty)


def test_a_schema_of_a_newer_version_is_told_and_migrations_of_others_are_not(patient):
    recorded = "insert into supabase_migrations.schema_migrations (version, name, statements) values "
    patient.site.sql(recorded + "('20990101000000', 'theirs', array['create table shop.orders ()'])")
    patient.recovers()
    patient.site.sql(recorded + "('20990102000000', 'ours', array['alter table argus.projects add colour text'])")
    found = patient.has(*wrong("migrations"))
    assert found["migrations"].subjects == ("20990102000000",)
    assert "newer" in found["migrations"].mend


def test_days_without_a_partition_are_made_by_what_the_doctor_says(patient):
    patient.site.sql(f"do $$ begin execute 'drop table argus_live.production_events_' || {DAY}; end $$")
    found = patient.has(*wrong("partitions"))
    mended(patient.site, found["partitions"])
    patient.recovers()


def test_privileges_that_are_missing_are_given_by_what_the_doctor_says(patient):
    user = f"reader_{urlsplit(patient.site.environment['DATABASE_URL']).path[-8:]}"
    patient.site.sql(
        f"create role {user} login password 'hunter2' bypassrls; grant usage on schema argus_live to {user}"
    )
    try:
        patient.site.sql(
            f"grant usage on schema argus to {user}; grant select on all tables in schema argus, argus_live to {user};"
            f"grant usage on schema supabase_migrations to {user}; "
            f"grant select on supabase_migrations.schema_migrations to {user}; "
            f"grant insert, update, delete on all tables in schema argus to {user}"
        )
        netloc = f"{user}:hunter2@{urlsplit(patient.site.environment['DATABASE_URL']).netloc.rpartition('@')[2]}"
        url = urlsplit(patient.site.environment["DATABASE_URL"])._replace(netloc=netloc).geturl()
        reader = patient.site.beside(DATABASE_URL=url)
        told = reader.ailments()["privileges", "wrong"]
        assert {each.what.split()[2] for each in told} == {"INSERT", "UPDATE", "DELETE"}
        patient.has(*wrong("privileges"), of=reader)
        for each in told:
            patient.site.sql(each.mend.partition(";")[0])
        patient.has(("privileges", "warning"), of=reader)  # it owns no table, and can make no partitions
    finally:
        patient.site.sql(f"drop owned by {user}; drop role {user}")


def test_a_table_without_row_security_gets_it_by_what_the_doctor_says(patient):
    patient.site.sql("alter table argus_live.incidents disable row level security")
    found = patient.has(*wrong("row security"))
    patient.site.sql(found["row security"].mend)
    patient.recovers()


def test_without_a_live_generation_the_command_that_makes_one_live_is_told(patient):
    patient.site.sql("update argus.generations set status = 'retired'")
    found = patient.has(*wrong("generations"))
    mended(patient.site, found["generations"])
    patient.recovers()


def test_a_generation_that_nobody_began_is_told(patient):
    other = patient.site.beside(ARGUS_GENERATION="next")
    found = other.ailments()
    assert "argus replay start next" in found["generations", "wrong"][0].mend
    assert ("topics", "wrong") in found  # its own are not there either


def test_letters_with_the_reason_bug_are_wrong_and_others_a_warning(patient):
    patient.site.sql(LETTER.format(offset=1, reason="bug", ago="2 days"))
    patient.recovers()
    patient.site.sql(LETTER.format(offset=2, reason="not JSON", ago="2 hours"))
    assert "not JSON 1" in patient.has(("letters", "warning"))["letters"].what
    patient.site.sql(LETTER.format(offset=3, reason="bug", ago="2 hours"))
    assert "argus dlq list --reason bug" in patient.site.ailments()["letters", "wrong"][0].mend


@pytest.mark.parametrize(("off", "way"), [(-60_000, "60.0 s ahead of"), (60_000, "60.0 s behind")])
def test_a_clock_that_is_off_is_told_by_postgres(patient, off, way):
    found = patient.has(*wrong("clock"), clock=lambda: now() + off)
    assert way[-8:] in found["clock"].what
    assert "NTP" in found["clock"].mend


def mended(site, finding):
    """Run what the finding says."""
    program, *arguments = finding.mend.split()
    assert program == "argus"
    done = site.argus(*arguments)
    assert done.exit_code == 0, done.output
