"""The benchmarks of single stages run."""

import gzip
import json

import pytest
from programs import measured


def test_templates_are_held_against_labelled_lines(tmp_path):
    file = tmp_path / "lines.jsonl.gz"
    with gzip.open(file, "wt") as lines:
        for number in range(3):
            lines.write(json.dumps({"system": "shop", "message": f"order {number} failed", "event": "E1"}) + "\n")

    done = measured("parameterize", file)

    assert "shop         1.0000" in done.stdout
    assert done.returncode == 0


@pytest.mark.shared
def test_normalize_is_held_against_its_json():
    done = measured("normalize", "github", "--bodies", 20)

    assert [line.split()[0] for line in done.stdout.splitlines()][:3] == ["bodies", "github", "all,"]
    assert done.returncode == 0


@pytest.mark.shared
def test_a_sender_that_nobody_knows_is_a_wrong_command():
    assert measured("normalize", "gitlap").returncode == 2


@pytest.mark.shared
def test_group_is_held_against_the_decoding_of_its_sightings(kafka, postgres_url):
    arguments = ("--bodies", 20, "--sightings", 20, "--partitions", 2)

    done = measured("group", *arguments, KAFKA_BOOTSTRAP_SERVERS=kafka, DATABASE_URL=postgres_url)

    assert done.stdout.count("single,") == done.stdout.count("coalesced,") == 3
    assert "sightings per CPU second of 20;" in done.stdout


def test_store_is_held_against_a_bare_insert(postgres_url):
    done = measured("store", "--rows", 10, DATABASE_URL=postgres_url)

    assert done.stdout.count("hours,") == 18
    assert "table rows/s" in done.stdout
    assert done.returncode == 0
