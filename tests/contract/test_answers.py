"""What every place for answers promises, in memory and in Redis."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from argus_streams.adapters.memory_models import MemoryAnswers
from argus_streams.adapters.redis import open_answers


@asynccontextmanager
async def in_memory():
    yield MemoryAnswers()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def opened(request):
    """Opens the place; a second time, what was put is there."""
    if request.param == "redis":
        url = request.getfixturevalue("redis_server").url
        return lambda: open_answers(url, lambda: pytest.fail("Redis is away"), patience=30)
    answers = MemoryAnswers()

    @asynccontextmanager
    async def same():
        yield answers

    return same


def put_and_get(opened, puts, hashes):
    """Open, put these one after the other, and get."""

    async def once():
        async with opened() as answers:
            for each in puts:
                await answers.put(each)
        async with opened() as answers:
            return await answers.get(hashes)

    return asyncio.run(once())


def test_nothing_is_known_before_it_was_put(opened):
    assert put_and_get(opened, [], ["a"]) == {}


def test_what_was_put_is_known_and_nothing_else(opened):
    assert put_and_get(opened, [{"a": b"1", "b": b"2", "c": b"3"}], ["a", "c", "d"]) == {"a": b"1", "c": b"3"}


def test_an_answer_may_be_any_bytes(opened):
    answers = {"all": bytes(range(256)), "none": b"", "large": b"x" * 2_000_000}
    assert put_and_get(opened, [answers], answers.keys()) == answers


def test_the_last_answer_to_a_question_is_known(opened):
    assert put_and_get(opened, [{"a": b"1"}, {"a": b"2"}], {"a"}) == {"a": b"2"}


def test_nothing_asked_is_nothing_known(opened):
    assert put_and_get(opened, [{"a": b"1"}, {}], []) == {}


def test_many_are_put_and_known_at_once(opened):
    answers = {f"{n:064x}": str(n).encode() for n in range(500)}
    assert put_and_get(opened, [answers], list(answers)) == answers
