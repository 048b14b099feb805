"""Which models and providers may be asked, as providers tell of the ones and calls to the others end."""

import asyncio
import logging
from contextlib import suppress

import pytest

from argus_streams.adapters.memory_models import MemoryModelMeter
from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.agents.model_fitness import ModelFitness
from argus_streams.core.analysis.asking import Offered, Reply, Usage
from argus_streams.core.analysis.breaker import Policy
from argus_streams.core.analysis.registry import Place
from argus_streams.ports import NoReply

DAY = 86_400_000
WHOLE = Reply(ending="whole", usage=Usage())
REGISTRY = load_registry(None, load_prices(None))
PLACES = [place for tier in REGISTRY.tiers.values() for place in tier.ladder]
AT_ANTHROPIC = {place for place in PLACES if place.provider == "anthropic"}


def place(model, provider="anthropic"):
    return Place(provider=provider, model=model)


class Provider:
    """Offers what a test says: models, ``None``, or an error."""

    def __init__(self, name, offered):
        self.name = name
        self.offered = offered
        self.asked = 0

    async def offers(self):
        self.asked += 1
        if isinstance(self.offered, Exception):
            raise self.offered
        return self.offered


class Watched:
    """A fitness over such providers, at a time that the test sets."""

    def __init__(self, **offered):
        self.now = 1000 * DAY
        self.meter = MemoryModelMeter()
        self.providers = {name: Provider(name, each) for name, each in offered.items()}
        self.fit = ModelFitness(
            REGISTRY, self.providers, self.meter, clock=lambda: self.now, policy=Policy(in_a_row=2, pause=1000)
        )

    def look(self):
        asyncio.run(self.fit.look())
        return {each: unfit.reason for each, unfit in self.fit.unfit().items()}


def everything(**changes):
    """All models of the registry, as good as can be but for these: model → changes, or None = not offered."""
    good = {"max_input_tokens": 1_000_000, "max_tokens": 64_000, "structured": True}
    models = {each.model.replace("-", "_").replace(".", "_"): each.model for each in AT_ANTHROPIC}
    return [
        Offered(model=model, **{**good, **changes.get(key, {})})
        for key, model in models.items()
        if changes.get(key, {}) is not None
    ]


SOME = min(AT_ANTHROPIC, key=lambda each: each.model)
KEY = SOME.model.replace("-", "_")


def test_all_are_believed_before_anybody_was_asked():
    assert Watched(anthropic=everything()).fit.unfit() == {}


def test_models_that_are_offered_are_fit():
    watched = Watched(anthropic=everything())
    assert watched.look() == {}
    assert watched.meter.unfit == {(each.provider, each.model): None for each in AT_ANTHROPIC}
    assert watched.meter.lists == {"anthropic": watched.now}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (None, "gone"),
        ({"structured": False}, "unstructured"),
        ({"retires_at": 1001 * DAY}, "retiring"),
        ({"max_tokens": 10}, "answer_too_small"),
        ({"max_input_tokens": 10}, "input_too_small"),
    ],
)
def test_a_model_that_does_not_do_is_told_with_the_reason(caplog, changes, reason):
    caplog.set_level(logging.WARNING)
    watched = Watched(anthropic=everything(**{KEY: changes}))
    assert watched.look() == {SOME: reason}
    assert watched.meter.unfit[SOME.provider, SOME.model] == reason
    assert SOME.model in caplog.text


def test_an_unfit_model_is_said_once_and_fit_again_when_it_is_offered(caplog):
    caplog.set_level(logging.WARNING)
    watched = Watched(anthropic=everything(**{KEY: None}))
    watched.look()
    watched.look()
    assert len(caplog.records) == 1
    watched.providers["anthropic"].offered = everything()
    assert watched.look() == {}


def test_a_provider_that_does_not_tell_is_believed():
    watched = Watched(anthropic=everything(), bedrock=None)
    assert watched.look() == {}
    assert watched.meter.lists.keys() == {"anthropic"}


@pytest.mark.parametrize("error", [NoReply("server_error", "503"), RuntimeError("a bug")])
def test_a_list_that_fails_stops_nobody_and_what_was_known_stays_known(error):
    watched = Watched(anthropic=everything(**{KEY: None}), vertex=error)
    assert watched.look() == {SOME: "gone"}
    watched.providers["anthropic"].offered = error
    assert watched.look() == {SOME: "gone"}
    assert watched.meter.unlisted == {"anthropic": 1, "vertex": 2}


def test_models_are_looked_at_at_the_start_and_again_and_again():
    watched = Watched(anthropic=everything())

    async def watch():
        with suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await watched.fit.watch(seconds=0.01)

    asyncio.run(watch())
    assert watched.providers["anthropic"].asked > 2


def test_a_provider_that_keeps_failing_rests_and_is_tried_with_one_call():
    watched = Watched(anthropic=None, bedrock=None)
    fit, now = watched.fit, watched.now
    for call in range(2):
        assert fit.begin("anthropic", now, call)
        fit.ended("anthropic", NoReply("overloaded"), now, call)
    assert fit.resting(now) == {"anthropic"}
    assert not fit.begin("anthropic", now, "too early")
    assert watched.meter.phases == {"anthropic": "open", "bedrock": "closed"}
    later = now + 1000
    assert fit.resting(later) == set()
    assert fit.begin("anthropic", later, "trial")
    assert fit.resting(later) == {"anthropic"}
    assert not fit.begin("anthropic", later, "beside it")
    fit.ended("anthropic", WHOLE, later, "trial")
    assert fit.resting(later) == set()
    assert watched.meter.phases["anthropic"] == "closed"


def test_an_answer_that_is_refused_or_does_not_fit_is_no_fault_of_the_provider():
    watched = Watched(anthropic=None)
    for outcome in (NoReply("refused_request"), NoReply("unauthorized"), Reply(ending="invalid", usage=Usage())):
        for call in range(10):
            assert watched.fit.begin("anthropic", watched.now, call)
            watched.fit.ended("anthropic", outcome, watched.now, call)
    assert watched.fit.resting(watched.now) == set()


def test_a_call_that_was_given_up_leaves_room_for_another_trial():
    watched = Watched(anthropic=None)
    for call in range(2):
        watched.fit.begin("anthropic", watched.now, call)
        watched.fit.ended("anthropic", NoReply("connection"), watched.now, call)
    later = watched.now + 1000
    assert watched.fit.begin("anthropic", later, "trial")
    watched.fit.give_up("anthropic", later, "trial")
    assert watched.fit.begin("anthropic", later, "another")


def test_how_long_a_provider_wants_to_be_left_alone_is_kept_to():
    watched = Watched(anthropic=None)
    for call in range(2):
        watched.fit.begin("anthropic", watched.now, call)
        watched.fit.ended("anthropic", NoReply("rate_limited", retry_after=60), watched.now, call)
    assert watched.fit.resting(watched.now + 59_999) == {"anthropic"}
    assert watched.fit.resting(watched.now + 60_000) == set()
