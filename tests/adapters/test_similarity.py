"""What the ranking goes by is read from a file, and a mistake in it told."""

import pytest

from argus_streams.adapters import similarity
from argus_streams.adapters.contracts import data_folder
from argus_streams.core.healing.similarity.features import FEATURES
from argus_streams.errors import Misconfigured


def test_each_feature_has_a_weight():
    assert list(similarity.load_ranker().weights) == list(FEATURES)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("  group: ", "  groop: ", "there is no feature groop"),
        ("validate: 0.5", "validate: 0.99", "`validate` may not be above `apply`"),
        ("apply: ", "apply: 1", "<= 1"),
        ("  group: ", "  group: -", ">= 0"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, monkeypatch, before, after, told):
    text = (data_folder("defaults") / "similarity.yaml").read_text("utf-8")
    (tmp_path / "similarity.yaml").write_text(text.replace(before, after, 1), "utf-8")
    monkeypatch.setattr(similarity, "data_folder", lambda _: tmp_path)

    with pytest.raises(Misconfigured, match=r"line [0-9]+: ") as error:
        similarity.load_ranker()
    assert told in str(error.value)
