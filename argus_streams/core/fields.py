"""Reading untyped vendor JSON: each reader gives the wanted type or ``None``, and never raises."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from argus_streams.errors import Malformed

_EMPTY: Mapping[str, Any] = {}
_BOM = b"\xef\xbb\xbf"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999  # ms of the years 1 and 9999, all that a date can tell
_WORD = 2**63  # what Postgres and msgspec take for a whole number
_SHORT = 1024  # characters
_MOMENT = 100  # characters of the longest spelling of a time
_SPELT = 256  # bits of the longest number that is spelt out; Python refuses to spell more than 4,300 digits
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,19}\s*", re.ASCII)
_DECIMAL = re.compile(r"\s*[+-]?[0-9]{1,19}\.[0-9]{1,19}\s*", re.ASCII)
# Up to the next half of a surrogate pair; before it are whole pairs and other escapes. Read from the left, so that the
# backslashes of "\\ud83d", which is text about an escape, go together.
_HALF = rb"u[dD][89a-fA-F][0-9a-fA-F]{2}"
_TO_HALF = re.compile(
    rb"(?:[^\\]++|\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?!" + _HALF + rb").))*+\\" + _HALF,
    re.DOTALL,
)
_HALVES = 100_000  # of a body that are repaired
# A time as Go prints it: "2026-11-20 09:00:00.123 +0000 UTC m=+85.6"
_PRINTED = re.compile(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) ([+-]\d{4}) [A-Z]{1,5}(?: M=[+-][\d.]{1,20})?", re.ASCII
)
# A time as mail and HTTP spell it: "Fri, 20 Nov 2026 09:00:00 GMT"
_MAILED = re.compile(
    r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN), )?(\d\d?) ([A-Z]{3}) (\d{4}) (\d\d:\d\d:\d\d) (GMT|UTC?|[+-]\d{4})", re.ASCII
)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_COMMIT = re.compile(r"[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?")  # SHA-1 or SHA-256, whole
_BYTE = re.compile(r"\(byte (\d+)\)")
_NOT_A_NUMBER = re.compile(rb"[+-]?(?:NaN|Infinity)")


def decode(value: bytes) -> Any:
    """Parse a JSON body, or raise ``Malformed`` with the reason a person can act on.

    Half a surrogate pair (JavaScript cuts strings inside an emoji) becomes U+FFFD: the event is worth more than the
    glyph. How deep is too deep is the interpreter's to say: about 900 levels on Python 3.11, below 10,000 on all.
    """
    return decode_as(value, Any)


def decode_as(value: bytes | bytearray, of: Any) -> Any:
    """As ``decode``, of a type; ``msgspec.ValidationError`` where it is JSON of another."""
    body = value[len(_BOM) :] if value.startswith(_BOM) else value  # noqa: FURB188 - which copies a bytearray
    if not body or body.isspace():
        raise Malformed("empty body")
    try:
        return msgspec.json.decode(body, type=of)
    except msgspec.ValidationError as error:
        if "out of range" in str(error):
            raise _malformed(body, error) from error
        raise
    except RecursionError as error:
        raise Malformed("nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        whole = repaired(body)
        if whole is not body:
            return decode_as(bytes(whole), of)
        raise _malformed(body, error) from error


def repaired(body: bytes | bytearray) -> bytes | bytearray:
    """JSON with U+FFFD for each half of a surrogate pair, in its place; the same object where there is none.

    ``Malformed`` where nobody can have written so many of them.
    """
    if b"\\ud" not in body and b"\\uD" not in body:
        return body
    whole, at = bytearray(body), 0
    for _ in range(_HALVES):
        found = _TO_HALF.match(body, at)
        if found is None:
            return whole if at else body
        at = found.end()
        whole[at - 4 : at] = b"fffd"
    raise Malformed("not JSON", f"{_HALVES:,} halves of surrogate pairs")


def _malformed(body: bytes | bytearray, error: Exception) -> Malformed:
    """What is wrong with a body that the parser refuses."""
    try:
        body.decode()
    except UnicodeDecodeError as undecodable:
        return Malformed("not UTF-8", f"{undecodable.reason} at byte {undecodable.start:,}")
    if b"\x00" in body[:2]:
        return Malformed("not UTF-8", "UTF-16 or UTF-32 by its first bytes")
    detail = str(error)
    place = _BYTE.search(detail)
    if place and _NOT_A_NUMBER.match(body, int(place[1])):
        return Malformed("NaN or Infinity", f"JSON has no such number {place[0]}")
    if "truncated" in detail:
        return Malformed("truncated", f"the JSON is not finished after {len(body):,} bytes")
    if "out of range" in detail:
        return Malformed("number out of range", detail)
    return Malformed("not JSON", detail)


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
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _SPELT else None
    return str(value) if isinstance(value, float) else None


def integer(value: object) -> int | None:
    """A whole number of at most 64 bits, also when spelt as a string."""
    if isinstance(value, bool):
        return None
    number: int | None = None
    if isinstance(value, int):
        number = value
    elif isinstance(value, float):
        number = int(value) if math.isfinite(value) else None
    elif isinstance(value, str) and _WHOLE.fullmatch(value):
        number = int(value)
    return number if number is not None and -_WORD <= number < _WORD else None


def commit(value: object) -> str | None:
    """A whole SHA of git, in lower case."""
    return value.lower() if isinstance(value, str) and _COMMIT.fullmatch(value) else None


def short(value: object) -> str | None:
    """As ``text``, at most 1,024 characters: of what is written out anew for each item of a body."""
    told = text(value)
    return told and told[:_SHORT]


def composed(*parts: str | None) -> str | None:
    """An id made of parts; none where one of them is not told, by which two things would become one."""
    told = [part[:_SHORT] for part in parts if part is not None]
    return ":".join(told) if len(told) == len(parts) else None


def instant(value: object) -> int | None:
    """A point of time in ms since 1970, in the years 1 to 9999.

    ISO 8601 text, without a zone taken for UTC, or a number of s, ms, µs or ns told by its size, also when spelt.
    """
    if isinstance(value, str):
        if len(value) > _MOMENT:
            return None
        if _DECIMAL.fullmatch(value):
            return _scaled(float(value))
        return _scaled(int(value)) if _WHOLE.fullmatch(value) else _dated(value)
    if isinstance(value, float) and math.isfinite(value):
        return _scaled(value)
    number = integer(value)
    return None if number is None else _scaled(number)


def _dated(value: str) -> int | None:
    """Milliseconds of ISO 8601 text, Go's and mail's, or GitLab's ``2013-12-03 17:23:34 UTC``; finer digits go."""
    told = value.strip().upper()
    try:
        moment = datetime.fromisoformat(told.replace(" UTC", "+00:00"))
    except ValueError:
        spelt = _respelt(told)
        return _dated(spelt) if spelt else None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _bounded((moment - _EPOCH) // _MILLISECOND)


def _respelt(told: str) -> str | None:
    """In ISO 8601 what Go, mail or HTTP spell in their own way."""
    if printed := _PRINTED.fullmatch(told):
        return f"{printed[1]}{printed[2]}"
    mailed = _MAILED.fullmatch(told)
    if mailed is None or mailed[2] not in _MONTHS:
        return None
    day, month, year, time, zone = mailed.groups()
    return f"{year}-{_MONTHS.index(month) + 1:02}-{day:0>2}T{time}{zone if zone[0] in '+-' else '+00:00'}"


def _scaled(number: float) -> int | None:
    """Milliseconds of a number whose unit shows in its size (1e11 s is the year 5138)."""
    size = abs(number)
    if size < 1e11:  # noqa: PLR2004 - seconds
        return _bounded(round(number * 1000))
    if size < 1e14:  # noqa: PLR2004 - milliseconds
        return _bounded(int(number))
    return _bounded(int(number // 1000 if size < 1e17 else number // 1_000_000))  # noqa: PLR2004 - microseconds, nanoseconds


def _bounded(milliseconds: int) -> int | None:
    return milliseconds if _FIRST <= milliseconds <= _LAST else None
