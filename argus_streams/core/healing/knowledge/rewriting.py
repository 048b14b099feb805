"""How a rename changes a locator that it was not learnt from."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from argus_streams.core.healing.knowledge.lexing import Token, plain, written
from argus_streams.core.healing.knowledge.renames import Piece, Rename, RenameKind
from argus_streams.core.healing.knowledge.subwords import cuts
from argus_streams.core.healing.knowledge.units import Read, Unit

_QUOTES = ("'", '"', "`")


class Rewritten(NamedTuple):
    """A locator that a rename has changed."""

    text: str  # without style
    healed: str  # in the style of the one that was changed


def rewritten(rename: Rename, locator: Read) -> Rewritten | None:
    """The locator as the rename has it, else as it was written; ``None`` where it does not fit or changes nothing."""
    changed = _BY_KIND[rename.kind](rename, locator)
    if not changed:
        return None
    text = plain(changed)
    if text == locator.text:
        return None
    return Rewritten(text, written(_quoted(changed, locator.tokens), locator.tail))


def _form(rename: Rename, locator: Read) -> list[Token] | None:
    held = _match(rename.before, [token for token in locator.tokens if token.kind != "inner"])
    return None if held is None else _filled(rename.after, held)


def _part(rename: Rename, locator: Read) -> list[Token] | None:
    """Wherever it stands, from one unit's beginning to one's end."""
    told: list[Token] = []
    found, at, units = False, 0, locator.units
    while at < len(units):
        begins = rename.shape in {units[at].text, units[at].shape}
        end, held = _standing(rename.before, units, at) if begins else (at + 1, None)
        if held is None:
            told += units[at].tokens
        elif plain(filled := _filled(rename.after, held)) in locator.text and len(filled) > len(rename.before):
            return None  # it is there already, and would be there twice
        else:
            told += [filled[0]._replace(gap=units[at].tokens[0].gap), *filled[1:]] if filled else []
            found = True
        at = end
    return told if found else None


def _standing(before: Sequence[Piece], units: Sequence[Unit], at: int) -> tuple[int, list[str] | None]:
    """Where the next unit begins, and the values in the holes if the part stands here."""
    tokens: list[Token] = []
    for end in range(at, len(units)):
        tokens += [token for token in units[end].tokens if token.kind != "inner"]
        if len(tokens) >= len(before):
            held = _match(before, tokens)
            return (at + 1, None) if held is None else (end + 1, held)
    return at + 1, None


def _head(rename: Rename, locator: Read) -> list[Token] | None:
    was, now = rename.before[0].text, rename.after[0].text
    return _each_value(rename.shape, locator, lambda value: _begun(value, was, now))


def _tail(rename: Rename, locator: Read) -> list[Token] | None:
    was, now = rename.before[0].text, rename.after[0].text
    return _each_value(rename.shape, locator, lambda value: _ended(value, was, now))


def _begun(value: str, was: str, now: str) -> str | None:
    fits = value.startswith(was) and len(was) in cuts(value) and not _has(value.startswith, was, now)
    return now + value[len(was) :] if fits else None


def _ended(value: str, was: str, now: str) -> str | None:
    cut = len(value) - len(was)
    fits = value.endswith(was) and cut in cuts(value) and not _has(value.endswith, was, now)
    return value[:cut] + now if fits else None


def _has(test: Callable[[str], bool], was: str, now: str) -> bool:
    """Whether a value has what is put into it already, so that it would be put in twice."""
    return len(now) > len(was) and test(now)


def _each_value(form: str, locator: Read, change: Callable[[str], str | None]) -> list[Token] | None:
    told: list[Token] = []
    found = False
    for unit in locator.units:
        for token in unit.tokens:
            changed = change(token.text) if token.kind == "value" and unit.shape == form else None
            found = found or changed is not None
            told.append(token if changed is None else token._replace(text=changed))
    return told if found else None


def _match(before: Sequence[Piece], tokens: Sequence[Token]) -> list[str] | None:
    """The values that stand in the holes; ``None`` = these are other tokens."""
    if len(tokens) != len(before):
        return None
    held: dict[int, str] = {}
    for piece, token in zip(before, tokens, strict=True):
        if piece.kind != token.kind:
            return None
        if piece.hole >= 0:
            if held.setdefault(piece.hole, token.text) != token.text:
                return None
        elif piece.text != token.text and piece.kind != "quote":
            return None
    return [held[hole] for hole in sorted(held)]


def _filled(after: Iterable[Piece], held: Sequence[str]) -> list[Token]:
    return [Token(piece.kind, held[piece.hole] if piece.hole >= 0 else piece.text, piece.gap) for piece in after]


def _quoted(tokens: Sequence[Token], like: Sequence[Token]) -> list[Token]:
    """With the quotes of the locator itself, unless they stand inside of what they would be put around."""
    own = next((token.text for token in like if token.kind == "quote"), _QUOTES[0])
    inside = "".join([token.text for token in tokens if token.kind in {"inner", "value"}])
    outer = next((quote for quote in (own, *_QUOTES) if quote not in inside), own)
    return [token._replace(text=outer) if token.kind == "quote" else token for token in tokens]


_BY_KIND: dict[RenameKind, Callable[[Rename, Read], list[Token] | None]] = {
    "form": _form,
    "part": _part,
    "head": _head,
    "tail": _tail,
}
