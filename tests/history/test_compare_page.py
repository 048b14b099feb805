"""What a person sees of two generations side by side."""

import io
from collections import Counter

from rich.console import Console

from argus_streams.core.generations.comparison import Difference, Verdict
from argus_streams.history.compare import Printed


def test_hours_and_times_are_told_as_times_and_counts_without_braces():
    out = io.StringIO()
    differences = (
        Difference("hours", {498_832: 81}, {498_832: 82}),
        Difference("sources", {"sentry": 2, "rollbar": 1}, {"sentry": 3, "rollbar": 0}),
        Difference("last_seen", 1_795_797_373_934, 1_795_797_374_000),
    )
    told = Verdict(
        verdict="different", project="shop", fingerprint="v1:aa", title="KeyError", live=3, other=3,
        differences=differences,
    )  # fmt: skip

    page = Printed(Console(file=out, width=160))
    page.tell(told)
    page.close(Counter(different=1))

    assert out.getvalue().splitlines() == [
        "different: shop aa KeyError",
        "  3 live, 3 here",
        "  hours: (2026-11-27 16:00:00: 81) live, (2026-11-27 16:00:00: 82) here",
        "  sources: (sentry: 2, rollbar: 1) live, (sentry: 3, rollbar: 0) here",
        "  last_seen: 2026-11-27 16:36:13 live, 2026-11-27 16:36:14 here",
        "0 same, 1 different, 0 live only, 0 other only",
    ]
