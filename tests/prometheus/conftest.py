import shutil
import subprocess
from typing import NamedTuple

import parts
import pytest


class Promtool(NamedTuple):
    """Prometheus' own checker."""

    binary: str

    def run(self, *arguments, stdin=None):
        """Its output; the test fails with it where something is wrong."""
        done = subprocess.run(  # noqa: S603
            [self.binary, *map(str, arguments)], input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def promtool():
    """Promtool; tests of alerts skip loudly without it."""
    binary = shutil.which("promtool")
    if binary is None:
        parts.missing("promtool", "it is in Debian's package prometheus")
    return Promtool(binary)
