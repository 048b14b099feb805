"""Models that take every question and never answer, and the role that asks them: what of it delays anything else."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline import ROOT, Crew, Pipeline, crew

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.models import load_prices, load_registry

STUB = ROOT / "tests" / "stub_models.py"
PATIENCE = 600  # s; longer than what is measured takes


class Hanging(NamedTuple):
    """A worker whose models never answer."""

    workers: Crew
    url: str  # of the models

    def calls(self) -> int:
        """How many questions were asked so far."""
        with urllib.request.urlopen(f"{self.url}/stub", timeout=10) as answer:  # noqa: S310 - our own server
            return sum(json.load(answer)["calls"].values())

    def cpu(self) -> float:
        """CPU seconds of the worker so far."""
        return self.workers.cpu()["analyze"]


@contextmanager
def hanging(stage: Pipeline, state: Path | None) -> Iterator[Hanging]:
    """A worker that explains at once what there is to explain, ready when this begins."""
    with _models() as url:
        asking = stage._replace(environment={**stage.environment, **_environment(stage.folder, url)})
        with crew(asking, ["analyze"], state=state) as workers:
            workers.ready("analyze")
            yield Hanging(workers, url)


@contextmanager
def _models() -> Iterator[str]:
    """Their address, by which all of the registry are offered."""
    ladders = (tier.ladder for tier in load_registry(None, load_prices(None)).tiers.values())
    names = sorted({place.model for ladder in ladders for place in ladder if place.provider == "anthropic"})
    command = [sys.executable, str(STUB), "--usual", '{"kind": "hang"}', "--models", *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command line
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline() if server.stdout else '')}"
        finally:
            server.terminate()


def _environment(folder: Path, url: str) -> Mapping[str, str]:
    """All as a deployment has it by default, but that a call's time is never over."""
    models = (data_folder("defaults") / "models.yaml").read_text("utf-8")
    patient = folder / "models.yaml"
    patient.write_text(re.sub(r"timeout: \d+", f"timeout: {PATIENCE}", models))
    return {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "a-key",
        "ARGUS_MODELS_FILE": str(patient),
        "ARGUS_ANALYSIS_DELAY": "0",
    }
