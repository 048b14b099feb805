import pytest
import stored_rows as rows
from prometheus_client import CollectorRegistry

from argus_streams.adapters.analysis_metrics import PrometheusAnalysisMeter
from argus_streams.adapters.budget_metrics import SHOWN

PROMPT = {"model": "a-model", "prompt": "cause-1"}


@pytest.fixture
def counted():
    """Counts some analyses and gives a look at the counters."""
    registry = CollectorRegistry()
    meter = PrometheusAnalysisMeter(registry, lambda: 0)

    def count(*told):
        for fields in told:
            meter.told(rows.an_analysis(**({"verdict": None, "doubt": "", **PROMPT} | fields)))
        return lambda name, **labels: registry.get_sample_value(f"argus_{name}_total", labels) or 0

    return count


def test_analyses_are_counted_by_who_answers_and_why(counted):
    value = counted({"by": "rules", "reason": "budget_spent"}, {"by": "model", "reason": "answered"})
    assert value("analyses", by="rules", reason="budget_spent") == 1
    assert value("analyses", by="model", reason="answered") == 1


@pytest.mark.parametrize(("agrees", "label"), [(True, "yes"), (False, "no"), (None, "unknown")])
def test_agreement_with_the_rules_is_counted_by_model_and_prompt(counted, agrees, label):
    value = counted({"by": "model", "reason": "answered", "agrees": agrees})
    assert value("analysis_agreement", **PROMPT, agrees=label) == 1


def test_an_answer_of_before_is_not_counted_as_another_one_of_its_model(counted):
    value = counted({"by": "model", "reason": "cached", "agrees": True})
    assert value("analysis_agreement", **PROMPT, agrees="yes") == 0


def test_a_doubtful_answer_is_counted(counted):
    value = counted({"by": "model", "reason": "answered", "doubt": "It names the file x, which is not there."})
    assert value("analysis_doubts", **PROMPT) == 1


def test_a_verdict_is_counted_and_its_analysis_not_again(counted):
    value = counted({"by": "model", "reason": "answered", "verdict": "rejected"})
    assert value("analysis_verdicts", **PROMPT, verdict="rejected") == 1
    assert value("analyses", by="model", reason="answered") == 0


# -- budgets --------------------------------------------------------------------------------------------------------

DAY = 86_400_000  # ms


class Spending:
    """Budgets under a clock that is set."""

    def __init__(self):
        self.now = 3 * DAY
        self.registry = CollectorRegistry()
        self.meter = PrometheusAnalysisMeter(self.registry, lambda: self.now)

    def value(self, name, project):
        return self.registry.get_sample_value(name, {"project": project})


def test_the_latest_that_a_project_has_spent_is_told_in_dollars_beside_its_limit():
    spending = Spending()
    spending.meter.spent("shop", 3, 1_000_000_000, 5_000_000_000)
    spending.meter.spent("shop", 3, 2_500_000_000, 5_000_000_000)
    assert spending.value("argus_budget_spent_dollars", "shop") == 2.5
    assert spending.value("argus_budget_dollars", "shop") == 5


def test_what_was_spent_yesterday_is_told_no_more():
    spending = Spending()
    spending.meter.spent("shop", 3, 1_000_000_000, 5_000_000_000)
    spending.now += DAY
    assert spending.value("argus_budget_spent_dollars", "shop") is None


def test_of_many_projects_those_that_have_used_most_of_their_budgets_are_told():
    spending = Spending()
    for number in range(SHOWN + 10):
        spending.meter.spent(f"p{number}", 3, number, 1000)
    spending.meter.spent("free", 3, 0, 0)
    assert spending.value("argus_budget_dollars", "p9") is None
    assert spending.value("argus_budget_dollars", "p10") is not None
    assert spending.value("argus_budget_dollars", "free") is None
