"""Rows as a turn would store them; a test names what it is about."""

from typing import Any

from argus_streams.core.events import Event, ExceptionInfo, Frame, Origin
from argus_streams.core.messages import DeadLetter, Group, KeptEvent, Version

NOON = 1_763_899_200_000  # 2025-11-23T12:00:00Z
HOUR = NOON // 3_600_000


def a_group(**changes: Any) -> Group:
    fields: dict[str, Any] = {
        "project": "shop",
        "fingerprint": "v1:9f2c",
        "parts": (("type", "TypeError"), ("frame", "cart.add")),
        "algorithm": "v1:none",
        "version": Version(1, 1),
        "kind": "error",
        "severity": "error",
        "status": "open",
        "title": "TypeError: x is undefined",
        "type": "TypeError",
        "count": 3,
        "first_seen": NOON - 1,
        "last_seen": NOON + 123,
        "environments": ("production", "staging"),
        "sources": {"sentry": 2, "rollbar": 1},
        "hours": {HOUR - 1: 1, HOUR: 2},
    }
    return Group(**fields | changes)


def an_event(event_id: str = "e1", **changes: Any) -> Event:
    fields: dict[str, Any] = {
        "event_id": event_id,
        "project": "shop",
        "source": "sentry",
        "type": "TypeError",
        "message": "x is undefined",
        "exceptions": (ExceptionInfo("TypeError", "x is undefined", frames=(Frame("add", "cart", line=7),)),),
        "occurred_at": NOON - 500,
        "received_at": NOON,
        "origin": Origin("t1", 3, 42, 0),
        "tags": {"os": "linux"},
    }
    return Event(**fields | changes)


def a_kept(event_id: str = "e1", **changes: Any) -> KeptEvent:
    fields: dict[str, Any] = {"project": "shop", "fingerprint": "v1:9f2c", "reason": "first"}
    own = {name: changes.pop(name) for name in tuple(changes) if name in fields}
    return KeptEvent(**fields | own, event=an_event(event_id, **changes))


def a_letter(offset: int = 7, **changes: Any) -> DeadLetter:
    fields: dict[str, Any] = {
        "stage": "normalize",
        "reason": "not JSON",
        "detail": "at byte 3",
        "project": "shop",
        "source": "sentry",
        "origin": Origin("t1", 0, offset, 0),
        "size": 12,
        "at": NOON,
    }
    return DeadLetter(**fields | changes)
