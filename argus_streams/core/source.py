"""What a source is: one vendor's bodies in, items out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from argus_streams.core.clip import Limits
from argus_streams.core.events import Item
from argus_streams.core.mapping import BodyMapping
from argus_streams.errors import Malformed

_MOST = Limits().items
T = TypeVar("T")


class Body(NamedTuple):
    """One raw record of an input, as a source sees it."""

    value: bytes  # the vendor's bytes, untouched
    headers: Mapping[str, str]  # names in lower case; those of the vendor's request where the producer kept them
    received_at: int  # Kafka's time of the record, ms
    mappings: Sequence[BodyMapping] = ()  # the project's own, in their order; `sources.mapped` reads by them


class Source(NamedTuple):
    """One vendor.

    ``read`` returns an item for each occurrence in the body, in the body's order: an item's place is its index, by
    which letters and replays name it, so the same bytes always give the same list. It raises ``Malformed`` when
    nothing of the body can be read, and nothing else for any input. It fills no field that ``core.intake`` stamps.
    """

    name: str
    about: str  # one line for people: what the vendor sends
    read: Callable[[Body], Sequence[Item]]
    room: int = 0  # bytes of a body, unpacked, where it may be larger than others because it is read piece by piece
    roomy: Callable[[bytes], bool] = lambda _: True  # whether that is so of this body


def counted(told: Iterable[T]) -> Iterator[T]:
    """Each thing that a body tells; ``Malformed`` above its limit, before all are built only to be refused."""
    for number, each in enumerate(told):
        if number >= _MOST:
            raise Malformed("too many items", f"more than {_MOST:,}")
        yield each
