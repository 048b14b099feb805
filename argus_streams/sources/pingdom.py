"""Pingdom's state-change webhooks: a check of a page, a server or a transaction that fails, and its recovery.

https://www.pingdom.com/resources/webhooks/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import alerts, fields
from argus_streams.core.events import Event, Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

_FAILS, _WORKS = frozenset({"DOWN", "FAILING"}), frozenset({"UP", "SUCCESS"})


def read(body: Body) -> Sequence[Item]:
    """The one change of state that a webhook tells."""
    told = fields.mapping(fields.decode(body.value))
    name, state = fields.text(told.get("check_name")), fields.text(told.get("current_state"))
    if name is None or state is None:
        raise Malformed("no state change", "neither `check_name` nor `current_state`, or one of them is missing")
    if state not in _FAILS | _WORKS:
        return (Ignored("a state that is neither failing nor working"),)
    return (_change(told, name, state),)


def _change(told: Mapping[str, Any], name: str, state: str) -> Event:
    checked = fields.mapping(told.get("check_params"))
    check, changed = fields.text(told.get("check_id")), fields.text(told.get("state_changed_timestamp"))
    host = fields.text(checked.get("hostname"))
    labels = {"instance": host} if host else {}
    return Event(
        kind="alert",
        severity=alerts.severity(fields.text(told.get("importance_level"))),
        status="firing" if state in _FAILS else "resolved",
        type=name,
        message=fields.text(told.get("long_description")) or fields.text(told.get("description")) or name,
        title=f"{name}: {state.lower()}",
        host=host,
        url=fields.text(checked.get("full_url")),
        tags={tag: "true" for each in fields.listing(told.get("tags")) if (tag := fields.text(each))},
        identity=alerts.identity(name, labels),
        occurred_at=fields.instant(told.get("state_changed_timestamp")),
        vendor_id=f"{check}:{changed}:{state}" if check and changed else None,
    )


SOURCE = Source("pingdom", "Pingdom's state-change webhooks of uptime and transaction checks", read)
