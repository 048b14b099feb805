"""What a worker finds out before it works."""

import asyncio

import pytest

from argus_streams.errors import Misconfigured
from argus_streams.streaming.beginning import Beginning
from argus_streams.streaming.health import Health


class Told:
    """A broker's answers about its topics, the last one for ever."""

    def __init__(self, *answers):
        self._answers = list(answers)

    async def topics(self, _names):
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def ids(*answers):
    beginning = Beginning(Told(*answers), Health("counting"), [])
    return asyncio.run(beginning.topic_ids(["in", "out"], None, asyncio.Event()))


def test_a_topic_that_was_just_made_may_be_told_of_a_moment_later():
    assert ids({"in": ("a", 1)}, {"in": ("a", 1), "out": ("b", 1)}) == {"in": "a", "out": "b"}


def test_a_topic_that_nobody_made_refuses_the_start():
    with pytest.raises(Misconfigured, match="has no topic out"):
        ids({"in": ("a", 1)})
