"""A body of more things than it may have items is refused before all of them are built."""

import json

import pytest

from argus_streams.core.clip import Limits
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources import load

MANY = Limits().items + 1
CROWDS = {
    "alertmanager": {"alerts": [{}] * MANY},
    "argus": {"events": [{}] * MANY},
    "bitbucket": {"repository": {"full_name": "example/shop"}, "push": {"changes": [{}] * MANY}},
    "bugsnag": {"events": [{}] * MANY},
    "datadog": [{}] * MANY,
    "grafana": {"alerts": [{}] * MANY},
    "otlp": {"resourceLogs": [{"scopeLogs": [{"logRecords": [0]}] * MANY}]},
    "pagerduty": {"messages": [{}] * MANY},
    "rollbar": [{}] * MANY,
}
OF_OTHER_SHAPES = [
    ("datadog", "{}\n" * MANY),
    ("sentry", "{}\n" + '{"type":"session"}\n{}\n' * MANY),
    ("otlp", json.dumps({"meta": {}, "logs": [0] * MANY})),
    ("otlp", json.dumps({"meta": {}, "exceptions": [0] * MANY})),
    ("otlp", json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [0] * MANY}]}]})),
]


@pytest.mark.parametrize(
    ("source", "body"), [*((name, json.dumps(body)) for name, body in CROWDS.items()), *OF_OTHER_SHAPES]
)
def test_more_items_than_a_body_may_have_are_not_all_read(source, body):
    headers = {"x-event-key": "repo:push"} if source == "bitbucket" else {}
    with pytest.raises(Malformed, match="too many items"):
        load()[source].read(Body(body.encode(), headers, 0))
