"""Reading untyped vendor JSON: each reader gives the wanted type or ``None``, and never raises."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from argus_streams.errors import Malformed

_EMPTY: Mapping[str, Any] = {}


def decode(value: bytes) -> Any:
    """Parse a JSON body, or raise ``Malformed`` with the reason a person can act on.

    A lone surrogate (JavaScript cuts strings inside an emoji) becomes U+FFFD: the event is worth more than the glyph.
    """
    if not value.strip():
        raise Malformed("empty body")
    try:
        return msgspec.json.decode(value)
    except RecursionError as error:
        raise Malformed("nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed("not JSON", str(error)) from error


def mapping(value: object) -> Mapping[str, Any]:
    """An object, else an empty one."""
    return value if isinstance(value, dict) else _EMPTY


def listing(value: object) -> Sequence[Any]:
    """An array, else an empty one."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str | None:
    """A non-empty string; numbers are spelt out, anything else is ``None``."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool) or value is None:
        return None
    return str(value) if isinstance(value, int | float) else None


def integer(value: object) -> int | None:
    """A whole number, also when spelt as a string."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) else None
    if isinstance(value, str) and value.isascii() and value.strip().lstrip("-").isdigit() and len(value) <= 20:  # noqa: PLR2004 - longer than any 64-bit number
        return int(value)
    return None


def instant(value: object) -> int | None:
    """A point of time in ms since 1970: ISO 8601 text, or a number of s, ms, µs or ns told by its size."""
    number = integer(value) if not isinstance(value, float) else None
    if isinstance(value, float) and math.isfinite(value):
        return _scaled(value)
    if number is not None:
        return _scaled(number)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def _scaled(number: float) -> int:
    """Milliseconds of a number whose unit shows in its size (1e11 s is the year 5138)."""
    size = abs(number)
    if size < 1e11:  # noqa: PLR2004 - seconds
        return int(number * 1000)
    if size < 1e14:  # noqa: PLR2004 - milliseconds
        return int(number)
    return int(number // 1000) if size < 1e17 else int(number // 1_000_000)  # noqa: PLR2004 - microseconds, nanoseconds
