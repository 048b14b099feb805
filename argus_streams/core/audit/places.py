"""Sets of places of one input partition: a compressed bitmap of offsets for each index inside the body."""

from collections.abc import Iterable, Iterator, Sequence

from pyroaring import BitMap64

Place = tuple[int, int]  # offset and index; index -1 is the whole body


class Places:
    """A set of (offset, index)."""

    def __init__(self) -> None:
        self.by_index: dict[int, BitMap64] = {}  # by index

    def add(self, offset: int, index: int) -> None:
        """Put one in."""
        known = self.by_index.get(index)
        if known is None:
            known = self.by_index[index] = BitMap64()
        known.add(offset)

    def add_run(self, first: int, end: int, index: int, count: int) -> None:
        """Put in the same indices of all offsets [first, end)."""
        for each in range(index, index + count):
            self.by_index.setdefault(each, BitMap64()).add_range(first, end)

    def __contains__(self, place: Place) -> bool:
        known = self.by_index.get(place[1])
        return known is not None and place[0] in known

    def __len__(self) -> int:
        return sum(map(len, self.by_index.values()))

    def __iter__(self) -> Iterator[Place]:
        """In order of offset and index."""
        for offset in self.offsets():
            yield from ((offset, index) for index in sorted(self.by_index) if offset in self.by_index[index])

    def offsets(self) -> BitMap64:
        """The bodies that any of them is of."""
        return BitMap64().union(*self.by_index.values())

    def bitmaps(self) -> Sequence[BitMap64]:
        """The offsets of each index."""
        return tuple(self.by_index.values())

    def at(self, offset: int) -> frozenset[int]:
        """The indices of one body."""
        return frozenset(index for index, offsets in self.by_index.items() if offset in offsets)

    def without(self, *others: "Places") -> "Places":
        """Those that are in none of the others."""
        left = Places()
        for index, offsets in self.by_index.items():
            rest = offsets.difference(*(each.by_index.get(index, BitMap64()) for each in others))
            if rest:
                left.by_index[index] = rest
        return left

    def with_all(self, other: "Places") -> "Places":
        """Those of both."""
        both = Places()
        for index in self.by_index.keys() | other.by_index.keys():
            both.by_index[index] = self.by_index.get(index, BitMap64()) | other.by_index.get(index, BitMap64())
        return both

    def within(self, offsets: BitMap64) -> "Places":
        """Those of these bodies."""
        left = Places()
        for index, known in self.by_index.items():
            both = known & offsets
            if both:
                left.by_index[index] = both
        return left


def span(first: int, end: int) -> BitMap64:
    """All offsets of [first, end)."""
    found = BitMap64()
    if first < end:
        found.add_range(first, end)
    return found


class Numbers:
    """A number for each offset, as bitmaps of its binary digits: what one offset has is compared for all at once."""

    def __init__(self, digits: Sequence[BitMap64]) -> None:
        self.digits = digits  # the lowest first

    @classmethod
    def counted(cls, sets: Iterable[BitMap64]) -> "Numbers":
        """In how many of the sets each offset is."""
        digits: list[BitMap64] = []
        for each in sets:
            carry = each
            for at, digit in enumerate(digits):
                digits[at], carry = digit ^ carry, digit & carry
            if carry:
                digits.append(carry)
        return cls(digits)

    @classmethod
    def given(cls, numbers: Iterable[tuple[int, BitMap64]]) -> "Numbers":
        """The number of each set's offsets; no offset is in two."""
        digits: list[BitMap64] = []
        for number, offsets in numbers:
            digits += [BitMap64() for _ in range(number.bit_length() - len(digits))]
            for at in range(number.bit_length()):
                if number >> at & 1:
                    digits[at] |= offsets
        return cls(digits)

    def at(self, offset: int) -> int:
        """The number of one offset."""
        return sum(1 << at for at, digit in enumerate(self.digits) if offset in digit)

    def differing(self, other: "Numbers") -> BitMap64:
        """The offsets that have another number in the other."""
        found = BitMap64()
        for at in range(max(len(self.digits), len(other.digits))):
            found |= _digit(self.digits, at) ^ _digit(other.digits, at)
        return found


def _digit(digits: Sequence[BitMap64], at: int) -> BitMap64:
    return digits[at] if at < len(digits) else BitMap64()
