"""What an audit found, as metrics in a file that Prometheus' node exporter, or a push gateway, takes over."""

from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, write_to_textfile

from argus_streams.core.audit.verdict import Sums, Verdict
from argus_streams.errors import Misconfigured
from argus_streams.metric import Metric

FINDINGS = Metric("argus_audit_findings", "gauge", "What the last audit names, by kind: missing, double.", ("kind",))
SUMS = Metric(
    "argus_audit_sum",
    "gauge",
    f"What the last audit added up: {', '.join(Sums.__struct_fields__)}.",
    ("what",),
)
ENDED = Metric("argus_audit_timestamp_seconds", "gauge", "When the last audit ended.")

ALL = (FINDINGS, SUMS, ENDED)


def write(verdict: Verdict, file: Path, now: float) -> None:
    """Write the metrics, the file whole or not at all; ``now`` in seconds. Raises ``Misconfigured``."""
    registry = CollectorRegistry()
    findings, sums, ended = (_made(metric, registry) for metric in ALL)
    findings.labels("missing").set(verdict.total.missing)
    findings.labels("double").set(verdict.total.double)
    for what in Sums.__struct_fields__:
        sums.labels(what).set(getattr(verdict.total, what))
    ended.set(now)
    try:
        write_to_textfile(str(file), registry)
    except OSError as error:
        raise Misconfigured(f"--metrics {file} can not be written: {error.strerror}") from error


def _made(metric: Metric, registry: CollectorRegistry) -> Any:
    return metric.made(registry)
