"""Headlines of alerts lose their state, and tell rule and target."""

import pytest

from argus_streams.core import headlines


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("Disk is full", "Disk is full"),
        ("[FIRING:2] HighErrorRate (production checkout critical)", "HighErrorRate"),
        ("[FIRING:1, RESOLVED:1] High memory Shop (checkout)", "High memory Shop"),
        ("[RESOLVED] HighErrorRate", "HighErrorRate"),
        ("[Alerting] Payment latency", "Payment latency"),
        ("[OK] Payment latency", "Payment latency"),
        ("[No Data] Payment latency", "Payment latency"),
        ("[P1] [Triggered] Queue grows", "Queue grows"),
        ("[Re-Triggered] Queue grows", "Queue grows"),
        ("[checkout] Queue grows", "[checkout] Queue grows"),
        ("Disk is full (db-1)", "Disk is full (db-1)"),
        ("[Alerting] Disk is full (db-1)", "Disk is full (db-1)"),
        ("[FIRING:1] (all)", "(all)"),
        ("[FIRING:1]", "[FIRING:1]"),
        ("[unclosed", "[unclosed"),
    ],
)
def test_a_headline_without_state_and_values_is_the_rule(title, rule):
    assert headlines.read(title) == (rule, {})


def test_datadogs_scope_names_the_target():
    title = "[Triggered on {host:web-1, env:prod}] CPU is high"
    assert headlines.read(title) == ("CPU is high", {"host": "web-1", "env": "prod"})


def test_new_relics_title_names_entity_and_condition():
    title = "checkout query result is > 5.0 for 5 minutes on 'Error rate of 'paying' shops'"
    assert headlines.read(title) == ("Error rate of 'paying' shops", {"service": "checkout"})
