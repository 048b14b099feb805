"""Many questions at leisure, and the list of models: what Anthropic itself has and its clouds have not."""

import datetime as dt

import pytest
from model_clients import Cause, question
from stub_models import Behaviour
from stub_wire import model_info

from argus_streams.core.analysis.asking import Offered
from argus_streams.ports import NoReply

QUESTIONS = {f"v1:group/{n}": question(user=f"group {n} broke") for n in range(4)}


async def submitted_and_collected(model):
    batch = await model.submit(QUESTIONS)
    found = [await model.collect(batch, QUESTIONS) for _ in range(2)]
    return batch, found


def test_a_batch_is_not_done_until_it_has_ended(use):
    _, (before, after) = use("anthropic", submitted_and_collected)
    assert before is None
    assert after.keys() == QUESTIONS.keys()


def test_results_find_their_questions_whatever_their_order(use, stub):
    stub.next("batches", *(Behaviour(answer={"title": f"group {n}", "files": [], "sure": True}) for n in range(4)))
    _, (_, found) = use("anthropic", submitted_and_collected)
    assert {name: reply.answer for name, reply in found.items()} == {
        f"v1:group/{n}": Cause(title=f"group {n}", files=[], sure=True) for n in range(4)
    }


def test_each_item_of_a_batch_ends_for_itself(use, stub):
    stub.next(
        "batches",
        Behaviour("truncate", output_tokens=9),
        Behaviour(result="errored", status=400),
        Behaviour(result="canceled"),
        Behaviour(result="expired"),
    )
    _, (_, found) = use("anthropic", submitted_and_collected)
    truncated, *others = found.values()
    assert (truncated.ending, truncated.usage.output) == ("truncated", 9)
    assert [(type(each), each.trouble) for each in others] == [
        (NoReply, "refused_request"), (NoReply, "refused_request"), (NoReply, "overloaded")
    ]  # fmt: skip


def test_a_question_that_the_batch_does_not_tell_of_has_no_reply_and_may_have_been_billed(use):
    async def collect_more(model):
        batch = await model.submit(QUESTIONS)
        await model.collect(batch, QUESTIONS)
        return await model.collect(batch, {**QUESTIONS, "another": question()})

    assert use("anthropic", collect_more)["another"].perhaps_billed


def test_a_batch_that_is_unknown_has_no_reply(use):
    with pytest.raises(NoReply, match="404"):
        use("anthropic", lambda model: model.collect("msgbatch_0", QUESTIONS))


@pytest.mark.parametrize("cloud", ["bedrock", "vertex", "foundry"])
def test_a_cloud_takes_no_batches(use, cloud):
    for ask in (lambda model: model.submit(QUESTIONS), lambda model: model.collect("a batch", QUESTIONS)):
        with pytest.raises(NoReply) as caught:
            use(cloud, ask)
        assert caught.value.trouble == "refused_request"


def test_all_pages_of_models_are_read(use, stub):
    retires = dt.datetime(2026, 12, 31, tzinfo=dt.UTC)
    entries = [model_info(f"model-{n}") for n in range(5)]
    entries.append(
        model_info("old", retires_at=retires.isoformat(), max_input_tokens=8000, max_tokens=4000, structured=False)
    )
    stub.models = {each["id"]: each for each in entries}
    found = use("anthropic", lambda model: model.offers())
    assert [each.model for each in found] == ["model-0", "model-1", "model-2", "model-3", "model-4", "old"]
    assert found[0] == Offered(model="model-0", max_input_tokens=200_000, max_tokens=64_000, structured=True)
    assert found[-1] == Offered(
        model="old",
        retires_at=int(retires.timestamp() * 1000),
        max_input_tokens=8000,
        max_tokens=4000,
        structured=False,
    )


def test_a_provider_says_no_more_than_it_does(use, stub):
    stub.models = {"bare": model_info("bare") | {"capabilities": None, "max_tokens": None, "max_input_tokens": None}}
    assert use("anthropic", lambda model: model.offers()) == [Offered(model="bare")]


def test_models_that_can_not_be_listed_are_a_trouble(use, stub):
    stub.next("models", Behaviour("status", status=503))
    with pytest.raises(NoReply, match="server_error"):
        use("anthropic", lambda model: model.offers())


@pytest.mark.parametrize("cloud", ["bedrock", "vertex", "foundry"])
def test_a_cloud_does_not_tell_its_models(use, cloud):
    assert use(cloud, lambda model: model.offers()) is None
