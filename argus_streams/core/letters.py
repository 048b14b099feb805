"""A dead letter: the body that could not be processed, and in its headers why, where and whose it is."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from argus_streams.core.events import Origin
from argus_streams.core.messages import Stage

WHOLE_BYTES = 7 * 1024 * 1024  # a larger value would not fit beside its headers into a record of 8 MiB
CLIPPED_BYTES = 64 * 1024
DETAIL_CHARACTERS = 2000
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


Headers = Sequence[tuple[str, bytes]]


def headers(letter: Letter, original: Headers = ()) -> list[tuple[str, bytes]]:
    """The letter's own headers, then those of the record untouched."""
    told = {
        "reason": letter.reason,
        "detail": letter.detail[:DETAIL_CHARACTERS],
        "stage": letter.stage,
        "origins": msgspec.json.encode(letter.origins).decode(),
        "project": letter.project,
        "source": letter.source,
    }
    ours = [(OURS + name, value.encode("utf-8", "replace")) for name, value in told.items() if value]
    return [*ours, *((name, value) for name, value in original if not name.startswith(OURS))]


def value(body: bytes) -> bytes:
    """The body, or its beginning where it is larger than a record may be."""
    return body if len(body) <= WHOLE_BYTES else body[:CLIPPED_BYTES]


def read(record_headers: Headers) -> Letter:
    """The letter that ``headers`` wrote; raises ``msgspec.MsgspecError`` or ``KeyError`` for other records."""
    found = {
        name.removeprefix(OURS): (content or b"").decode("utf-8", "replace")
        for name, content in record_headers
        if name.startswith(OURS)
    }
    origins = msgspec.json.decode(found.pop("origins"), type=tuple[Origin, ...])
    return msgspec.convert({**found, "origins": origins}, Letter)
