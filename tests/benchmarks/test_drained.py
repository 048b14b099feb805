"""The benchmark of the whole pipeline runs, and finds everything stored."""

import re

import pytest
from programs import measured


@pytest.mark.shared
def test_a_backlog_is_drained_and_accounted_for(kafka, postgres_url):
    arguments = ("--bodies", 100, "--partitions", 2, "--senders", "github", "sentry", "--profile", "store")

    done = measured("drained", *arguments, KAFKA_BOOTSTRAP_SERVERS=kafka, DATABASE_URL=postgres_url)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "ledger: bodies 100, " in done.stdout
    assert re.search(r"^normalize +[\d.]+ +[\d,]+ +100 ", done.stdout, re.MULTILINE)
    assert "store, by tottime" in done.stdout
