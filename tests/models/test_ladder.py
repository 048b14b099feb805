"""Each step of a ladder of models, from provider to provider, against a server that speaks all their wire formats."""

import asyncio

import pytest
from model_clients import MADE, question
from stub_models import PROVIDERS, Behaviour

from argus_streams.adapters.anthropic import ClaudeModel
from argus_streams.adapters.memory_models import MemoryModelMeter
from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.agents.model_fitness import ModelFitness
from argus_streams.core.analysis.breaker import Policy
from argus_streams.core.analysis.chain import GiveUp, Next, Try, following
from argus_streams.core.analysis.registry import Rung
from argus_streams.ports import NoReply

SOON = 0.3  # seconds, for a provider that will not answer
TROUBLES = {
    "429": Behaviour("status", status=429, retry_after="30"),
    "529": Behaviour("status", status=529),
    "500": Behaviour("status", status=500),
    "401": Behaviour("status", status=401),
    "404": Behaviour("status", status=404),
    "400": Behaviour("status", status=400),
    "hang": Behaviour("hang"),
    "drip": Behaviour("drip"),
    "cut": Behaviour("cut"),
    "html": Behaviour("html"),
}
REGISTRY = load_registry(None, load_prices(None))


def ladder(*, vain=()):
    """All providers, one after the other; those in ``vain`` are given up soon."""
    return tuple(
        Rung(
            provider=provider,
            model="a-model",
            tier="small",
            max_input_bytes=8000,
            max_tokens=500,
            timeout=SOON if provider in vain else 30.0,
        )
        for provider in PROVIDERS
    )


class Climb:
    """Asks as ANALYZE does: down the ladder until somebody answers."""

    def __init__(self, stub):
        self._stub = stub
        self.now = 0
        self.asked = []  # a call that is given up soon need not have reached the server

    def questions(self, number, rungs=None):
        """How so many questions ended, one after the other."""
        return asyncio.run(self._all(number, rungs or ladder()))

    async def _all(self, number, rungs):
        clients = {provider: MADE[provider](self._stub.url_of(provider)) for provider in PROVIDERS}
        models = {provider: ClaudeModel(provider, client) for provider, client in clients.items()}
        policy = Policy(in_a_row=2, pause=1000)
        self.fit = ModelFitness(REGISTRY, models, MemoryModelMeter(), clock=lambda: self.now, policy=policy)
        try:
            return [await self._one(models, rungs, each) for each in range(number)]
        finally:
            for client in clients.values():
                await client.close()

    async def _one(self, models, rungs, number):
        tries = []
        while isinstance(step := following(rungs, tries, self.fit.resting(self.now)), Next):
            rung, call = step.rung, (number, len(tries))
            assert self.fit.begin(rung.provider, self.now, call)
            self.asked.append(rung.provider)
            try:
                outcome = await models[rung.provider].ask(question(model=rung.model, timeout=rung.timeout))
                ended = outcome.ending
            except NoReply as error:
                outcome, ended = error, error.trouble
            self.fit.ended(rung.provider, outcome, self.now, call)
            if ended == "whole":
                return rung.provider
            tries.append(Try(rung, ended))
        return step


@pytest.fixture
def climb(stub):
    return Climb(stub)


@pytest.mark.parametrize("failing", range(1, 4))
@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_first_provider_without_trouble_answers(climb, stub, trouble, failing):
    for provider in PROVIDERS[:failing]:
        stub.next(provider, TROUBLES[trouble])
    vain = PROVIDERS[:failing] if trouble in {"hang", "drip"} else ()
    assert climb.questions(1, ladder(vain=vain)) == [PROVIDERS[failing]]
    assert climb.asked == list(PROVIDERS[: failing + 1])


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [("529", "models_away"), ("hang", "models_away"), ("401", "models_refuse"), ("404", "models_refuse")],
)
def test_rules_answer_when_every_provider_is_in_trouble(climb, stub, trouble, reason):
    stub.usual = TROUBLES[trouble]
    vain = PROVIDERS if trouble == "hang" else ()
    assert climb.questions(1, ladder(vain=vain)) == [GiveUp(reason)]
    assert climb.asked == list(PROVIDERS)


@pytest.mark.parametrize(("kind", "reason"), [("truncate", "truncated"), ("refuse", "refused")])
def test_rules_answer_after_an_answer_that_would_end_so_again(climb, stub, kind, reason):
    stub.usual = Behaviour(kind)
    assert climb.questions(1) == [GiveUp(reason)]
    assert climb.asked == ["anthropic"]


@pytest.mark.parametrize("kind", ["invalid_json", "mismatch"])
def test_an_answer_that_does_not_fit_twice_leaves_it_to_rules(climb, stub, kind):
    stub.next("anthropic", Behaviour(kind), Behaviour(), Behaviour(kind), Behaviour(kind))
    assert climb.questions(2) == ["anthropic", GiveUp("invalid")]
    assert climb.asked == ["anthropic"] * 4


def test_a_provider_that_keeps_failing_is_asked_no_more_until_its_pause_is_over(climb, stub):
    stub.next("anthropic", TROUBLES["529"], TROUBLES["529"])
    assert climb.questions(5) == ["bedrock"] * 5
    assert climb.asked.count("anthropic") == 2
    assert climb.fit.resting(999) == {"anthropic"}
    assert climb.fit.resting(1000) == set()


def test_a_refused_question_never_makes_a_provider_rest(climb, stub):
    stub.next("anthropic", *[TROUBLES["400"]] * 5)
    assert climb.questions(6) == ["bedrock"] * 5 + ["anthropic"]
