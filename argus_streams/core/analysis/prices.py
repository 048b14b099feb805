"""What a call may cost at most, and what it did cost: billionths of a dollar, always rounded up."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from argus_streams.core.analysis.asking import Usage

Provider = Literal["anthropic", "bedrock", "vertex", "foundry"]

# Tokens that the provider adds to what is sent: the frame of a message and the instruction to keep to a shape. Some
# hundreds as of now; four thousand are allowed for.
MARGIN = 4096

_MILLION = 1_000_000
_WHOLE = 1000  # per mille


class Rates(Struct, frozen=True, kw_only=True):
    """Billionths of a dollar per million tokens."""

    input: int
    output: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int

    def dearest_input(self) -> int:
        """The highest price of a token that is read, whatever becomes of it."""
        return max(self.input, self.cache_write_5m, self.cache_write_1h, self.cache_read)


class Price(Struct, frozen=True, kw_only=True):
    """What one model costs at one provider."""

    rates: Rates
    batch: int  # per mille of the price that a batch pays
    above: int | None = None  # tokens of a prompt, beyond which ...
    long: Rates | None = None  # ... all of the call costs this


class Prices(Struct, frozen=True, kw_only=True):
    """A price list."""

    as_of: date
    models: Mapping[tuple[Provider, str], Price]  # by provider and model

    def of(self, provider: Provider, model: str) -> Price:
        """The price of a model. Raises ``KeyError``; the registry's models all have one."""
        return self.models[provider, model]


def worst(price: Price, input_bytes: int, max_tokens: int, *, batch: bool = False) -> int:
    """What a call may cost at most: no usage that it can be billed for costs more.

    ``input_bytes`` are those of system text, user text and shape in UTF-8. A token is one byte at least; each may be
    of the dearest kind, and so many that the price of long prompts applies.
    """
    tokens = input_bytes + MARGIN
    dearest_input, output = price.rates.dearest_input(), price.rates.output
    if price.long is not None and price.above is not None and tokens > price.above:
        dearest_input = max(dearest_input, price.long.dearest_input())
        output = max(output, price.long.output)
    return _rounded_up(tokens * dearest_input + max_tokens * output, price.batch if batch else _WHOLE)


def cost(price: Price, usage: Usage, *, batch: bool = False) -> int:
    """What a call did cost."""
    read = usage.input + usage.cache_write_5m + usage.cache_write_1h + usage.cache_read
    rates = price.rates
    if price.long is not None and price.above is not None and read > price.above:
        rates = price.long
    total = (
        usage.input * rates.input
        + usage.cache_write_5m * rates.cache_write_5m
        + usage.cache_write_1h * rates.cache_write_1h
        + usage.cache_read * rates.cache_read
        + usage.output * rates.output
    )
    return _rounded_up(total, price.batch if batch else _WHOLE)


def _rounded_up(total: int, per_mille: int) -> int:
    return -(-total * per_mille // (_MILLION * _WHOLE))
