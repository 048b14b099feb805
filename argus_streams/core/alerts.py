"""What alerts of all vendors have in common: words of severity, labels that name a target, the identity of both.

Prometheus, Grafana and others that carry labels give one alert one identity by sharing these functions.
"""

from collections.abc import Mapping

from argus_streams.core.events import Severity

_SEVERITIES: Mapping[str, Severity] = {
    **dict.fromkeys(("critical", "crit", "fatal", "emergency", "disaster", "page", "p1", "sev1"), "fatal"),
    **dict.fromkeys(("error", "err", "high", "major", "p2", "sev2"), "error"),
    **dict.fromkeys(("warning", "warn", "medium", "minor", "average", "p3", "sev3"), "warning"),
    **dict.fromkeys(("info", "information", "informational", "notice", "low", "none", "p4", "p5"), "info"),
    **dict.fromkeys(("debug", "trace"), "debug"),
}

SERVICE = ("service", "service_name", "app", "application", "app_kubernetes_io_name", "job")
ENVIRONMENT = ("environment", "env", "deployment_environment", "stage")
_LASTING = (
    *("cluster", "namespace", "deployment", "statefulset", "daemonset", "cronjob", "persistentvolumeclaim"),
    *("node", "instance", "mountpoint", "device", "database", "topic", "consumergroup", "queue"),
)
_OF_POD = ("instance", "node")


def severity(word: str | None) -> Severity:
    """A vendor's word as one of ours; what nobody declared harmless is an error."""
    return _SEVERITIES.get((word or "").strip().lower(), "error")


def first(labels: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """The value of the first of these labels that there is."""
    for name in names:
        value = labels.get(name)
        if value:
            return value
    return None


def identity(rule: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Rule and target of an alert, the same from its first firing to its end.

    A target is the environment, the service and the labels that name a thing which lasts, fine enough that the end of
    one target's alert does not close another's. Pods come and go with each deploy, and with a pod its address
    ("instance") and its node: where a pod is named, none of the three counts. Receiver, severity, value, team and
    whatever else a label may hold are no part, so that another reporter of the same rule can have the same identity.
    """
    if "host" in labels and "instance" not in labels:  # as Telegraf and Datadog call it
        labels = {**labels, "instance": labels["host"]}
    passing = _OF_POD if labels.get("pod") else ()
    target = {
        "environment": (first(labels, ENVIRONMENT) or "").lower(),
        "service": first(labels, SERVICE),
        **{name: labels[name] for name in _LASTING if name in labels and name not in passing},
    }
    return ("alert", rule, *(f"{name}={value}" for name, value in target.items() if value))
