"""Pods reach what they need and nothing else, and what could not be reached is refused."""

import charts
import pytest

POLICY = {"networkPolicy.enabled": True}
KAFKA, POSTGRES = 9092, 5432


def reached(chart, component):
    """The ports that a component's pods are let out to, DNS aside."""
    (policy,) = chart.labelled("NetworkPolicy", component)
    assert all(port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"])
    return {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]} - {53}


def test_pods_reach_what_their_role_needs_and_nothing_else(helm):
    asking = [{"podSelector": {}}]
    values = {"networkPolicy.metricsFrom": asking, "redis.existingSecret": "redis"}
    chart = helm.rendered(**POLICY, **values)
    ports = {"kafka": KAFKA, "postgres": POSTGRES, "redis": 6379, "models": 443}
    for role in chart.workloads:
        (policy,) = chart.labelled("NetworkPolicy", role)
        needed = {"store": ["kafka", "postgres"], "analyze": list(ports)}.get(role, ["kafka"])
        assert reached(chart, role) == {ports[name] for name in needed}
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
        assert [rule["from"] for rule in policy["spec"]["ingress"]] == [asking]


@pytest.mark.parametrize(
    ("gateway", "port"),
    [("http://push.monitoring:9091/", 9091), ("https://push.example.com", 443), ("http://push/a:b", 80)],
)
def test_the_audit_reaches_its_push_gateway(helm, gateway, port):
    chart = helm.rendered(**POLICY, audit={"enabled": True, "pushGateway": gateway})
    assert reached(chart, "audit") == {KAFKA, POSTGRES, port}


def test_an_audit_that_tells_nobody_reaches_nobody_more(helm):
    assert reached(helm.rendered(**POLICY, audit={"enabled": True}), "audit") == {KAFKA, POSTGRES}


CUT_OFF = [
    (
        {"kafka.bootstrapServers": "a:9092,b:9093"},
        "kafka.bootstrapServers has port 9093, but networkPolicy.ports.kafka is 9092",
    ),
    (
        {"traces.endpoint": "http://collector:4317"},
        "traces.endpoint has port 4317, but networkPolicy.ports.traces is 4318",
    ),
    (
        {"traces.endpoint": "https://otel.example.com"},
        "traces.endpoint has port 443, but networkPolicy.ports.traces is 4318",
    ),
]


@pytest.mark.parametrize(("values", "told"), CUT_OFF, ids=lambda given: given if isinstance(given, str) else "")
def test_what_pods_could_not_reach_is_refused_with_both_ports(helm, values, told):
    with pytest.raises(charts.RefusedError) as refused:
        helm.rendered(**POLICY, **values)
    assert told in str(refused.value)
    helm.rendered(**values)


@pytest.mark.parametrize(
    "rule",
    [
        {"ports": [{"port": 9093, "protocol": "TCP"}]},
        {"ports": [{"port": 9000, "endPort": 9100, "protocol": "TCP"}]},
        {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
    ],
    ids=str,
)
def test_a_port_that_a_rule_more_lets_out_is_no_matter(helm, rule):
    chart = helm.rendered(**POLICY, **{"kafka.bootstrapServers": "k:9093", "networkPolicy.extraEgress": [rule]})
    (policy,) = chart.labelled("NetworkPolicy", "normalize")
    assert rule in policy["spec"]["egress"]
