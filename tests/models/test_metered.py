"""A metered model answers as the other does, and its bill is the stub's."""

import asyncio

import pytest
from model_clients import MADE, question
from stub_models import Behaviour

from argus_streams.adapters.anthropic import ClaudeModel
from argus_streams.adapters.memory_models import MemoryAnswers, MemoryModelMeter
from argus_streams.adapters.metered import MeteredAnswers, MeteredModel
from argus_streams.adapters.models import load_prices
from argus_streams.ports import NoReply

PRICES = load_prices(None)
(MODEL,) = [model for provider, model in PRICES.models if provider == "anthropic" and "haiku" in model]
AT = ("anthropic", MODEL)


@pytest.fixture
def metered(stub):
    """Runs what a test does with a metered model, and gives what was measured."""
    meter = MemoryModelMeter()

    def run(does):
        async def once():
            async with MADE["anthropic"](stub.url) as client:
                return await does(MeteredModel(ClaudeModel("anthropic", client), meter, PRICES))

        return asyncio.run(once()), meter

    return run


def test_what_is_billed_is_counted_however_a_call_ends(metered, stub):
    stub.next("anthropic", Behaviour(), Behaviour("truncate"), Behaviour("invalid_json"), Behaviour("refuse"))

    async def ask_four(model):
        return [await model.ask(question(model=MODEL)) for _ in range(4)]

    replies, meter = metered(ask_four)
    assert meter.calls == {(*AT, reply.ending): n for reply, n in zip(replies, (1, 1, 1, 1), strict=True)}
    assert meter.tokens[*AT, "input"] == stub.billed[AT]["input_tokens"]
    assert meter.tokens[*AT, "output"] == stub.billed[AT]["output_tokens"]
    rates = PRICES.of(*AT).rates
    exact = (meter.tokens[*AT, "input"] * rates.input + meter.tokens[*AT, "output"] * rates.output) / 1_000_000
    assert exact <= meter.cost[AT] <= exact + 4
    assert len(meter.times[AT]) == 4


def test_a_call_in_vain_is_counted_by_its_trouble(metered, stub):
    stub.next("anthropic", Behaviour("status", status=529))

    async def ask(model):
        with pytest.raises(NoReply):
            await model.ask(question(model=MODEL))

    _, meter = metered(ask)
    assert meter.calls == {(*AT, "overloaded"): 1}
    assert not meter.cost


def test_a_batch_is_counted_once_it_is_done_at_its_price(metered, stub):
    stub.next("batches", Behaviour(), Behaviour(result="expired"))
    questions = {name: question(model=MODEL) for name in ("one", "other")}

    async def ask(model):
        batch = await model.submit(questions)
        return [await model.collect(batch, questions) for _ in range(2)]

    (before, _), meter = metered(ask)
    assert before is None
    assert meter.calls == {(*AT, "whole"): 1, (*AT, "overloaded"): 1}
    rates, told = PRICES.of(*AT).rates, stub.billed["batches", MODEL]
    whole = (told["input_tokens"] * rates.input + told["output_tokens"] * rates.output) / 1_000_000
    assert meter.cost[AT] == pytest.approx(whole / 2, abs=1)


def test_models_are_listed_as_the_other_lists_them(metered):
    assert metered(lambda model: model.offers())[0] == []


def test_answers_of_before_are_counted():
    meter = MemoryModelMeter()
    answers = MeteredAnswers(MemoryAnswers(), meter)

    async def use():
        await answers.put({"a": b"1"})
        return await answers.get(["a", "b", "c"])

    assert asyncio.run(use()) == {"a": b"1"}
    assert meter.answers == {"known": 1, "unknown": 2}
