"""The command line as a person runs it: in this process where it returns, in one of its own where it stays."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from argus_streams.cli import main

OURS = ("ARGUS_", "KAFKA_", "DATABASE_URL", "OTEL_")


@contextmanager
def unset():
    """This process without any setting of ours, for a while."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - bare().keys():
            patch.delenv(name)
        yield


def bare():
    """This environment without any setting of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def argus(*arguments, given=None, **environment):
    """Run a command and return click's result: ``exit_code``, ``stdout``, ``stderr``."""
    unset = {name: None for name in os.environ if name.startswith(OURS)}
    return CliRunner().invoke(main, [str(each) for each in arguments], input=given, env=unset | environment)


@contextmanager
def process(*arguments, stdin=None, **environment):
    """The command in a process of its own, its outputs readable; killed at the end."""
    command = [sys.executable, "-m", "argus_streams", *map(str, arguments)]
    with subprocess.Popen(  # noqa: S603 - our own command line
        command, env=bare() | environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()
