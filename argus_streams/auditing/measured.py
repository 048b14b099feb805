"""What an audit found, as metrics: in a file that Prometheus' node exporter takes over, or at a push gateway."""

from collections.abc import Sequence
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, write_to_textfile

from argus_streams.core.audit.mirroring import RegionVerdict
from argus_streams.core.audit.verdict import Sums, Verdict
from argus_streams.errors import Misconfigured, Unavailable
from argus_streams.metric import Metric

FINDINGS = Metric(
    "argus_audit_findings",
    "gauge",
    "What the last audit names, here and of other regions, by kind: missing, double.",
    ("kind",),
)
SUMS = Metric(
    "argus_audit_sum",
    "gauge",
    f"What the last audit added up here: {', '.join(Sums.__struct_fields__)}.",
    ("what",),
)
ENDED = Metric("argus_audit_timestamp_seconds", "gauge", "When the last audit ended.")

ALL = (FINDINGS, SUMS, ENDED)
PUSH_SECONDS = 10.0


def write(verdict: Verdict, others: Sequence[RegionVerdict], to: str, now: float) -> None:
    """Write the metrics to a file, whole or not at all, or put them at an http address; ``now`` in seconds.

    Raises ``Misconfigured`` for a file that can not be written, ``Unavailable`` for a gateway that takes nothing.
    """
    registry = _measured(verdict, others, now)
    if to.startswith(("http://", "https://")):
        _put(registry, to)
        return
    try:
        write_to_textfile(to, registry)
    except OSError as error:
        raise Misconfigured(f"--metrics {to} can not be written: {error.strerror}") from error


def _measured(verdict: Verdict, others: Sequence[RegionVerdict], now: float) -> CollectorRegistry:
    registry = CollectorRegistry()
    made: tuple[Any, ...] = tuple(metric.made(registry) for metric in ALL)
    findings, sums, ended = made
    mirrored = [topic for other in others for topic in other.topics]
    findings.labels("missing").set(verdict.total.missing + sum(topic.missing for topic in mirrored))
    findings.labels("double").set(verdict.total.double + sum(topic.double for topic in mirrored))
    for what in Sums.__struct_fields__:
        sums.labels(what).set(getattr(verdict.total, what))
    ended.set(now)
    return registry


def _put(registry: CollectorRegistry, address: str) -> None:
    """Replace what the gateway has under this address: https://github.com/prometheus/pushgateway#put-method."""
    asked = Request(  # noqa: S310 - the operator names it, and it begins with http
        address, generate_latest(registry), {"Content-Type": CONTENT_TYPE_LATEST}, method="PUT"
    )
    try:
        with urlopen(asked, timeout=PUSH_SECONDS):  # noqa: S310
            return
    except (URLError, OSError) as error:
        raise Unavailable(f"--metrics {address} takes nothing: {error}") from error
