"""Who is asked after whom."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.analysis.asking import Ending, Trouble
from argus_streams.core.analysis.chain import GiveUp, Next, Try, following
from argus_streams.core.analysis.registry import Rung

WANTING = (*get_args(Trouble), *(ending for ending in get_args(Ending) if ending != "whole"))


def rung(provider, model):
    return Rung(provider=provider, model=model, tier="small", max_input_bytes=8000, max_tokens=500, timeout=20.0)


BIG_A, BIG_B, SMALL_A, SMALL_B = (
    rung(provider, model) for model in ("big", "small") for provider in ("anthropic", "bedrock")
)
LADDER = (BIG_A, BIG_B, SMALL_A, SMALL_B)


def after(*ended, rungs=LADDER, shut=()):
    """What follows when the first rungs ended so."""
    tries = []
    for each in ended:
        tries.append(Try(following(rungs, tries, ()).rung, each))
    return following(rungs, tries, shut)


def test_the_first_model_is_asked_first():
    assert after() == Next(BIG_A)


@pytest.mark.parametrize("trouble", ["rate_limited", "overloaded", "unknown_model"])
def test_a_model_that_is_busy_is_asked_at_the_next_provider_then_the_next_model(trouble):
    assert after(trouble) == Next(BIG_B)
    assert after(trouble, trouble) == Next(SMALL_A)
    assert after(trouble, trouble, trouble) == Next(SMALL_B)


@pytest.mark.parametrize("trouble", ["server_error", "connection", "timed_out", "unauthorized", "refused_request"])
def test_a_provider_that_is_in_trouble_is_not_asked_for_another_model(trouble):
    assert after(trouble) == Next(BIG_B)
    assert after(trouble, "overloaded") == Next(SMALL_B)


@pytest.mark.parametrize("ending", ["truncated", "refused"])
def test_an_answer_that_would_end_so_again_is_not_asked_for_again(ending):
    assert after(ending) == GiveUp(ending)
    assert after("overloaded", ending) == GiveUp(ending)


def test_an_answer_that_does_not_fit_is_asked_for_once_more_and_no_more():
    assert after("invalid") == Next(BIG_A)
    assert after("invalid", "invalid") == GiveUp("invalid")
    assert after("invalid", "overloaded") == Next(BIG_B)
    assert after("invalid", "overloaded", "invalid") == GiveUp("invalid")


def test_a_provider_that_is_left_alone_is_passed_over():
    assert after(shut={"anthropic"}) == Next(BIG_B)
    assert after("invalid", shut={"anthropic"}) == Next(BIG_B)


@pytest.mark.parametrize(
    ("given_up", "reason"),
    [
        (after(rungs=()), "no_model"),
        (after(shut={"anthropic", "bedrock"}), "models_away"),
        (after("server_error", "timed_out"), "models_away"),
        (after("server_error", "unauthorized"), "models_away"),
        (after("unauthorized", "refused_request"), "models_refuse"),
        (after(*["unknown_model"] * 4), "models_refuse"),
    ],
)
def test_who_gives_up_says_why(given_up, reason):
    assert given_up == GiveUp(reason)


@given(
    rungs=st.lists(
        st.builds(rung, st.sampled_from(["anthropic", "bedrock", "vertex"]), st.sampled_from("abc")), unique=True
    ),
    ended=st.lists(st.sampled_from(WANTING), min_size=12, max_size=12),
    shut=st.lists(st.sets(st.sampled_from(["anthropic", "bedrock", "vertex"])), min_size=12, max_size=12),
)
def test_every_chain_ends_and_asks_nobody_twice_but_for_one_answer_that_did_not_fit(rungs, ended, shut):
    tries = []
    for end, away in zip(ended, shut, strict=True):
        decided = following(rungs, tries, away)
        if isinstance(decided, GiveUp):
            break
        assert decided.rung in rungs
        assert decided.rung.provider not in away
        tries.append(Try(decided.rung, end))
    else:
        pytest.fail("it goes on")
    repeated = [each.rung for each in tries if [other.rung for other in tries].count(each.rung) > 1]
    assert len(repeated) in {0, 2}
    assert len(tries) <= len(rungs) + 1
