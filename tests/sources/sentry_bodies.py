"""Sentry bodies for tests: built from the little that a test is about, or taken from the samples."""

import json
from pathlib import Path

from argus_streams.core.events import Event
from argus_streams.core.source import Body
from argus_streams.sources.sentry import SOURCE

CASES = json.loads((Path(__file__).resolve().parents[2] / "samples" / "sentry.json").read_text("utf-8"))


def read(told, **headers):
    value = told if isinstance(told, bytes) else (told if isinstance(told, str) else json.dumps(told)).encode()
    return SOURCE.read(Body(value, {name.replace("_", "-"): text for name, text in headers.items()}, 0))


def event(told=None, **more):
    (item,) = read({"level": "error", **(told or {}), **more})
    assert isinstance(item, Event)
    return item


def raised(*exceptions, **more):
    return event(exception={"values": list(exceptions)}, **more)


def stack(*functions):
    return {"frames": [{"function": name} for name in functions]}


def functions(exception):
    return [frame.function for frame in exception.frames]


def sample(words):
    case = next(case for case in CASES if words in case["case"])
    return read(case["body"], **{name.replace("-", "_"): text for name, text in case.get("headers", {}).items()})
