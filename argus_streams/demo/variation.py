"""Another occurrence of a sample: new ids, the present time, other numbers; the same problem."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import msgspec

_ID = re.compile(r"\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b|\b[0-9a-f]{16}\b")
_TIME = re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?")
_NUMBER = re.compile(r"\b(order|batch|user) \d{3,9}\b")
_TIMELY = ("time", "date", "_at", "nano", "started", "pushed")
_UNITS = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}  # digits of a present time → units a second


class Sample(NamedTuple):
    """One case of a source's sample file."""

    source: str
    case: str
    headers: Mapping[str, str]
    body: Any


class Shift(NamedTuple):
    """How one occurrence differs from its sample."""

    random: Random
    seconds: float  # from the sample's time to now
    ids: dict[str, str]  # old id → new: the same one stays the same throughout a body


def newest(sample: Sample) -> float:
    """The latest ISO time in a sample, s since 1970; 0.0 where there is none."""
    found = _TIME.findall(json.dumps(sample.body))
    return max((_parsed(text).timestamp() for text in found), default=0.0)


def vary(sample: Sample, *, now: float, random: Random) -> tuple[dict[str, str], bytes]:
    """Headers and body of a new occurrence at ``now`` (s since 1970)."""
    seconds = now - (newest(sample) or now)
    shift = Shift(random, seconds, {})
    headers = {name: _text(text, shift) for name, text in sample.headers.items()}
    if isinstance(sample.body, str):
        return headers, _text(sample.body, shift).encode()
    return headers, msgspec.json.encode(_value(sample.body, "", shift))


def _value(value: Any, key: str, shift: Shift) -> Any:
    if isinstance(value, dict):
        return {name: _value(inner, name.lower(), shift) for name, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner, key, shift) for inner in value]
    if isinstance(value, str):
        return str(_number(int(value), key, shift)) if value.isdigit() else _text(value, shift)
    if isinstance(value, float):
        return value + shift.seconds if any(word in key for word in _TIMELY) else value
    return _number(value, key, shift) if isinstance(value, int) and not isinstance(value, bool) else value


def _number(value: int, key: str, shift: Shift) -> int:
    digits = len(str(abs(value)))
    if any(word in key for word in _TIMELY) and digits in _UNITS:
        return value + int(shift.seconds * _UNITS[digits])
    if key.endswith("id") and digits > 5:  # noqa: PLR2004 - shorter ones name things, not occurrences
        old = str(value)
        new = shift.ids.setdefault(old, str(shift.random.randrange(10 ** (digits - 1), 10**digits)))
        return int(new)
    return value


def _text(text: str, shift: Shift) -> str:
    text = _TIME.sub(lambda found: _later(found[0], shift.seconds), text)
    text = _NUMBER.sub(lambda found: f"{found[1]} {shift.random.randrange(100, 10**6)}", text)
    return _ID.sub(lambda found: _renamed(found[0], shift), text)


def _renamed(old: str, shift: Shift) -> str:
    if old not in shift.ids:
        digits = iter(f"{shift.random.getrandbits(4 * 32):032x}")
        shift.ids[old] = "".join("-" if c == "-" else next(digits) for c in old)
    return shift.ids[old]


def _parsed(text: str) -> datetime:
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)


def _later(text: str, seconds: float) -> str:
    moved = _parsed(text) + timedelta(seconds=seconds)
    return moved.strftime(f"%Y-%m-%d{text[10]}%H:%M:%S") + text[19:]
