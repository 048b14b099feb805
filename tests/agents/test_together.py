import asyncio

from records import Record, piece

from argus_streams.agents.together import Together
from argus_streams.streaming.agent import Effects


class Noting:
    """Tells the topics that it was given, or that it was given none."""

    def __init__(self, name):
        self.name = name

    async def turn(self, slices, _state):
        return Effects([(self.name, each.topic) for each in slices] or [(self.name, None)])


def turn(*topics):
    one, other = Noting("one"), Noting("other")
    together = Together("both", {one: ["a", "b"], other: ["c"]})
    return list(asyncio.run(together.turn([piece(Record(), topic=topic) for topic in topics], None)).records)


def test_each_agent_gets_the_slices_of_its_topics():
    assert turn("c", "a", "b", "a") == [("one", "a"), ("one", "b"), ("one", "a"), ("other", "c")]


def test_an_agent_without_slices_is_left_alone_while_the_other_has_some():
    assert turn("c") == [("other", "c")]


def test_without_any_slices_all_do_what_is_due():
    assert turn() == [("one", None), ("other", None)]
