"""Bodies that were compressed on their way, as HTTP's header ``content-encoding`` says; never more than is allowed.

https://www.rfc-editor.org/rfc/rfc9110#name-content-codings
"""

import zlib
from io import BytesIO

from argus_streams.errors import Malformed

HEADER = "content-encoding"
GZIP = "gzip"
MAGIC = b"\x1f\x8b"  # begins whatever gzip packed, and no text
_NAMES = (GZIP, "x-gzip")
_CHUNK = 1024 * 1024  # bytes
_FORMAT = 16 + zlib.MAX_WBITS  # zlib's word for gzip's header and check sum


def unpacked(value: bytes, encoding: str, limit: int) -> bytes:
    """The body itself, or ``Malformed``: also above the limit, where unpacking stops."""
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return value
    if name not in _NAMES:
        raise Malformed("unknown content-encoding", f"{encoding[:80]!r}; gzip is known")
    unpacking = zlib.decompressobj(_FORMAT)
    try:
        body = _inflated(unpacking, value, limit)
    except zlib.error as error:
        raise Malformed("not gzip", str(error)) from error
    if len(body) > limit:
        raise Malformed("too large", f"{len(value):,} bytes unpack to more than the limit of {limit:,}")
    if not unpacking.eof or unpacking.unused_data:
        raise Malformed("not gzip", "it is cut off" if not unpacking.eof else "more follows its end")
    return body


def _inflated(unpacking: "zlib._Decompress", value: bytes, limit: int) -> bytes:
    """The whole body, or more than the limit of it; in pieces, for at once it would be in memory twice."""
    body, rest = BytesIO(), value
    while body.tell() <= limit and (piece := unpacking.decompress(rest, _CHUNK)):
        body.write(piece)
        rest = unpacking.unconsumed_tail
    return body.getvalue()


def pack(value: bytes) -> bytes:
    """The body as gzip; the same bytes always become the same."""
    packing = zlib.compressobj(wbits=_FORMAT)
    return packing.compress(value) + packing.flush()
