"""Healing: rankers on pairs of elements, and the knowledge base on repairs that people made.

    python benchmarks/healing.py [--only rank | --only patterns [--cross]]

The exit code is 1 when a bar is missed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "healing"
PARTS = ("rank", "patterns")


def main() -> int:
    """Run one part, with what options it has, or both."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=PARTS, help="one of the two; what follows are its own options")
    given, options = parser.parse_known_args()
    missed = False
    for part in [given.only] if given.only else PARTS:
        print(f"\n{part}", flush=True)
        command = (sys.executable, str(FOLDER / f"{part}.py"), *options)
        missed |= subprocess.run(command, check=False).returncode != 0  # noqa: S603 - our own scripts
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
