"""The registry of models and their prices, from YAML files."""

import math
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, get_args

from msgspec import Meta, Struct

from argus_streams.adapters import yaml_files
from argus_streams.adapters.contracts import data_folder
from argus_streams.core.analysis.prices import Price, Prices, Provider, Rates
from argus_streams.core.analysis.registry import Place, Registry, Task
from argus_streams.core.findings import Tier
from argus_streams.errors import Misconfigured

_MODELS = "ARGUS_MODELS_FILE"
_PRICES = "ARGUS_PRICES_FILE"
_BILLION = 1_000_000_000
_Dollars = Annotated[float, Meta(ge=0, le=100_000)]  # per million tokens


class _Rates(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As people write them."""

    input: _Dollars
    output: _Dollars
    cache_write_5m: _Dollars
    cache_write_1h: _Dollars
    cache_read: _Dollars


class _Long(_Rates, frozen=True, kw_only=True, forbid_unknown_fields=True):
    above: Annotated[int, Meta(gt=0)]


class _Price(_Rates, frozen=True, kw_only=True, forbid_unknown_fields=True):
    batch: Annotated[float, Meta(gt=0, le=1)] = 1.0
    long: _Long | None = None


class _PriceList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    as_of: date
    prices: dict[Provider, dict[str, _Price]]


def load_prices(file: Path | None) -> Prices:
    """The price list, the one that travels with the program without a file. Raises ``Misconfigured``."""
    written = yaml_files.read(file or data_folder("defaults") / "prices.yaml", _PriceList, _PRICES)
    models = {
        (provider, model): _price(each) for provider, listed in written.prices.items() for model, each in listed.items()
    }
    return Prices(as_of=written.as_of, models=models)


def load_registry(file: Path | None, prices: Prices) -> Registry:
    """Which model does what. Raises ``Misconfigured`` with the line of what is missing, or has no price."""
    file = file or data_folder("defaults") / "models.yaml"
    registry = yaml_files.read(file, Registry, _MODELS)
    for path, complaint in _complaints(registry, prices):
        raise Misconfigured(f"{_MODELS}: {file}: line {yaml_files.line_of(file, *path)}: {complaint}")
    return registry


def _complaints(registry: Registry, prices: Prices) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What no type can see, each with its place."""
    yield from _misnamed("task", get_args(Task), registry.tasks)
    yield from _misnamed("tier", get_args(Tier), registry.tiers)
    for tier, rule in registry.tiers.items():
        for index, place in enumerate(rule.ladder):
            at = ("tiers", tier, "ladder", index)
            if place in rule.ladder[:index]:
                yield at, f"{_told(place)} is there twice"
            if (place.provider, place.model) not in prices.models:
                yield at, f"{_told(place)} has no price in {_PRICES}"


def _misnamed(
    what: str, known: Collection[str], written: Collection[str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name in known:
        if name not in written:
            yield (f"{what}s",), f"the {what} {name} is missing"
    for name in written:
        if name not in known:
            yield (f"{what}s", name), f"there is no {what} {name}, but {', '.join(known)}"


def _told(place: Place) -> str:
    return f"the model {place.model} of {place.provider}"


def _price(written: _Price) -> Price:
    return Price(
        rates=_rates(written),
        batch=math.ceil(_exact(written.batch) * 1000),
        above=written.long.above if written.long else None,
        long=_rates(written.long) if written.long else None,
    )


def _rates(written: _Rates) -> Rates:
    return Rates(
        input=_billionths(written.input),
        output=_billionths(written.output),
        cache_write_5m=_billionths(written.cache_write_5m),
        cache_write_1h=_billionths(written.cache_write_1h),
        cache_read=_billionths(written.cache_read),
    )


def _billionths(dollars: float) -> int:
    """Rounded up, so that no price is lower than written."""
    return math.ceil(_exact(dollars) * _BILLION)


def _exact(written: float) -> Decimal:
    """The number as it stands in the file: 0.1, not the next binary fraction."""
    return Decimal(repr(written))
