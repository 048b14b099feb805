"""The order in which files of tests begin, so that no processor waits for the last one."""

import parts

LONGEST = (
    "regions/test_two_regions.py",
    "demo/test_run.py",
    "chaos/test_short.py",
    "history/test_generations.py",
    "healing/test_repairs_under_kills.py",
    "analysis/test_budget_under_kills.py",
    "deploy/test_compose_runs.py",
    "embedded/test_kafka.py",
    "regions/test_mirrored_inputs.py",
    "diagnosis/test_faults_of_kafka.py",
    "sources/test_testreports_memory.py",
    "prometheus/test_exposed.py",
    "streaming/test_worker.py",
    "streaming/test_stalls.py",
    "audit/test_deployment.py",
    "cli/test_letters.py",
    "laws/test_shared.py",
    "plugins/test_playwright_plugin.py",
    "plugins/test_pytest_plugin.py",
)
SERVED = (
    "adapters", "analysis", "audit", "benchmarks", "chaos", "cli", "contract", "diagnosis", "embedded", "healing",
    "helm", "history", "plugins", "prometheus", "streaming", "tracing",
)  # fmt: skip
"""Folders with tests that need a server."""


def place(item):
    """The longest first, then what waits for servers; what only computes fills the gaps at the end."""
    file = item.path.relative_to(parts.ROOT / "tests").as_posix()
    if file in LONGEST:
        return LONGEST.index(file)
    return len(LONGEST) + (item.path.parent.name not in SERVED)
