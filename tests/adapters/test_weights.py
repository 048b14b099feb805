import pytest

from argus_streams.adapters.weights import load_weights
from argus_streams.core.quality.score import MEASURES, Factor
from argus_streams.errors import Misconfigured

DEFAULT = "default: {quality: {users: {weight: 1, half: 2}}, risk: {}}\n"


def written(tmp_path, text):
    file = tmp_path / "scores.yaml"
    file.write_text(text)
    return file


def test_the_weights_that_travel_along_use_every_factor_and_add_up_to_a_hundred():
    weights = load_weights(None).of("shop")
    assert {*weights.quality, *weights.risk} == set(MEASURES)
    assert [sum(each.weight for each in of.values()) for of in (weights.quality, weights.risk)] == [100, 100]


def test_a_project_may_have_weights_of_its_own(tmp_path):
    own = "projects: {shop: {quality: {users: {weight: 9, half: 2}}, risk: {}}}\n"
    weights = load_weights(written(tmp_path, DEFAULT + own))
    assert weights.of("shop").quality["users"] == Factor(9, 2)
    assert weights.of("other").quality["users"] == Factor(1, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "default:\n  quality:\n    usres: {weight: 1, half: 1}\n  risk: {}\n",
            "line 3: there is no factor usres, but",
        ),
        ("default:\n  quality:\n    users: {weight: 1, half: 0}\n  risk: {}\n", "line 3: `weight` may not be below 0"),
        ("default:\n  quality: {}\n  risk: {users: {weight: .nan, half: 1}}\n", "line 3: `weight` may not be below 0"),
        ("default:\n  quality: {}\n  risk: {users: {weight: 1, half: .nan}}\n", "line 3: `weight` may not be below 0"),
        ("default:\n  quality: {}\n  risk: {users: {weight: 1, half: .inf}}\n", "line 3: `weight` may not be below 0"),
        ("default:\n  quality: {}\n  risk: {users: {weight: 101, half: 1}}\n", "line 3: the weights of risk add up to"),
        ("default:\n  quality: {}\n", "line 1: Object missing required field `risk`"),
        (
            DEFAULT + "projects:\n  shop: {quality: {x: {weight: 1, half: 1}}, risk: {}}\n",
            "line 3: there is no factor x",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, told):
    with pytest.raises(Misconfigured) as error:
        load_weights(written(tmp_path, text))
    assert str(error.value).startswith(f"ARGUS_SCORES_FILE: {tmp_path}/scores.yaml: {told}")
