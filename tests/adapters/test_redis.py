"""What a place for answers does when it ends, is full, or is away."""

import asyncio
import logging

import pytest

from argus_streams.adapters.memory_models import MemoryAnswers
from argus_streams.adapters.redis import open_answers
from argus_streams.errors import Misconfigured
from argus_streams.ports import ANSWER_SECONDS


def used(url, does, away=lambda: None, *, patience=30.0, rest=0.0):
    async def once():
        async with open_answers(url, away, patience=patience, rest=rest) as answers:
            return await does(answers)

    return asyncio.run(once())


def test_an_answer_in_memory_ends_after_seven_days():
    now = [0.0]
    answers = MemoryAnswers(clock=lambda: now[0])

    async def later(seconds):
        now[0] = seconds
        return await answers.get(["a"])

    asyncio.run(answers.put({"a": b"1"}))
    assert asyncio.run(later(ANSWER_SECONDS - 1)) == {"a": b"1"}
    assert asyncio.run(later(ANSWER_SECONDS)) == {}


def test_the_oldest_answers_leave_a_memory_that_is_full():
    answers = MemoryAnswers(limit=2)

    async def fill():
        await answers.put({"a": b"1", "b": b"2"})
        await answers.put({"a": b"3"})
        await answers.put({"c": b"4"})
        return await answers.get(["a", "b", "c"])

    assert asyncio.run(fill()) == {"a": b"3", "c": b"4"}


def test_an_answer_in_redis_is_under_its_hash_for_seven_days(redis_server):
    used(redis_server.url, lambda answers: answers.put({"abc": b"1"}))
    with redis_server.client() as client:
        assert client.get("argus:llm:abc") == b"1"
        assert 0 <= ANSWER_SECONDS - client.ttl("argus:llm:abc") < 60


def test_a_redis_that_is_away_is_empty_and_said_once(redis_server, caplog):
    caplog.set_level(logging.WARNING)
    away = []

    async def ask(answers):
        for _ in range(3):
            await answers.put({"a": b"1"})
            assert await answers.get(["a"]) == {}

    redis_server.stop()
    used(redis_server.url, ask, lambda: away.append(1))
    assert len(away) == 6
    assert len([record for record in caplog.records if "Redis" in record.message]) == 1


def test_a_redis_that_failed_is_left_alone_for_a_while(redis_server):
    away = []

    async def ask(answers):
        for _ in range(50):
            await answers.get(["a"])

    redis_server.stop()
    used(redis_server.url, ask, lambda: away.append(1), rest=60)
    assert len(away) == 1


def test_a_redis_that_is_back_is_used_again(redis_server):
    async def ask(answers):
        await answers.put({"a": b"1"})
        redis_server.stop()
        before = await answers.get(["a"])
        redis_server.start()
        await answers.put({"a": b"2"})
        return before, await answers.get(["a"])

    assert used(redis_server.url, ask) == ({}, {"a": b"2"})


def test_a_redis_that_hangs_is_not_waited_for_and_mixes_no_answers_up(redis_server):
    async def ask(answers):
        await answers.put({"a": b"1", "b": b"2"})
        with redis_server.client() as client:
            sleeping = asyncio.create_task(asyncio.to_thread(client.execute_command, "DEBUG", "SLEEP", "4"))
            await asyncio.sleep(0.5)
            assert await answers.get(["a"]) == {}
            assert not sleeping.done()
            await sleeping
        return [await answers.get([each]) for each in ("b", "a", "b")]

    assert used(redis_server.url, ask, patience=1) == [{"b": b"2"}, {"a": b"1"}, {"b": b"2"}]


def test_a_redis_without_memory_left_keeps_nothing_and_stops_nobody(redis_server):
    with redis_server.client() as client:
        client.config_set("maxmemory", "1")
    away = []
    used(redis_server.url, lambda answers: answers.put({"a": b"1"}), lambda: away.append(1))
    assert len(away) == 1


def test_a_hundred_questions_at_once_are_answered(redis_server):
    async def ask(answers):
        await answers.put({str(n): str(n).encode() for n in range(100)})
        return await asyncio.gather(*(answers.get([str(n)]) for n in range(100)))

    assert used(redis_server.url, ask) == [{str(n): str(n).encode()} for n in range(100)]


@pytest.mark.parametrize("password", ["s3cr3t/pw", "1234/pw", "1234?pw", "1234#pw", "1234/p@w"])
def test_a_password_that_ends_the_host_is_refused_without_a_word_of_it(password):
    with pytest.raises(Misconfigured, match="REDIS_URL") as caught:
        used(f"redis://user:{password}@cache:6379/0", lambda answers: answers.get(["a"]))
    assert not any(part in str(caught.value) for part in ("s3cr3t", "1234", "pw"))


def test_an_address_that_is_none_is_named_without_its_password():
    with pytest.raises(Misconfigured, match="REDIS_URL") as caught:
        used("http://user:very-secret@cache", lambda answers: answers.get(["a"]))
    assert "very-secret" not in str(caught.value)
