"""One valid value of each shape: name only what a test is about."""

from argus_streams.core.events import Event, ExceptionInfo, Frame, Origin
from argus_streams.core.grouping.fingerprint import Fingerprint
from argus_streams.core.messages import Command, Occurrence, Sighting

NOW = 1_800_000_000_000  # ms


def frame(function="charge", module="checkout.payments", **fields):
    return Frame(function=function, module=module, **fields)


def exception(type="ValueError", value="amount is negative", frames=None, **fields):  # noqa: A002 - the field's name
    return ExceptionInfo(type=type, value=value, frames=(frame(),) if frames is None else tuple(frames), **fields)


def event(**fields):
    offset = fields.pop("offset", 0)
    defaults = {
        "project": "shop",
        "source": "sentry",
        "type": "ValueError",
        "message": "amount is negative",
        "platform": "python",
        "origin": Origin("topic-id", 0, offset),
        "event_id": f"event-{offset}",
        "received_at": NOW,
        "occurred_at": NOW,
    }
    return Event(**(defaults | fields))


def fingerprinted(value="v1:aa", **fields):
    return event(**fields), Fingerprint(value, (("type", "ValueError"),), "stack")


def occurrence(offset=0, index=0, received_at=NOW, **fields):
    defaults = {"occurred_at": received_at, "event_id": f"id-{offset}-{index}", "source": "sentry"}
    return Occurrence(offset=offset, index=index, received_at=received_at, **(defaults | fields))


def sighting(*occurrences, topic="topic-id", partition=0, event=None, **fields):
    occurrences = occurrences or (occurrence(),)
    defaults = {"project": "shop", "fingerprint": "v1:aa", "parts": (("type", "ValueError"),), "algorithm": "v1:0"}
    return Sighting(
        topic=topic,
        partition=partition,
        occurrences=tuple(occurrences),
        event=event or _event(),
        **(defaults | fields),
    )


def command(action="resolve", by="ada", **fields):
    return Command(**({"project": "shop", "fingerprint": "v1:aa", "action": action, "by": by} | fields))


_event = event
