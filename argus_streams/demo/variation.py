"""Another occurrence of a sample: new ids, the present time, other numbers; the same problem."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import msgspec

_HEX = r"[0-9a-fA-F]"
# A UUID with or without dashes, an object id of git, a span of OpenTelemetry.
_ID = re.compile(rf"\b(?:{_HEX}{{8}}-?(?:{_HEX}{{4}}-?){{3}}{_HEX}{{12}}|{_HEX}{{40}}|{_HEX}{{16}})\b")
_NUMBERED = re.compile(r"\d+(?=\D*\Z)")  # "build-512": the number that tells one from the next
_TIME = re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")
_NUMBER = re.compile(r"\b(order|batch|user) (\d{3,9})\b")
_TIMELY = ("time", "date", "_at", "nano", "started", "pushed")  # in keys whose numbers are times
_UNITS = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}  # digits of a present time → units a second
_NAMING = ("id", "build_url")  # ends of keys whose texts tell one thing from the next
_SHORT = 5  # digits: shorter numbers of ids name a thread or an exception inside the body
_NEW_DIGITS = 9


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
    """The latest time in a sample, s since 1970; 0.0 where there is none."""
    return max(_times(_body(sample), ""), default=0.0)


def vary(sample: Sample, *, now: float, random: Random) -> tuple[dict[str, str], bytes]:
    """Headers and body of a new occurrence at ``now`` (s since 1970)."""
    shift = Shift(random, now - (newest(sample) or now), {})
    headers = {name: str(_value(text, name.lower(), shift)) for name, text in sample.headers.items()}
    body = _body(sample)
    if isinstance(body, list) and isinstance(sample.body, str):
        return headers, b"\n".join(_line(line, shift) for line in body)
    return headers, msgspec.json.encode(_value(body, "", shift))


def _body(sample: Sample) -> Any:
    """The body as values; one of several lines of JSON, as Sentry's envelopes are, line by line."""
    if not isinstance(sample.body, str):
        return sample.body
    return [_parsed(line) for line in sample.body.split("\n")]


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _line(line: Any, shift: Shift) -> bytes:
    varied = _value(line, "", shift)
    return varied.encode() if isinstance(varied, str) else msgspec.json.encode(varied)


def _times(value: Any, key: str) -> Iterator[float]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _times(inner, name.lower())
    elif isinstance(value, list):
        for inner in value:
            yield from _times(inner, key)
    elif isinstance(value, str) and not value.isdigit():
        yield from (_moment(found).timestamp() for found in _TIME.finditer(value))
    elif _is_time(value, key):
        yield float(value) / _UNITS[_digits(value)]


def _is_time(value: Any, key: str) -> bool:
    told = isinstance(value, int | float | str) and not isinstance(value, bool)
    return told and any(word in key for word in _TIMELY) and _digits(value) in _UNITS


def _digits(value: float | str) -> int:
    """How many digits a number has before its point; 0 for what is none."""
    whole = str(value).partition(".")[0]
    return len(whole) if whole.isdigit() else 0


def _value(value: Any, key: str, shift: Shift) -> Any:
    if isinstance(value, dict):
        return {name: _value(inner, name.lower(), shift) for name, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner, key, shift) for inner in value]
    return _scalar(value, key, shift)


def _scalar(value: Any, key: str, shift: Shift) -> Any:
    if _is_time(value, key):
        moved = shift.seconds * _UNITS[_digits(value)]
        return str(int(value) + int(moved)) if isinstance(value, str) else value + type(value)(moved)
    if isinstance(value, str):
        return _identified(value, shift) if key.endswith(_NAMING) else _text(value, shift)
    if type(value) is int and key.endswith("id") and _digits(value) > _SHORT:
        return int(_renumbered(str(value), shift))
    return value


def _identified(text: str, shift: Shift) -> str:
    varied = _text(text, shift)
    return varied if varied != text else _NUMBERED.sub(lambda found: _renumbered(found[0], shift), text)


def _renumbered(old: str, shift: Shift) -> str:
    if old not in shift.ids:
        shift.ids[old] = _drawn(max(len(old), _NEW_DIGITS), shift)
    return shift.ids[old]


def _drawn(digits: int, shift: Shift) -> str:
    return str(shift.random.randrange(10 ** (digits - 1), 10**digits))


def _text(text: str, shift: Shift) -> str:
    text = _TIME.sub(lambda found: _later(found, shift.seconds), text)
    text = _NUMBER.sub(lambda found: f"{found[1]} {_drawn(len(found[2]), shift)}", text)
    return _ID.sub(lambda found: _renamed(found[0], shift), text)


def _renamed(old: str, shift: Shift) -> str:
    if not old.strip("0-"):  # git's word for "no commit"
        return old
    if old not in shift.ids:
        digits = iter(f"{shift.random.getrandbits(4 * len(old)):0{len(old)}x}")
        shift.ids[old] = "".join("-" if c == "-" else next(digits) for c in old)
    return shift.ids[old]


def _moment(found: re.Match[str]) -> datetime:
    zone = (found[1] or "Z").replace("Z", "+00:00")
    return datetime.fromisoformat(found[0][:19] + zone).astimezone(UTC)


def _later(found: re.Match[str], seconds: float) -> str:
    text = found[0]
    moved = datetime.fromisoformat(text[:19]) + timedelta(seconds=seconds)
    return moved.strftime(f"%Y-%m-%d{text[10]}%H:%M:%S") + text[19:]
