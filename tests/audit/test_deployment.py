"""``argus audit`` over a real Kafka and Postgres: a world of real samples, and the same with damage at each stage."""

import json
from random import Random

import pytest
from damages import DAMAGES
from deployments import Deployment
from worlds import TOPICS, World, own, rubbish, sample_bodies

every_damage = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)


def lived(deployment):
    """Of some samples; a fifth of them was worked on twice."""
    ids = deployment.ids()
    world = World(topic_id=ids.__getitem__)
    world.publish([*sample_bodies()[::4], rubbish(), own({"message": "a"}, 7, {"message": "b"})])
    for partition in range(2):
        end = world.end(TOPICS.incoming, partition)
        world.normalize(partition, 0, end // 2, commit=False)
        world.normalize(partition, end // 4, end // 3)
    return world.drain()


@pytest.fixture
def deployment(kafka, migrated_url):
    return Deployment.made(kafka, migrated_url)


def audited(deployment, *arguments):
    done = deployment.argus("audit", "--json", *arguments)
    assert done.stdout, done.stderr
    return done.exit_code, json.loads(done.stdout)


@pytest.mark.kafka
@pytest.mark.postgres
def test_what_nobody_damaged_is_clean_and_its_sums_close(deployment):
    world = lived(deployment)
    code, told = audited(deployment.fill(world))
    assert (code, told["findings"], told["notes"]) == (0, [], [])
    assert told["bodies"] == told["normalised"] + told["ignored"] + told["dead"] > 20
    assert told["events"] == told["counted"] + told["closed"] + told["duplicate"] > 20
    assert (told["missing"], told["double"], told["in_flight"], told["expired"]) == (0, 0, 0, 0)
    for name in ("bodies", "events", "counted", "dead"):
        assert sum(each[name] for each in told["projects"].values()) == told[name]


@pytest.mark.kafka
@pytest.mark.postgres
def test_spans_waiting_and_what_a_person_sees(deployment):
    world = lived(deployment)
    deployment.fill(world)
    assert deployment.argus("topics", "check").exit_code == 0
    place = f"{deployment.named(TOPICS.incoming)}:1:2-5"
    code, told = audited(deployment, "--offsets", place, "--wait", "60")
    assert (code, told["bodies"], told["findings"]) == (0, 3, [])
    code, told = audited(deployment, "--from", "1h")
    assert (code, told["bodies"], told["findings"]) == (0, len(sample_bodies()[::4]) + 2, [])
    assert audited(deployment, "--to", "1h")[1]["bodies"] == 0
    seen = deployment.argus("audit")
    assert seen.exit_code == 0
    assert "Every body and every event is accounted for." in seen.stdout
    assert "shop-1" in seen.stdout
    assert "reading the ledger" in seen.stderr
    strange = deployment.argus("audit", "--offsets", "elsewhere:0:0-5")
    assert strange.exit_code == 1
    assert deployment.named(TOPICS.incoming) in strange.stderr


@pytest.mark.kafka
@pytest.mark.postgres
def test_what_was_never_committed_is_neither_a_body_nor_in_flight(deployment):
    world = lived(deployment)
    deployment.fill(world)
    deployment.abort(TOPICS.incoming, 0)
    code, told = audited(deployment)
    assert (code, told["findings"], told["in_flight"]) == (0, [], 0)
    assert told["bodies"] == len(sample_bodies()[::4]) + 2


@pytest.mark.kafka
@pytest.mark.postgres
@every_damage
def test_damage_at_a_stage_is_found_there(damage, deployment):
    world = lived(deployment)
    expected = damage(world, Random(7).choice)  # noqa: S311 - a choice that can be repeated
    code, told = audited(deployment.fill(world))
    found = {(e["stage"], e["what"], e["partition"], e["offset"], e["index"]) for e in told["findings"]}
    assert found == expected
    assert code == 1
    assert {each["topic"].startswith(deployment.prefix) for each in told["findings"]} == {True}
