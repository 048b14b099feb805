"""The benchmarks of a checkout, run one after the other; a wheel does not bring them."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from argus_streams.errors import Unavailable

# those of a plain run first, which together take a quarter of an hour at most; then the long ones
BOUNDED = ("parameterize", "normalize", "group", "store", "drained", "engine", "analysis", "bill", "healing")
NAMES = (*BOUNDED, "million", "incidents")


def run(names: Sequence[str], options: Sequence[str], say: Callable[[str], None]) -> int:
    """Run these, or the bounded ones; 1 when one of them failed or missed its bar. Raises ``Unavailable``."""
    folder, missed = _folder(), []
    for name in names or BOUNDED:
        say(f"\n{name}")
        command = (sys.executable, str(folder / f"{name}.py"), *options)
        if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own scripts
            missed.append(name)
    if missed:
        say(f"\nfailed, or below a bar: {', '.join(missed)}")
    return int(bool(missed))


def _folder() -> Path:
    """Where they are: beside the package, in the checkout that it is imported from."""
    root = Path(__file__).resolve().parents[1]
    folder = root / "benchmarks"
    if (root / "pyproject.toml").is_file() and all((folder / f"{name}.py").is_file() for name in NAMES):
        return folder
    raise Unavailable(
        "the benchmarks are in the folder `benchmarks` of a checkout of argus-streams, not in the wheel: "
        f"get one and run `make bench` there; there are {', '.join(NAMES)}"
    )
