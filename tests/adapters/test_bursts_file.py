"""When a group spikes, as people write it."""

from pathlib import Path

import pytest

from argus_streams.adapters.bursts import load_bursts
from argus_streams.core.grouping.spike import Limits
from argus_streams.errors import Misconfigured

HOUR = 3_600_000  # ms


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "bursts.yaml"
        file.write_text(text)
        return file

    return write


def test_without_a_file_our_own_numbers_count():
    assert load_bursts(None).of("shop") == Limits(threshold=10, multiplier=5, cooldown=HOUR)


def test_what_a_project_leaves_out_is_as_usual(written):
    bursts = load_bursts(written("usual: {multiplier: 3}\nprojects: {shop: {threshold: 50, cooldown_minutes: 5}}\n"))
    assert bursts.of("blog") == Limits(threshold=10, multiplier=3, cooldown=HOUR)
    assert bursts.of("shop") == Limits(threshold=50, multiplier=3, cooldown=HOUR // 12)


def test_the_example_of_the_documentation_is_read(written):
    page = Path(__file__).resolve().parents[2] / "docs" / "bursts-and-links.md"
    example = page.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    bursts = load_bursts(written(example))
    assert bursts.of("nightly-jobs") == Limits(threshold=10, multiplier=20, cooldown=12 * HOUR)


WRONG = {
    "a number that is none": ("usual:\n  threshold: many\n", r"line 2: Expected `int \| null`, got `str`"),
    "no occurrence": ("usual:\n  multiplier: 5\n  threshold: 0\n", "line 3: Expected `int` >= 1"),
    "a misspelt name": ("projects:\n  shop:\n    treshold: 3\n", "line 3?.*unknown field `treshold`"),
    "no slug": ("projects:\n  shop: {}\n  The Shop: {threshold: 3}\n", "line 3: 'The Shop' is no project"),
    "no YAML": ("usual: [\n", "line 2: "),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told_with_its_line(written, text, told):
    with pytest.raises(Misconfigured, match=f"ARGUS_BURSTS_FILE: .*bursts.yaml: {told}"):
        load_bursts(written(text))
