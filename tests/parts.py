"""The real parts that tests need: where they come from, and what happens when one is missing."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from argus_streams.errors import ArgusError

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
MISSING = "NOT RUN, "

PARTS = frozenset(
    {
        "kafka",
        "postgres",
        "shared",
        "rocksdb",
        "pgbouncer",
        "redis",
        "browser",
        "helm",
        "go",
        "hadolint",
        "overlay",
        "promtool",
    }
)
MARKER_OF = {
    "kafka": "kafka",
    "broker": "kafka",
    "new_broker": "kafka",
    "postgres_server": "postgres",
    "postgres_url": "postgres",
    "new_postgres": "postgres",
    "redis_server": "redis",
    "shared_dir": "shared",
    "chromium": "browser",
    "helm": "helm",
    "promtool": "promtool",
}
"""The marker that a test carries by itself for using a fixture."""


def required(value: str) -> frozenset[str]:
    """The parts that ARGUS_REQUIRE names; a misspelt one would require nothing."""
    names = frozenset(filter(None, (name.strip() for name in value.split(","))))
    if names - PARTS:
        unknown, known = ", ".join(sorted(names - PARTS)), ", ".join(sorted(PARTS))
        raise pytest.UsageError(f"ARGUS_REQUIRE names {unknown}; the parts are {known}")
    return names


def missing(part: str, reason: str) -> None:
    """Skip the test and say so, or fail it where ARGUS_REQUIRE names the part."""
    if part in required(os.environ.get("ARGUS_REQUIRE", "")):
        pytest.fail(f"ARGUS_REQUIRE names {part}, and it is missing: {reason}", pytrace=False)
    pytest.skip(f"{MISSING}{part} is missing: {reason}")


@contextmanager
def obtained(part, start):
    """A started part, stopped at the end; a missing one skips or fails the test."""
    try:
        started = start()
    except ArgusError as error:
        missing(part, str(error))
    with started:
        yield started
