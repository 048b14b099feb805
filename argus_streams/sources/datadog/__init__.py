"""Datadog: errors and frustrated clicks of RUM, monitor notifications, the event stream, logs.

https://docs.datadoghq.com/real_user_monitoring/, https://docs.datadoghq.com/integrations/webhooks/,
https://docs.datadoghq.com/api/latest/events/, https://docs.datadoghq.com/logs/log_configuration/attributes_naming_convention/
"""

from collections.abc import Sequence
from typing import Any

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item, Rejected
from argus_streams.core.source import Body, Source, counted
from argus_streams.errors import Malformed
from argus_streams.sources.datadog import logs, monitor, rum, stream

_LISTS = ("events", "data", "logs")  # of the event stream, of version 2 of Datadog's API, of forwarders


def read(body: Body) -> Sequence[Item]:
    """An item for each thing in the body, which holds one, a list, or as the RUM SDK posts them one a line."""
    lines = _lines(body.value)
    if lines is not None:
        return [_line(line) for line in counted(lines)]
    return [_item(told) for told in counted(_several(fields.decode(body.value)))] or (Ignored("nothing in it"),)


def _several(told: object) -> Sequence[Any]:
    """The things of one document: a list, a list inside it, or itself."""
    if isinstance(told, list):
        return told
    if not isinstance(told, dict):
        raise Malformed("not an object", f"a body of Datadog is a JSON object or a list, this is a {_kind(told)}")
    return next((told[name] for name in _LISTS if isinstance(told.get(name), list)), [told])


def _lines(value: bytes) -> list[bytes] | None:
    """The lines of a batch, ``None`` where the body is one document."""
    first, _, rest = value.strip().partition(b"\n")
    whole = first.startswith(b"{") and first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")
    return [line for line in value.split(b"\n") if line.strip()] if whole else None


def _line(line: bytes) -> Item:
    try:
        return _item(fields.decode(line))
    except Malformed as error:
        return Rejected(error.reason, error.detail)


def _item(told: object) -> Item:
    """One thing by its shape: only RUM, logs and the event stream have fields of their own."""
    if not isinstance(told, dict):
        return Rejected("not an object", f"a {_kind(told)} stands where an object should")
    if rum.tells(told):
        return rum.item(told)
    if logs.tells(told):
        return logs.item(told)
    event = stream.flat(told)
    return monitor.notification(told) if event is None else stream.item(event)


def _kind(told: Any) -> str:
    return type(told).__name__


SOURCE = Source("datadog", "Datadog RUM errors, monitor webhooks of any template, events and error logs", read)
