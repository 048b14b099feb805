"""Groups that people or programs say are one problem, or are not: nothing is merged, they are shown and counted as one.

A word is kept by the other group that it is about. A person's outranks a program's, and of two alike the later holds,
by Kafka's time and origin; so it does not matter which is read first.
"""

from msgspec import Struct

from argus_streams.core.events import Origin
from argus_streams.core.messages import Command
from argus_streams.errors import Malformed

OTHERS = 64  # that a group keeps words about: the highest ones
LONGEST = 128  # characters of a fingerprint
PROGRAM = "argus:"  # begins the name of a program that decides, in ``Command.by``


class Word(Struct, frozen=True, array_like=True, order=True):
    """The highest word on two groups; the order of its fields is that of rank."""

    person: bool
    time: int  # ms, Kafka's
    origin: Origin
    joins: bool  # must-link, else cannot-link


Words = dict[str, Word]  # by the other fingerprint


def word_of(order: Command, *, time: int, origin: Origin) -> Word:
    """What a command to link or unlink says. Raises ``Malformed`` where it does not say of which other group."""
    if not order.other or order.other == order.fingerprint or len(order.other) > LONGEST:
        raise Malformed("no other group", f"`other` has to be another group's fingerprint, it is {order.other!r:.80}")
    return Word(not order.by.startswith(PROGRAM), time, origin, order.action == "link")


def heard(words: Words, other: str, word: Word) -> Words:
    """The words with one more; the same object where a higher one, or this one, is known."""
    known = words.get(other)
    if known is not None and known >= word:
        return words
    kept = {**words, other: word}
    if len(kept) <= OTHERS:
        return kept
    # What leaves is lower than 64 others, which only rise: it would leave in any order.
    lowest = min(kept, key=lambda each: (kept[each], each))
    return words if lowest == other else {each: told for each, told in kept.items() if each != lowest}


def linked(words: Words) -> str | None:
    """The other group with which this one counts."""
    if not words:
        return None
    joining = [(word, other) for other, word in words.items() if word.joins]
    return max(joining)[1] if joining else None


def apart(words: Words) -> tuple[str, ...]:
    """The other groups with which this one must never count."""
    return tuple(sorted([other for other, word in words.items() if not word.joins])) if words else ()
