"""The benchmarks of the engine run; peers need an environment of their own, and are measured by `make bench` alone."""

import pytest
from programs import measured


def test_our_engine_is_held_against_a_bare_loop(kafka):
    arguments = ("--events", 700, "--partitions", 2, "--rounds", 1, "--no-storm")
    only = ("--only", "ours, RocksDB", "bare loop, changelog")

    done = measured("engine", *arguments, *only, KAFKA_BOOTSTRAP_SERVERS=kafka)

    assert "ours, RocksDB" in done.stdout
    assert "bare loop, changelog" in done.stdout


@pytest.mark.shared
def test_groups_are_counted_and_restored(kafka, postgres_url):
    arguments = ("--groups", 200, "--partitions", 2, "--restores", "empty")

    done = measured("million", *arguments, KAFKA_BOOTSTRAP_SERVERS=kafka, DATABASE_URL=postgres_url)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "counting 200 new groups" in done.stdout
    assert "restart on an empty folder" in done.stdout
