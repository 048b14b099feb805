import pytest
from builders import NOW

from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.core.analysis.asking import Offered
from argus_streams.core.analysis.registry import Ask, Place, rungs, unfit

DAY = 86_400_000
REGISTRY = load_registry(None, load_prices(None))
ASK = Ask(task="classify", tier="small", reason="")
FIRST, *REST = REGISTRY.tiers["small"].ladder


def offered(**fields):
    """All that Anthropic offers, the small model with other fields."""
    models = [Offered(model=rule.ladder[0].model) for rule in REGISTRY.tiers.values()]
    return {"anthropic": [Offered(**({"model": FIRST.model} | fields)), *models[1:]]}


def test_the_ladder_is_climbed_in_its_order():
    tries = rungs(REGISTRY, ASK, {})
    assert [Place(provider=rung.provider, model=rung.model) for rung in tries] == [FIRST, *REST]
    assert {(rung.tier, rung.max_tokens, rung.timeout) for rung in tries} == {
        ("small", REGISTRY.tasks["classify"].max_tokens, REGISTRY.tiers["small"].timeout)
    }


def test_an_incident_may_go_to_the_large_tier_within_the_bounds_of_its_task():
    first = rungs(REGISTRY, Ask(task="incident", tier="large", reason=""), {})[0]
    assert first.model == REGISTRY.tiers["large"].ladder[0].model
    assert first.max_tokens == REGISTRY.tasks["incident"].max_tokens


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"model": "another"}, "gone"),
        ({"retires_at": NOW + 29 * DAY}, "retiring"),
        ({"retires_at": NOW - DAY}, "retiring"),
        ({"max_input_tokens": 32_000}, "input_too_small"),
        ({"max_tokens": 2999}, "answer_too_small"),
        ({"structured": False}, "unstructured"),
    ],
)
def test_a_model_that_is_not_as_needed_is_unfit(fields, reason):
    found = unfit(REGISTRY, offered(**fields), now=NOW)
    assert {place: why.reason for place, why in found.items()} == {FIRST: reason}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"model": f"{FIRST.model}-20261001"},
        {"retires_at": NOW + 31 * DAY},
        {"max_input_tokens": 200_000, "max_tokens": 64_000, "structured": True},
    ],
)
def test_a_model_that_is_as_needed_is_fit(fields):
    assert unfit(REGISTRY, offered(**fields), now=NOW) == {}


def test_a_provider_that_could_not_be_asked_is_believed():
    assert unfit(REGISTRY, {}, now=NOW) == {}


def test_who_is_gone_is_not_tried():
    gone = unfit(REGISTRY, offered(model="another"), now=NOW)
    assert [rung.provider for rung in rungs(REGISTRY, ASK, gone)] == [place.provider for place in REST]


def test_who_retires_soon_is_tried_last():
    retiring = unfit(REGISTRY, offered(retires_at=NOW + DAY), now=NOW)
    assert [rung.provider for rung in rungs(REGISTRY, ASK, retiring)] == [
        *(place.provider for place in REST),
        "anthropic",
    ]
