"""Taking what a fetch brought, so many bytes at a time.

aiokafka gives records by their number. It unpacks a batch when its first record is taken, so that one answer of 4 MiB,
taken whole, may be ten or fifty times as many bytes; what is left with it stays compressed.
"""

from typing import Any

TAKEN_BYTES = 2 * 1024 * 1024  # about as many as 2,000 usual bodies have
PART = 4  # of what there is room for, as long as the next records are as large as those before

Taken = dict[Any, list[Any]]  # records by partition


async def taken(fetcher: Any, partitions: Any, timeout: float | None, most: int) -> Taken:  # noqa: ASYNC109 - aiokafka's
    """Up to so many records; no more once they have ``TAKEN_BYTES``. Waits for the first one alone.

    Raises what aiokafka raises; what was taken before is lost then, as with its own call.
    """
    found: Taken = await fetcher.fetched_records(partitions, timeout=timeout, max_records=1)
    piece, count, size = found, _count(found), _size(found)
    while piece and count < most and size < TAKEN_BYTES:
        fitting = (TAKEN_BYTES - size) * count // max(1, size) // PART
        next_ = max(1, min(fitting, most - count, count))
        piece = await fetcher.fetched_records(partitions, timeout=0, max_records=next_)
        for tp, records in piece.items():
            found.setdefault(tp, []).extend(records)
        count, size = count + _count(piece), size + _size(piece)
    return found


def _count(piece: Taken) -> int:
    return sum([len(records) for records in piece.values()])


def _size(piece: Taken) -> int:
    return sum([len(record.value or b"") + len(record.key or b"") for records in piece.values() for record in records])
