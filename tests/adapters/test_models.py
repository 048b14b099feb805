import re
from pathlib import Path

import pytest

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[2]
MODELS, PRICES = (data_folder("defaults") / name for name in ("models.yaml", "prices.yaml"))
MODEL_ID = re.compile(r"claude-(?:haiku|sonnet|opus|fable|mythos|instant|\d)[\w.@:-]*")


def changed(tmp_path, file, old, new):
    text = file.read_text()
    assert text.count(old) >= 1
    copy = tmp_path / file.name
    copy.write_text(text.replace(old, new, 1))
    return copy


def test_the_files_that_come_along_are_right():
    prices = load_prices(None)
    registry = load_registry(None, prices)
    assert {place.provider for rule in registry.tiers.values() for place in rule.ladder} == {
        "anthropic", "bedrock", "vertex", "foundry"
    }  # fmt: skip


def test_prices_are_exact_billionths():
    rates = load_prices(None).of("anthropic", load_registry(None, load_prices(None)).tiers["small"].ladder[0].model)
    assert (rates.rates.input, rates.rates.cache_write_5m, rates.rates.cache_read) == (10**8, 125 * 10**6, 10**7)
    assert (rates.batch, rates.above, rates.long.output) == (500, 100_000, 25 * 10**8)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  merge: {", "  marge: {", "the task merge is missing"),
        (
            "  merge: {",
            "  joke: {tier: small, max_input_bytes: 9000, max_tokens: 1}\n  merge: {",
            "there is no task joke",
        ),
        ("tier: small", "tier: tiny", "Invalid enum value 'tiny'"),
        ("  large:\n", "  huge:\n", "the tier large is missing"),
        ("timeout: 20", "timeout: 0", "Expected `float` > 0.0"),
        ("provider: bedrock", "provider: bedrok", "Invalid enum value 'bedrok'"),
        ("max_tokens: 3000", "max_tokens: lots", "Expected `int`, got `str`"),
        ("retiring_days:", "retired_days:", "unknown field `retired_days`"),
    ],
)
def test_a_mistake_in_the_registry_is_told_with_its_line(tmp_path, old, new, told):
    file = changed(tmp_path, MODELS, old, new)
    with pytest.raises(Misconfigured, match=r"^ARGUS_MODELS_FILE: .*models.yaml: line \d+: ") as error:
        load_registry(file, load_prices(None))
    assert told in str(error.value)


def test_a_model_without_a_price_is_told_with_its_line(tmp_path):
    file = changed(tmp_path, MODELS, "provider: vertex, model: ", "provider: vertex, model: un")
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "model: un" in text)
    with pytest.raises(Misconfigured, match=rf"line {line}: the model \S+ of vertex has no price in ARGUS_PRICES_FILE"):
        load_registry(file, load_prices(None))


def test_a_model_that_is_there_twice_is_told(tmp_path):
    file = changed(tmp_path, MODELS, "provider: vertex", "provider: anthropic")
    with pytest.raises(Misconfigured, match="of anthropic is there twice"):
        load_registry(file, load_prices(None))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("      input: 0.10\n", "", "missing required field `input`"),
        ("      batch: 0.5\n", "      batch: 5\n", "Expected `float` <= 1.0"),
        ("as_of: 2026-11-23", "as_of: lately", "Invalid RFC3339"),
        ("  vertex:", "  vortex:", "Invalid enum value 'vortex'"),
        ("cache_read: 0.10", "cache_reed: 0.10", "unknown field `cache_reed`"),
    ],
)
def test_a_mistake_in_the_prices_is_told_with_its_line(tmp_path, old, new, told):
    with pytest.raises(Misconfigured, match=r"^ARGUS_PRICES_FILE: .*prices.yaml: line \d+: ") as error:
        load_prices(changed(tmp_path, PRICES, old, new))
    assert told in str(error.value)


def test_no_model_is_named_anywhere_but_in_the_two_files():
    """Whoever changes a model changes data, and finds all of it in one place."""
    folders = ("argus_streams", "benchmarks", "docs", "topics", "defaults")
    code = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    named = {
        str(path.relative_to(ROOT)): found
        for path in code
        if path.suffix in {".py", ".yaml", ".md", ".sql", ".toml"} and path not in (MODELS, PRICES)
        if (found := MODEL_ID.findall(path.read_text("utf-8")))
    }
    assert named == {}
