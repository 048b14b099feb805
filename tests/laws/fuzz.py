"""Bodies that nobody meant to send, for as long as it is told: `make fuzz`. Exits with 1 when one breaks the law.

First every sample with each thing wrong in turn, and every way to grow; then hypothesis, and where atheris is installed
(Linux on x86-64), a search led by the code that it reaches. Each of the two gets half of the seconds.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from law import SOURCES

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
_FINDINGS = ROOT / ".hypothesis" / "guided"
_RUNS = re.compile(r"number_of_executed_units: (\d+)")
_TOLD = 4_000  # characters of a finding


def main(seconds: int, names: Sequence[str]) -> int:
    chosen = ("-k", " or ".join(f"{name}]" for name in names)) if len(names) < len(SOURCES) else ()
    parallel = ("-n", str(os.cpu_count()))
    fine = _pytest("test_bad_input.py", "-m", "fuzz or not fuzz", *parallel, *chosen)
    fine &= _pytest("test_growth.py", "-m", "fuzz", *chosen)
    fine &= _rounds(seconds / 2, (*parallel, *chosen))
    fine &= _guided(seconds / 2, names)
    return 0 if fine else 1


def _rounds(seconds: float, arguments: Sequence[str]) -> bool:
    """Whether hypothesis finds nothing, however often it fits into the time, at least once."""
    end, rounds, fine = time.monotonic() + seconds, 0, True
    while fine and (rounds == 0 or time.monotonic() < end):
        fine = _pytest("test_any_body.py", "--hypothesis-profile", "fuzz", *arguments)
        rounds += 1
    _say(f"hypothesis: {rounds} rounds")
    return fine


def _pytest(file: str, *arguments: str) -> bool:
    _say(" ".join(("pytest", file, *arguments)))
    command = (sys.executable, "-m", "pytest", "-q", str(HERE / file), *arguments)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0  # noqa: S603 - our own tests


def _guided(seconds: float, names: Sequence[str]) -> bool:
    """Whether atheris finds nothing, or is not there."""
    if find_spec("atheris") is None:
        _say("atheris is not installed here: no search led by the code")
        return True
    workers = os.cpu_count() or 1
    share = max(5, int(seconds * workers / len(names)))
    with ThreadPoolExecutor(workers) as pool:
        return all(list(pool.map(partial(_searched, share), names)))


def _searched(seconds: int, name: str) -> bool:
    folder = _FINDINGS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = (sys.executable, str(HERE / "guided.py"), name, str(seconds), str(folder))
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, errors="replace")  # noqa: S603 - ours
    runs, fine = _RUNS.search(ended.stderr), ended.returncode == 0
    executed = f"{int(runs[1]):,} bodies in {seconds} s" if runs else "no count"
    found = "" if fine else f"; A FINDING, kept in {folder}:\n{(ended.stdout + ended.stderr)[-_TOLD:]}"
    _say(f"atheris: {name}: {executed}{found}")
    return fine


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:] or list(SOURCES)))
