import pytest
import stored_rows as rows
from prometheus_client import CollectorRegistry

from argus_streams.adapters.analysis_metrics import PrometheusAnalysisMeter

PROMPT = {"model": "a-model", "prompt": "cause-1"}


@pytest.fixture
def counted():
    """Counts some analyses and gives a look at the counters."""
    registry = CollectorRegistry()
    meter = PrometheusAnalysisMeter(registry)

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
