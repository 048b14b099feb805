import pytest

from argus_streams.adapters.budgets import load_budgets
from argus_streams.core.analysis.account import Limits
from argus_streams.errors import Misconfigured

DEFAULT = "default: {dollars_per_day: 0.1, calls_per_minute: 3}\n"


def written(tmp_path, text):
    file = tmp_path / "budgets.yaml"
    file.write_text(text)
    return file


def test_without_a_file_every_project_has_the_budget_that_travels_along():
    assert load_budgets(None).of("shop") == Limits(5_000_000_000, 20)


def test_a_project_may_have_limits_of_its_own(tmp_path):
    file = written(tmp_path, DEFAULT + "projects:\n  shop: {dollars_per_day: 0, calls_per_minute: 1}\n")
    budgets = load_budgets(file)
    assert (budgets.of("shop"), budgets.of("other")) == (Limits(0, 1), Limits(100_000_000, 3))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("default: {dollars_per_day: 1}\n", "line 1: Object missing required field `calls_per_minute`"),
        (DEFAULT + "projects:\n  shop:\n    dollars_per_day: -1\n", "line 4: Expected `float` >= 0.0"),
        (
            DEFAULT + "projects:\n  The Shop: {dollars_per_day: 1, calls_per_minute: 1}\n",
            "line 3: 'The Shop' is no",
        ),
        (DEFAULT + "project: {}\n", "line 2: Object contains unknown field `project`"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, told):
    with pytest.raises(Misconfigured) as error:
        load_budgets(written(tmp_path, text))
    assert str(error.value).startswith(f"ARGUS_BUDGETS_FILE: {tmp_path}/budgets.yaml: {told}")
