"""The benchmark of the whole pipeline runs, and finds everything stored."""

import re

import pytest
from programs import measured


@pytest.mark.shared
def test_a_backlog_is_drained_and_accounted_for(kafka, postgres_url):
    # one partition: one of the two NORMALIZE workers has nothing to do
    arguments = ("--bodies", 100, "--partitions", 1, "--senders", "github", "sentry", "--profile", "store")

    done = measured("drained", *arguments, KAFKA_BOOTSTRAP_SERVERS=kafka, DATABASE_URL=postgres_url)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "ledger: bodies 100, " in done.stdout
    taken = re.findall(r"^normalize(?:-2)? +[\d.]+ +[\d,]+ +(\d+) ", done.stdout, re.MULTILINE)
    assert sum(map(int, taken)) == 100
    assert "store, by tottime" in done.stdout


def test_what_is_measured_twice_needs_an_empty_database_each_time():
    done = measured("drained", "--hanging", DATABASE_URL="postgresql://argus@127.0.0.1:1/argus")
    assert done.returncode == 2
    assert "--hanging" in done.stderr
