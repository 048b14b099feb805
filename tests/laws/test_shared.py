"""What a body says once and all its items share: time and memory grow with the body, not with one times the other."""

import json
import time
import tracemalloc

import pytest
from law import NORMS, arrived

from argus_streams.core.normalization import read

SMALL, LARGE = 25_000, 100_000  # bytes of what is said once, and of the items beside it
_STEEPER = 2.5  # than linear; what grows with the product is 4 times as steep
_SHORTEST = 0.02  # CPU seconds that are measured, rather than disturbed
_MEMORY = 50_000_000  # bytes; a text of 100 kB for each of 1,000 items would be 100 MB


def long(size, unit="x"):
    return (unit * size)[:size]


def many(item, size):
    return [item] * (size // len(json.dumps(item)))


def entries(size):
    return {f"k{n}": "v" for n in range(size // 12)}


def attribute(key, value):
    return {"key": key, "value": {"stringValue": value}}


def attributes(size):
    return [attribute(f"k{n}", "v") for n in range(size // 45)]


def logs(size, *told):
    record = {"severityNumber": 17, "body": {"stringValue": "a"}}
    scopes = [{"logRecords": many(record, size)}]
    return {"resourceLogs": [{"resource": {"attributes": list(told)}, "scopeLogs": scopes}]}


def span(size, **more):
    raised = {"name": "exception", "timeUnixNano": "1", "attributes": [attribute("exception.type", "E")]}
    whole = {"traceId": "a1", "spanId": "b1", "name": "n", "events": many(raised, size), **more}
    return {"resourceSpans": [{"scopeSpans": [{"spans": [whole]}]}]}


def alerted(size, **about):
    return {**about, "alerts": many({"labels": {"alertname": "a"}, "startsAt": "2026-11-20T09:00:00Z"}, size)}


def triggered(size, **more):
    payload = {
        "summary": "s",
        "timestamp": "t",
        "custom_details": {"firing": many({"labels": {"alertname": "a"}}, size)},
    }
    return {"event_action": "trigger", "dedup_key": "k", "payload": {**payload, **more}}


def incident(size, number):
    details = {"firing": many({"labels": {"alertname": "a"}}, size)}
    data = {"id": "i", "title": "t", "alerts": [{"body": {"details": details}}]}
    return {"event": {"event_type": "incident.triggered", "id": number, "data": data}}


def pushed(size, name):
    changes = many({"new": {"name": "b", "target": {"hash": "a"}}}, size)
    return {"repository": {"full_name": name}, "push": {"changes": changes}}


def refs(size, slug):
    changes = many({"refId": "refs/heads/b", "toHash": "a"}, size)
    return {"eventKey": "repo:refs_changed", "repository": {"slug": slug, "project": {"key": "K"}}, "changes": changes}


def envelope(size):
    event = '{"type":"event"}\n{"level":"error","message":"a"}\n'
    return f'{{"event_id":"{long(size)}"}}\n{event * (size // len(event))}'


def junit(size, told):
    case = '<testcase name="a"><failure>x</failure></testcase>'
    return f"<testsuites><testsuite {told}>{case * (size // len(case))}</testsuite></testsuites>"


def playwright(size):
    spec = {"title": "t", "tests": [{"status": "unexpected", "results": [{"status": "failed"}]}]}
    return {"config": {}, "suites": [{"title": "f", "suites": [{"title": long(size), "specs": many(spec, size)}]}]}


def mocha(size, **suite):
    tests = many({"title": "t", "state": "failed", "err": {"stack": "s"}}, size)
    return {"stats": {}, "results": [{"title": "a", **suite, "suites": [{"title": "b", "tests": tests}]}]}


def jest(size):
    tests = many({"status": "failed", "title": "t"}, size)
    return {"testResults": [{"name": long(size, "a/"), "assertionResults": tests}]}


def bugs(size):
    return {"notifier": {"name": long(size, "a-")}, "events": many({"exceptions": [{"errorClass": "E"}]}, size)}


_SERVER = (attribute("url.scheme", "https"), attribute("server.address", "web-1"), attribute("code.function", "add"))
BODIES = {
    "otlp: the path of a resource": lambda n: logs(n, *_SERVER, attribute("url.path", long(n))),
    "otlp: the namespace of a resource": lambda n: logs(n, *_SERVER, attribute("code.namespace", long(n))),
    "otlp: the attributes of a resource": lambda n: logs(n, *attributes(n)),
    "otlp: the attributes of a span": lambda n: span(n, attributes=attributes(n)),
    "otlp: the trace of a span": lambda n: span(n, traceId=long(n, "a1")),
    "otlp: Faro's application": lambda n: {
        "meta": {"app": {"name": long(n)}},
        "logs": many({"level": "error", "message": "a"}, n),
    },
    "alertmanager: all annotations": lambda n: alerted(n, commonAnnotations=entries(n)),
    "alertmanager: one annotation": lambda n: alerted(n, commonAnnotations={"summary": long(n)}),
    "alertmanager: the address": lambda n: alerted(n, externalURL=long(n)),
    "pagerduty: the key": lambda n: {**triggered(n), "dedup_key": long(n)},
    "pagerduty: the time": lambda n: triggered(n, timestamp=long(n)),
    "pagerduty: the id": lambda n: incident(n, long(n)),
    "bitbucket: the repository": lambda n: pushed(n, long(n)),
    "bitbucket: the slug": lambda n: refs(n, long(n)),
    "bugsnag: the notifier": bugs,
    "sentry: an envelope's id": envelope,
    "testreports: a suite's file": lambda n: junit(n, f'file="{long(n, "a/")}"'),
    "testreports: a suite's time": lambda n: junit(n, f'timestamp="{long(n)}"'),
    "testreports: a suite's title": playwright,
    "testreports: a suite's title in mocha": lambda n: mocha(n, title=long(n)),
    "testreports: a suite's file in mocha": lambda n: mocha(n, file=long(n, "a/")),
    "testreports: a file of jest": jest,
}


def body(name, size):
    told = BODIES[name](size)
    value = told if isinstance(told, str) else json.dumps(told)
    return arrived(name.partition(":")[0], value.encode(), {})


def seconds(incoming):
    start = time.thread_time()
    assert read(incoming, NORMS).outcome == "normalised"
    return time.thread_time() - start


@pytest.mark.parametrize("name", BODIES)
def test_the_time_grows_with_the_body(name):
    small, large = body(name, SMALL), body(name, LARGE)
    limit = _STEEPER * LARGE / SMALL
    # A run that other work has disturbed is made again.
    assert any(seconds(large) < limit * max(seconds(small), _SHORTEST) for _ in range(5))


@pytest.mark.parametrize("name", BODIES)
def test_the_memory_grows_with_the_body(name):
    incoming = body(name, LARGE)
    tracemalloc.start()
    try:
        read(incoming, NORMS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < _MEMORY, f"{peak:,} bytes for a body of {len(incoming.value):,}"
