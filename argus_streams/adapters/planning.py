"""The figures and prices that plans are made of, from YAML files, and how long the declared topics keep records."""

from collections.abc import Iterator
from pathlib import Path

from argus_streams.adapters import topics, yaml_files
from argus_streams.adapters.contracts import data_folder
from argus_streams.core.planning.figures import NEEDED, Figures, Kept, Prices
from argus_streams.core.topology import milliseconds
from argus_streams.errors import Misconfigured


def load_figures(file: Path | None) -> Figures:
    """The measured figures, those that travel with the program without a file. Raises ``Misconfigured``."""
    file = file or data_folder("defaults") / "sizing.yaml"
    figures = yaml_files.read(file, Figures, "--figures")
    known = {each.topic for each in kept()}
    for place, found, needed in (
        ("cpu", figures.cpu, NEEDED["cpu"]),
        ("rows", figures.rows, NEEDED["rows"]),
        ("workers", figures.workers, NEEDED["workers"]),
        ("bytes_a_body", figures.topics.bytes_a_body, NEEDED["bytes_a_body"]),
    ):
        if missing := sorted(needed - found.keys()):
            raise Misconfigured(f"--figures: {file}: {place} lacks {', '.join(missing)}")
    if strangers := sorted(figures.topics.bytes_a_body.keys() - known):
        raise Misconfigured(f"--figures: {file}: there is no topic {', '.join(strangers)} that is kept for a time")
    return figures


def load_prices(file: Path | None) -> Prices:
    """What things cost, examples that travel with the program without a file. Raises ``Misconfigured``."""
    return yaml_files.read(file or data_folder("defaults") / "plan-prices.yaml", Prices, "--prices")


def kept() -> tuple[Kept, ...]:
    """How long the records of each topic stay that does not keep them for ever: to the end, or until compacted."""
    return tuple(_kept())


def _kept() -> Iterator[Kept]:
    for topic in topics.load():
        duration = topic.retention or topic.compaction_lag
        if duration not in (None, "forever"):
            yield Kept(topic=topic.name, seconds=int(milliseconds(duration)) / 1000)
