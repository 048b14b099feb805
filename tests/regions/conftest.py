"""Lets the tests of regions import what those of chaos share."""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).resolve().parents[1] / folder) for folder in ("chaos",)]
