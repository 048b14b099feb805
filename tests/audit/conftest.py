"""Lets the tests of the audit import what those of agents and command line share."""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).resolve().parents[1] / folder) for folder in ("agents", "cli")]
