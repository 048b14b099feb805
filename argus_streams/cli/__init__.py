"""The command line, a thin layer over the rest."""

import os
import signal
import sys

import click

from argus_streams import logs, settings
from argus_streams.cli import (
    audit,
    bodies,
    configuration,
    doctor,
    findings,
    healing,
    letters,
    locating,
    operating,
    planning,
    problems,
    projects,
    replay,
    reports,
    trying,
)


@click.group(
    commands=[
        trying.demo,
        trying.bench,
        operating.worker,
        operating.topics_command,
        operating.migrate,
        configuration.config,
        doctor.doctor,
        planning.plan,
        bodies.publish,
        bodies.explain,
        bodies.parameterize,
        problems.groups,
        problems.group,
        findings.incidents,
        findings.incident,
        findings.analysis,
        findings.scores,
        reports.report,
        healing.heal,
        locating.locate,
        letters.dlq,
        projects.project,
        replay.replay,
        audit.audit,
    ],
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
