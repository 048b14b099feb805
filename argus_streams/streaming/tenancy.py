"""What Faust's consumer needs of the loop and the worker."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple

from argus_streams.streaming.position import Partition, Position
from argus_streams.streaming.refusals import Refusals
from argus_streams.streaming.salvage import Salvage

Starts = Mapping[Partition, tuple[int, str]]  # offset and topic id


class Tenancy(NamedTuple):
    """What the transport needs of the loop: where to start, and when the running turn is over."""

    position: Position
    salvage: Salvage
    starts: Callable[[Iterable[Partition]], Awaitable[Starts]]  # committed positions, or beginnings
    assigned: Callable[[frozenset[Partition]], None]  # partitions are ours: recover their state
    leave: Callable[[float], Awaitable[None]]  # waits for the running turn so many seconds, then no step may begin
    crowded: Callable[[], bool]  # so many bytes wait that no more may be fetched; Faust counts chunks alone
    delivered: Callable[[int], None]  # so many bytes more wait
    state_id: str  # of the changelog whose state goes with the positions; "" where there is none
    committed: Callable[[Mapping[Partition, int]], None]  # the broker has these commits
    refusals: Refusals
    asking: Callable[[], None]  # the fetch loop asks for records
