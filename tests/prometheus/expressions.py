"""What PromQL expressions ask for: metrics and labels, found by their form; promtool alone knows whether they parse."""

import re
from itertools import chain
from typing import NamedTuple

import yaml
from parts import ROOT
from prometheus_client import CollectorRegistry, ProcessCollector

from argus_streams.adapters import analysis_metrics, healing_metrics, model_metrics, telemetry, tracing_metrics
from argus_streams.agents import tallies
from argus_streams.auditing import measured
from argus_streams.streaming import metrics

ALERTS = sorted((ROOT / "helm" / "argus" / "alerts").glob("*.yaml"))
OF_WORKERS = tuple(
    chain(
        metrics.PUSHED, metrics.PULLED, tallies.ALL, model_metrics.ALL, analysis_metrics.ALL, healing_metrics.ALL,
        telemetry.ALL, tracing_metrics.ALL,
    )
)  # fmt: skip
OURS = (*OF_WORKERS, *measured.ALL)
OF_TARGETS = frozenset({"namespace", "release", "role", "pod", "instance", "job"})
"""Labels that Prometheus gives to all that it reads of one worker."""
_PARTS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",), "gauge": ("",)}
_METRIC = re.compile(r"\b((?:argus|process)_\w+)(?:\{([^}]*)\})?")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_GROUPED = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)")


class Asked(NamedTuple):
    """What an expression asks for."""

    selected: dict[str, set[str]]  # labels by which each metric is chosen
    grouped: set[str]  # labels that series are grouped or matched by


def asked(expression):
    """The metrics and labels of an expression."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    selected = {}
    for name, chosen in _METRIC.findall(bare):
        selected.setdefault(name, set()).update(_LABEL.findall(chosen))
    return Asked(
        selected, {each.strip() for told in _GROUPED.findall(bare) for each in told.split(",") if each.strip()}
    )


def known():
    """Labels of every series that a worker or an audit shows, by its name."""
    ours = {
        metric.name + part: set(metric.labels) | ({"le"} if part == "_bucket" else set())
        for metric in OURS
        for part in _PARTS[metric.kind]
    }
    return ours | {
        sample.name: set()
        for family in ProcessCollector(registry=CollectorRegistry()).collect()
        for sample in family.samples
    }


def strangers(expression):
    """Metrics and labels of an expression that nobody shows."""
    told, shown = asked(expression), known()
    unknown = told.selected.keys() - shown.keys()
    of_them = set().union(*(shown[name] for name in told.selected.keys() & shown.keys())) | OF_TARGETS
    wrong = {
        f"{name}{{{label}}}"
        for name, labels in told.selected.items() if name in shown
        for label in labels - shown[name] - OF_TARGETS
    }  # fmt: skip
    return unknown | wrong | (told.grouped - of_them)


def rules():
    """Every alert, by its name."""
    groups = [group for file in ALERTS for group in yaml.safe_load(file.read_text("utf-8"))["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}
