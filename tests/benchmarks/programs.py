"""The benchmarks as a person runs them, only tiny."""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def measured(name, *arguments, **environment):
    """What a benchmark printed; it ended by itself and found nothing amiss but, on so little, a bar."""
    done = subprocess.run(  # noqa: S603 - our own scripts
        [sys.executable, str(FOLDER / f"{name}.py"), *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done
