"""What one repair may be an instance of: renames of several kinds, each of which changes other locators likewise.

Which of them is meant no single repair tells: that is told by how many other repairs each explains (``rulebook``).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from rapidfuzz.distance import Indel

from argus_streams.core.healing.knowledge.lexing import Kind, Token
from argus_streams.core.healing.knowledge.subwords import cuts, heads, tails
from argus_streams.core.healing.knowledge.units import Read, Unit, shape

RenameKind = Literal["form", "part", "head", "tail"]
_AT_MOST = 6  # units on a side of a part that changed; what is longer is no rename of a part
_FREE = 4  # holes of a form that are held to their value one by one
_WIDER = 3  # units that what was put in or taken out is told with, to find its place by
_UNITS = 120  # of a locator that is compared: the comparison takes the product of two lengths

Hunk = tuple[int, int, int, int]  # from and to in the old units, from and to in the new ones


class Piece(Struct, frozen=True, array_like=True):
    """One token of a rename; a hole takes the value that stands there in the locator."""

    kind: Kind
    text: str
    hole: int = -1
    gap: str = ""


class Rename(Struct, frozen=True, array_like=True):
    """``before`` becomes ``after``.

    A form is a whole locator, a part some units of one; head and tail are how a value begins or ends, in a unit of this
    shape.
    """

    kind: RenameKind
    shape: str  # of a form its own, of a part its first unit's, of head and tail that of the unit around the value
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """As people read it."""
        return f"{self._within(self.before)} -> {self._within(self.after)}"

    @property
    def literal(self) -> int:
        """How much of it is told: of two that are as often right, the one that tells more is closer."""
        return sum([len(piece.text) for piece in self.before if piece.hole < 0])

    def _within(self, pieces: Iterable[Piece]) -> str:
        told = "".join([f"${piece.hole + 1}" if piece.hole >= 0 else piece.gap + piece.text for piece in pieces])
        return told if self.kind in {"form", "part"} else _AROUND[self.kind].format(self.shape, told)


_AROUND = {"head": "{1}* in {0}", "tail": "*{1} in {0}"}


def renames(old: Read, new: Read) -> tuple[Rename, ...]:
    """All renames that explain how one locator became the other, each once."""
    if old.text == new.text or not 0 < len(old.units) <= _UNITS or not 0 < len(new.units) <= _UNITS:
        return ()
    return tuple(dict.fromkeys([*_forms(old, new), *_parts(old, new)]))


def key_of(rename: Rename) -> str:
    """What a locator has to have for the rename to fit: one of its ``keys``."""
    if rename.kind in {"form", "part"}:
        return f"{rename.kind} {rename.shape}"
    return f"{rename.kind} {rename.shape} {rename.before[0].text}"


def keys(locator: Read) -> tuple[str, ...]:
    """What the locator has that renames are found by, in a fixed order."""
    found = [f"form {shape(locator.tokens)}"]
    for unit in locator.units:
        found += (f"part {unit.text}", f"part {unit.shape}")
        for value in unit.values:
            for cut in cuts(value):
                found += (f"head {unit.shape} {value[:cut]}", f"tail {unit.shape} {value[cut:]}")
    return tuple(dict.fromkeys(found))


def _forms(old: Read, new: Read) -> Iterator[Rename]:
    theirs = _values(new.tokens)
    shared = [value for value in dict.fromkeys(_values(old.tokens)) if value in theirs]
    if not shared:
        return
    form = shape(old.tokens)
    yield _holed("form", form, old.tokens, new.tokens, shared)
    if 1 < len(shared) <= _FREE:
        for held in shared:
            free = [value for value in shared if value != held]
            yield _holed("form", form, old.tokens, new.tokens, free)


def _parts(old: Read, new: Read) -> Iterator[Rename]:
    for gone, come in _hunks(old.units, new.units):
        before, after = _tokens(gone), _tokens(come)
        if max(len(gone), len(come)) > _AT_MOST or not (_movable(before) and _balanced(after)):
            continue
        yield _holed("part", gone[0].text, before, after, ())
        theirs = _values(after)
        shared = [value for value in dict.fromkeys(_values(before)) if value in theirs]
        if shared:
            yield _holed("part", gone[0].shape, before, after, shared)
        if len(gone) == len(come):
            for one, other in zip(gone, come, strict=True):
                yield from _within(one, other)


def _within(one: Unit, other: Unit) -> Iterator[Rename]:
    """How a value in a unit of the same shape changed at its beginning or its end."""
    if one.shape != other.shape or len(one.values) != 1 or one.text == other.text:
        return
    was, now = one.values[0], other.values[0]
    for head, begins in heads(was, now):
        yield Rename("head", one.shape, (Piece("value", head),), (Piece("value", begins),))
    for tail, ends in tails(was, now):
        yield Rename("tail", one.shape, (Piece("value", tail),), (Piece("value", ends),))


def _holed(kind: RenameKind, form: str, old: Iterable[Token], new: Iterable[Token], shared: Sequence[str]) -> Rename:
    """With a hole for each of these values; ``before`` is without style, for it is only compared."""
    before = [piece for piece in _pieces(old, shared) if piece.kind != "inner"]
    plainly = tuple([Piece(each.kind, '"' if each.kind == "quote" else each.text, each.hole) for each in before])
    return Rename(kind, form, plainly, _pieces(new, shared))


def _pieces(tokens: Iterable[Token], shared: Sequence[str]) -> tuple[Piece, ...]:
    told = []
    for token in tokens:
        hole = shared.index(token.text) if token.kind == "value" and token.text in shared else -1
        told.append(Piece(token.kind, "" if hole >= 0 else token.text, hole, token.gap))
    return tuple(told)


def _tokens(units: Iterable[Unit]) -> list[Token]:
    return [token for unit in units for token in unit.tokens]


def _values(tokens: Iterable[Token]) -> list[str]:
    return [token.text for token in tokens if token.kind == "value"]


def _movable(tokens: Sequence[Token]) -> bool:
    """Whether it may stand elsewhere likewise: a call's name alone says nothing of what is looked for."""
    called = any(token.kind == "call" for token in tokens)
    return _balanced(tokens) and (not called or any(token.kind == "value" for token in tokens))


def _balanced(tokens: Iterable[Token]) -> bool:
    """Whether what is opened is closed: else it was cut out of the middle of something."""
    marks = [token.text for token in tokens if token.kind in {"mark", "quote"}]
    quotes = sum([mark in {'"', "'", "`"} for mark in marks])
    return quotes % 2 == 0 and all(marks.count(one) == marks.count(other) for one, other in ("()", "[]", "{}"))


def _hunks(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[tuple[Sequence[Unit], Sequence[Unit]]]:
    """What changed; with a neighbour where nothing went, or nothing that says anything did."""
    for first, last, start, end in _changes(old, new):
        if any(unit.says for unit in old[first:last]):
            yield old[first:last], new[start:end]
            continue
        for step in (-1, 1):
            wider = _widened(old, new, (first, last, start, end), step)
            if wider is not None:
                yield old[wider[0] : wider[1]], new[wider[2] : wider[3]]


def _changes(old: Sequence[Unit], new: Sequence[Unit]) -> list[Hunk]:
    """Neighbouring changes as one."""
    found: list[Hunk] = []
    for code in Indel.opcodes([unit.text for unit in old], [unit.text for unit in new]):
        if code.tag == "equal":
            continue
        if found and found[-1][1] == code.src_start and found[-1][3] == code.dest_start:
            found[-1] = (found[-1][0], code.src_end, found[-1][2], code.dest_end)
        else:
            found.append((code.src_start, code.src_end, code.dest_start, code.dest_end))
    return found


def _widened(old: Sequence[Unit], new: Sequence[Unit], hunk: Hunk, step: int) -> Hunk | None:
    """The change with what stands before it (-1) or behind it (1), up to the first unit that says something."""
    first, last, start, end = hunk
    for _ in range(_WIDER):
        if step < 0 and first and start and old[first - 1].text == new[start - 1].text:
            first, start = first - 1, start - 1
        elif step > 0 and last < len(old) and end < len(new) and old[last].text == new[end].text:
            last, end = last + 1, end + 1
        else:
            return None
        if any(unit.says for unit in old[first:last]):
            return first, last, start, end
    return None
