"""A dead letter: the body that could not be processed, and in its headers why, where and whose it is."""

from collections.abc import Sequence
from itertools import accumulate

import msgspec
from msgspec import Struct

from argus_streams.core.events import Origin
from argus_streams.core.messages import Stage

WHOLE_BYTES = 7 * 1024 * 1024  # more would not fit into a record of 8 MiB beside up to 10,000 origins
CLIPPED_BYTES = 64 * 1024
TEXT = 2000  # characters of a detail, and of what a record calls its project and source
KEY_BYTES = 1024  # ours have at most 100: a longer key is not kept
OURS = "argus-"
WHOLE = -1  # index of an origin that stands for the whole body


class Letter(Struct, frozen=True, kw_only=True):
    """Why a record, or some items of it, could not be processed."""

    stage: Stage
    reason: str  # short and fixed, counted
    detail: str = ""
    origins: tuple[Origin, ...]  # what it stands for; index -1 = the whole body
    project: str = ""  # as the record says it
    source: str = ""
    time: int | None = None  # ms, Kafka's time of the record; letters of older versions do not tell it
    whole: int | None = None  # bytes of the body, where the letter has only its beginning


Headers = Sequence[tuple[str, bytes]]


def headers(letter: Letter, original: Headers = ()) -> list[tuple[str, bytes]]:
    """The letter's own headers, then those of the record untouched."""
    told = {
        "reason": letter.reason,
        "detail": letter.detail,
        "stage": letter.stage,
        "project": letter.project,
        "source": letter.source,
        "time": "" if letter.time is None else str(letter.time),
        "whole": "" if letter.whole is None else str(letter.whole),
    }
    ours = [(OURS + name, text[:TEXT].encode("utf-8", "replace")) for name, text in told.items() if text]
    ours.append((OURS + "origins", msgspec.json.encode(letter.origins)))
    return [*ours, *((name, value) for name, value in original if not name.startswith(OURS))]


def fitting(body: bytes, original: Headers) -> tuple[bytes, Headers]:
    """Body and headers of a record, or their beginnings where with a letter's own they would be too large for one."""
    if len(body) + sum(map(_size, original)) <= WHOLE_BYTES:
        return body, original
    ends = accumulate(map(_size, original))
    return body[:CLIPPED_BYTES], [header for header, end in zip(original, ends, strict=True) if end <= CLIPPED_BYTES]


def _size(header: tuple[str, bytes | None]) -> int:
    name, content = header
    return 4 * len(name) + len(content or b"")


def read(record_headers: Headers) -> Letter:
    """The letter that ``headers`` wrote; raises ``msgspec.MsgspecError`` or ``KeyError`` for other records."""
    found = {
        name.removeprefix(OURS): (content or b"").decode("utf-8", "replace")
        for name, content in record_headers
        if name.startswith(OURS)
    }
    origins = msgspec.json.decode(found.pop("origins"), type=tuple[Origin, ...])
    if any("\0" in origin.topic for origin in origins):  # which Postgres has no place for
        raise msgspec.ValidationError("an origin names no topic")
    return msgspec.convert({**found, "origins": origins}, Letter, strict=False)  # numbers are texts
