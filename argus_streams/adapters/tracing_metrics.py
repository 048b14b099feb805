"""What becomes of traces, as metrics."""

from argus_streams.metric import Metric

SPANS = Metric(
    "argus_spans",
    "counter",
    "Spans by what became of them: sent, failed (the collector did not take them), dropped (too many waited for it).",
    ("outcome",),
)
REFUSED = Metric(
    "argus_untraced_records",
    "counter",
    "Records whose producers asked for a trace, beyond `ARGUS_TRACES` a second: they are processed as any other.",
)

ALL = (SPANS, REFUSED)
