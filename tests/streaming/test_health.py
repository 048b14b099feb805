"""A probe learns that a worker lives, whether it is ready, and if not, why."""

import asyncio

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry, Counter

from argus_streams.streaming.health import Health
from argus_streams.streaming.probes import HealthServer


def a_ready_worker(**fields):
    return Health("correlate", **({"joined": True, "rebalancing": False, "partitions": 8} | fields))


def probe(health, path):
    async def ask():
        server = HealthServer(health, CollectorRegistry(), host="127.0.0.1", port=0)
        port = await server.start()
        try:
            async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.status, await answer.json()
        finally:
            await server.stop()

    return asyncio.run(ask())


def test_a_worker_that_was_just_started_lives_and_is_not_ready():
    health = Health("correlate")
    assert probe(health, "/livez") == (200, {"role": "correlate", "alive": True})
    status, body = probe(health, "/readyz")
    assert (status, body["ready"]) == (503, False)
    assert body["obstacles"] == ["not yet a member of its consumer group", "rebalancing"]


def test_a_ready_worker_says_what_it_has_done():
    status, body = probe(a_ready_worker(turns=3, records=50), "/readyz")
    assert status == 200
    expected = {"role": "correlate", "ready": True, "obstacles": [], "partitions": 8, "turns": 3, "records": 50}
    assert expected.items() <= body.items()


def test_a_member_without_partitions_is_ready():
    assert probe(a_ready_worker(partitions=0), "/readyz")[0] == 200


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"joined": False}, "not yet a member of its consumer group"),
        ({"rebalancing": True}, "rebalancing"),
        ({"recovering": True}, "recovering state"),
        ({"away": "Postgres"}, "away: Postgres"),
        ({"waits": {"outside": "the database is down"}}, "holding: the database is down"),
        ({"waits": {"outside": "the database is down"}, "away": "Postgres"}, "holding: the database is down"),
        ({"waits": {"unreadable": "in/0 at offset 3"}}, "unreadable: in/0 at offset 3"),
    ],
)
def test_each_obstacle_is_named_and_none_takes_the_life(fields, why):
    health = a_ready_worker(**fields)
    status, body = probe(health, "/readyz")
    assert (status, body["obstacles"]) == (503, [why])
    assert probe(health, "/livez")[0] == 200


def test_a_stopped_server_frees_its_port():
    async def twice():
        first = HealthServer(Health("a"), CollectorRegistry(), host="127.0.0.1", port=0)
        port = await first.start()
        await first.stop()
        second = HealthServer(Health("b"), CollectorRegistry(), host="127.0.0.1", port=port)
        assert await second.start() == port
        await second.stop()

    asyncio.run(twice())


def test_what_was_counted_is_shown_in_prometheus_format():
    registry = CollectorRegistry()
    Counter("argus_bodies_looked_at", "Bodies.", ("source",), registry=registry).labels("sentry").inc()

    async def ask():
        server = HealthServer(Health("normalize"), registry, host="127.0.0.1", port=0)
        port = await server.start()
        try:
            async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                return answer.status, answer.content_type, await answer.text()
        finally:
            await server.stop()

    status, content_type, text = asyncio.run(ask())
    assert (status, content_type) == (200, "text/plain")
    assert 'argus_bodies_looked_at_total{source="sentry"} 1.0' in text.splitlines()


def test_each_hold_is_counted_once_with_its_cause_and_its_time():
    health = a_ready_worker()
    health.hold("outside", "the database is down")
    health.hold("outside", "the database is still down")
    assert health.holding == "the database is still down"
    health.hold("broker", "Kafka is away")
    health.go_on("outside", "broker", "setting")
    health.hold("broker", "Kafka is away again")
    assert (health.holds["outside"], health.holds["broker"], health.holds["setting"]) == (1, 2, 0)
    held = health.held()
    assert held["outside"] > 0
    assert held["setting"] == 0
    assert health.held()["broker"] > held["broker"]  # it still does
    assert health.held()["outside"] == held["outside"]
