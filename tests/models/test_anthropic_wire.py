"""What is read of the wire, case by case."""

import pytest
from anthropic import types as wire
from pydantic import BaseModel

from argus_streams.adapters import anthropic_wire
from argus_streams.core.analysis.asking import Usage
from argus_streams.ports import NoReply

NOW = 1_764_201_600.0  # 2025-11-27 00:00 UTC


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("17", 17), ("0.5", 0.5), ("0", 0), ("-3", 0), ("Thu, 27 Nov 2025 00:01:00 GMT", 60),
        ("Wed, 26 Nov 2025 00:00:00 GMT", 0), ("soon", None), ("", None), ("nan", None), ("inf", None),
        ("Thu, 99 Nov 2025 00:01:00 GMT", None),
    ],
)  # fmt: skip
def test_a_wait_is_told_in_seconds_or_as_a_date(told, seconds):
    assert anthropic_wire.retry_after({"retry-after": told}, NOW) == seconds


def test_no_wait_need_be_told():
    assert anthropic_wire.retry_after({}, NOW) is None


def test_tokens_of_both_caches_are_told_apart():
    split = wire.CacheCreation(ephemeral_5m_input_tokens=20, ephemeral_1h_input_tokens=300)
    told = wire.Usage(
        input_tokens=1,
        output_tokens=50_000,
        cache_creation=split,
        cache_creation_input_tokens=320,
        cache_read_input_tokens=4000,
    )
    assert anthropic_wire.usage(told) == Usage(
        input=1, cache_write_5m=20, cache_write_1h=300, cache_read=4000, output=50_000
    )


def test_tokens_of_a_cache_that_nobody_names_are_of_the_usual_one():
    told = wire.Usage(input_tokens=1, output_tokens=2, cache_creation_input_tokens=320)
    assert anthropic_wire.usage(told) == Usage(input=1, output=2, cache_write_5m=320)


def test_tokens_that_are_not_told_are_none():
    assert anthropic_wire.usage(wire.Usage.model_construct()) == Usage()


class Shape(BaseModel):
    """An answer."""


@pytest.mark.parametrize(
    "told", [{}, {"input_tokens": -5, "output_tokens": 1}, {"input_tokens": 1}, {"input_tokens": "1"}]
)
def test_an_answer_that_does_not_say_what_it_costs_may_cost_everything(told):
    came = wire.Message.model_construct(content=[], stop_reason="end_turn", usage=wire.Usage.model_construct(**told))
    with pytest.raises(NoReply) as raised:
        anthropic_wire.reply(came, Shape)
    assert raised.value.perhaps_billed


def test_a_negative_count_gives_nothing_back():
    told = wire.Usage.model_construct(input_tokens=1, output_tokens=2, cache_read_input_tokens=-(10**9))
    assert anthropic_wire.usage(told) == Usage(input=1, output=2)
