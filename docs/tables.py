"""Writes the tables of the documentation, and the chart's schema, that the code tells: `make docs`; a test compares."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import chart
import click
import dashboards
import declared
import senders
import yaml

from argus_streams import settings, sources
from argus_streams.adapters import analysis_metrics, healing_metrics, model_metrics, telemetry, topics, tracing_metrics
from argus_streams.agents import tallies
from argus_streams.auditing import measured
from argus_streams.cli import main
from argus_streams.core.analysis.gate import SKIPS
from argus_streams.core.analysis.reasons import OUTCOMES
from argus_streams.core.doctor.checks import CHECKS
from argus_streams.metric import Metric
from argus_streams.streaming import metrics

ROOT = Path(__file__).resolve().parents[1]
FILES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/operations/README.md",
    "docs/operations/traces-and-logs.md",
    "docs/runbooks/README.md",
    "docs/operations/doctor.md",
    "docs/metrics.md",
    "docs/analysis.md",
    "docs/audit.md",
    "docs/healing.md",
    "helm/argus/README.md",
)
_PLACE = re.compile(r"(<!-- (?P<table>\w+): written by `make docs` -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(path: Path, text: str) -> str:
    """The document with each of its tables as the code tells it now."""
    tables: dict[str, Callable[[], str]] = {
        "settings": _settings,
        "senders": _senders,
        "topics": _topics,
        "metrics": lambda: _metrics((*metrics.PUSHED, *metrics.PULLED, *tallies.ALL)),
        "audit": lambda: _metrics(measured.ALL),
        "fields": lambda: _metrics(telemetry.ALL),
        "models": lambda: _metrics((*model_metrics.ALL, *analysis_metrics.ALL)),
        "healing": lambda: _metrics(healing_metrics.ALL),
        "traces": lambda: _metrics(tracing_metrics.ALL),
        "commands": _commands,
        "runbooks": _runbooks,
        "skips": _skips,
        "outcomes": _outcomes,
        "example": lambda: senders.example(path.stem),
        "tutorial": _tutorial,
        "values": _values,
        "checks": _checks,
    }
    return _PLACE.sub(lambda place: place[1] + tables[place["table"]]() + place[3], text)


def _settings() -> str:
    rows = [(f"`{name}`", f"`{default}`" if default else "", about) for name, default, about in settings.described()]
    return _table(("variable", "default", "what for"), rows)


def _senders() -> str:
    rows = [(f"[`{name}`](docs/senders/{name}.md)", source.about) for name, source in sources.load().items()]
    return _table(("`ce_source`", "what is read"), rows)


def _topics() -> str:
    rows = [
        (f"`{topic.name}`", topic.about, topic.key, topic.retention or "the last of each key")
        for topic in topics.load()
        if not topic.name.endswith(".dlq")
    ]
    return _table(("topic", "what it holds", "key", "kept"), rows)


def _metrics(told: Iterable[Metric]) -> str:
    rows = [
        (f"`{metric.read_as}`", ", ".join(f"`{label}`" for label in metric.labels), metric.kind, metric.about)
        for metric in told
    ]
    return _table(("metric", "labels", "kind", "what it tells"), rows)


def _runbooks() -> str:
    """Every alert, with the sentence that its page begins with."""
    rows = []
    for file in sorted((ROOT / "helm" / "argus" / "alerts").glob("*.yaml")):
        for rule in (rule for group in yaml.safe_load(file.read_text("utf-8"))["groups"] for rule in group["rules"]):
            page = (ROOT / "docs" / "runbooks" / f"{rule['alert']}.md").read_text("utf-8")
            rows.append((f"[{rule['alert']}]({rule['alert']}.md)", rule["labels"]["severity"], page.split("\n\n")[1]))
    return _table(("alert", "severity", "what has happened"), rows)


def _commands() -> str:
    return _table(("command", "what it does"), _described(main, "argus"))


def _skips() -> str:
    return _table(("code", "why no model is asked"), [(f"`{code}`", why) for code, why in SKIPS.items()])


def _outcomes() -> str:
    return _table(("code", "what became of a question"), [(f"`{code}`", what) for code, what in OUTCOMES.items()])


def _checks() -> str:
    rows = [(f"`{check.name}`", check.looks_at, check.mends) for check in CHECKS]
    return _table(("check", "what it looks at", "what mends it"), rows)


def _described(group: click.Group, path: str) -> Iterator[tuple[str, str]]:
    """Each command of a group and of its groups, and the first line of its help."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _described(command, f"{path} {name}")
        else:
            yield f"`{path} {name}`", (command.help or "").partition("\n")[0]


def _values() -> str:
    """Every value of the chart."""
    rows = [(f"`{path}`", default, said) for path, default, said in chart.values()]
    return _table(("value", "default", "what for"), rows)


def _tutorial() -> str:
    """The module that CONTRIBUTING.md leads through."""
    code = (ROOT / "argus_streams" / "sources" / "pingdom.py").read_text("utf-8")
    return f"\n```python\n{code}```\n\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def documents() -> Mapping[Path, str]:
    """Every file that tells what the code does, as it should be."""
    written = {ROOT / name: (ROOT / name).read_text("utf-8") for name in FILES}
    pages = {senders.PAGES / f"{name}.md": senders.page(name) for name in sources.load()}
    tables = {path: filled(path, text) for path, text in {**written, **pages}.items()}
    tables |= dashboards.dashboards()
    return {**tables, chart.SCHEMA: chart.schema(), chart.KNOWN: chart.known(), declared.FILE: declared.written()}


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
