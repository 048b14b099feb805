"""OTLP's typed values, plain: ``{"stringValue": "x"}`` as text, a list of key and value as a mapping."""

import msgspec

from argus_streams.core import fields

MAX_DEPTH = 8  # of values inside values, which a sender may nest without end

_MESSAGES = ("message", "msg", "Message", "error", "err", "event")  # as loggers name it, the likeliest first
_SCALARS = ("stringValue", "intValue", "doubleValue", "bytesValue")


def text(value: object) -> str | None:
    """A value as text; lists and maps as JSON."""
    found = plain(value, 0)
    if isinstance(found, dict | list):
        return msgspec.json.encode(found).decode() if found else None
    return found if isinstance(found, str) else None


def message(value: object) -> str | None:
    """A body as text; of a map the message that it holds, for the rest of it differs from line to line."""
    found = plain(value, 0)
    if isinstance(found, dict):
        said = next((found[name] for name in _MESSAGES if isinstance(found.get(name), str)), None)
        if said:
            return str(said)
    return text(value)


def attributes(value: object) -> dict[str, str]:
    """Attributes by name, the values as text."""
    told: dict[str, str] = {}
    for pair in fields.listing(value):
        if isinstance(pair, dict):
            key, worth = fields.text(pair.get("key")), text(pair.get("value"))
            if key is not None and worth is not None:
                told[key] = worth
    return told


def plain(value: object, depth: int) -> object:
    """A value without its type tags."""
    typed = fields.mapping(value)
    if depth >= MAX_DEPTH or not typed:
        return None
    if len(typed) == 1 and "stringValue" in typed:  # nearly all are so
        return fields.text(typed["stringValue"])
    if isinstance(typed.get("boolValue"), bool):
        return "true" if typed["boolValue"] else "false"
    if "kvlistValue" in typed:
        pairs = map(fields.mapping, _values(typed["kvlistValue"]))
        return {fields.text(pair.get("key")) or "": plain(pair.get("value"), depth + 1) for pair in pairs}
    if "arrayValue" in typed:
        return [plain(item, depth + 1) for item in _values(typed["arrayValue"])]
    return next((told for name in _SCALARS if (told := fields.text(typed.get(name))) is not None), None)


def _values(value: object) -> list[object]:
    """``{"values": […]}``, or the bare list that the specification's own example has."""
    return list(fields.listing(value)) or list(fields.listing(fields.mapping(value).get("values")))
