"""The command line, a thin layer over the rest."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import cast

import click

from argus_streams import logs, settings

# Where each command is defined. It is imported when it is asked for: a person waits for every second of it, and a
# worker's memory is small.
PLACES: Mapping[str, str] = {
    "demo": "trying:demo",
    "bench": "trying:bench",
    "worker": "operating:worker",
    "topics": "operating:topics_command",
    "migrate": "operating:migrate",
    "config": "configuration:config",
    "doctor": "doctor:doctor",
    "plan": "planning:plan",
    "publish": "bodies:publish",
    "explain": "bodies:explain",
    "parameterize": "bodies:parameterize",
    "groups": "problems:groups",
    "group": "problems:group",
    "incidents": "findings:incidents",
    "incident": "findings:incident",
    "analysis": "findings:analysis",
    "scores": "findings:scores",
    "report": "reports:report",
    "heal": "healing:heal",
    "locate": "locating:locate",
    "dlq": "letters:dlq",
    "project": "projects:project",
    "replay": "replay:replay",
    "audit": "audit:audit",
}


class Commands(Mapping[str, click.Command]):
    """The commands by name."""

    def __getitem__(self, name: str) -> click.Command:
        module, _, attribute = PLACES[name].partition(":")
        return cast("click.Command", getattr(import_module(f"{__name__}.{module}"), attribute))

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


@click.group(
    commands=cast("MutableMapping[str, click.Command]", Commands()),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="argus-streams")
def main() -> None:
    """Turn what production says about itself into a short list of explained problems, in Postgres."""
    if settings.logs_json():
        logs.configure("WARNING", "json")
    logs.quieten()
    _end_as_process_one()


def _end_as_process_one() -> None:
    """A container's first process is sent no signal that it has no handler for: its stop would wait, and then kill."""
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
