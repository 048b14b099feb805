from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.analysis.asking import Usage
from argus_streams.core.analysis.prices import MARGIN, Price, Rates, cost, worst

DOLLAR = 1_000_000_000  # per million tokens: a thousand billionths a token


def rated(**fields):
    defaults = {"input": DOLLAR, "output": 5 * DOLLAR, "cache_write_5m": 0, "cache_write_1h": 0, "cache_read": 0}
    return Rates(**(defaults | fields))


amounts = st.integers(0, 100 * DOLLAR)
any_rates = st.builds(
    Rates, input=amounts, output=amounts, cache_write_5m=amounts, cache_write_1h=amounts, cache_read=amounts
)
any_price = st.builds(
    Price, rates=any_rates, batch=st.integers(1, 1000), above=st.integers(0, 200_000), long=st.none() | any_rates
)


@st.composite
def calls(draw):
    """The bounds of a call, and a usage within them."""
    input_bytes, max_tokens = draw(st.integers(0, 300_000)), draw(st.integers(1, 20_000))
    left, kinds = input_bytes + MARGIN, []
    for _ in range(4):
        kinds.append(draw(st.integers(0, left)))
        left -= kinds[-1]
    names = draw(st.permutations(["input", "cache_write_5m", "cache_write_1h", "cache_read"]))
    usage = Usage(**dict(zip(names, kinds, strict=True)), output=draw(st.integers(0, max_tokens)))
    return input_bytes, max_tokens, usage


@given(any_price, calls(), st.booleans())
def test_no_call_costs_more_than_was_reckoned_before_it(price, call, batch):
    input_bytes, max_tokens, usage = call
    assert cost(price, usage, batch=batch) <= worst(price, input_bytes, max_tokens, batch=batch)


def test_each_kind_of_token_has_its_price():
    rates = Rates(input=2_000, output=10_000, cache_write_5m=2_500, cache_write_1h=4_000, cache_read=100)
    price = Price(rates=rates, batch=500)
    million = 1_000_000
    usage = Usage(input=million, cache_write_5m=million, cache_write_1h=million, cache_read=million, output=million)
    assert cost(price, usage) == 18_600
    assert cost(price, usage, batch=True) == 9_300


def test_a_cost_is_rounded_up():
    price = Price(rates=rated(input=1), batch=500)
    assert cost(price, Usage(input=1)) == 1
    assert cost(price, Usage()) == 0


def test_all_of_a_call_costs_the_price_of_long_prompts_once_its_prompt_is_one():
    price = Price(rates=rated(), batch=500, above=100, long=rated(input=5 * DOLLAR, output=25 * DOLLAR))
    assert cost(price, Usage(input=100, output=1)) == 105_000
    assert cost(price, Usage(input=1, cache_read=100, output=1)) == 30_000
    assert cost(price, Usage(input=101, output=1)) == 530_000


def test_a_prompt_that_can_not_be_long_is_not_reckoned_as_one():
    price = Price(rates=rated(), batch=500, above=100_000, long=rated(input=5 * DOLLAR))
    assert worst(price, 1000, 1) == (1000 + MARGIN) * 1000 + 5000
    assert worst(price, 100_000, 1) == (100_000 + MARGIN) * 5000 + 5000
