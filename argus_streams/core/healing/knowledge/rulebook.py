"""The renames of a project, each with the repairs that it explains and those that it does not."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from msgspec import Struct, structs

from argus_streams.core.events import Origin
from argus_streams.core.healing.knowledge.evidence import faded, lower_bound
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.marks import Marks, marked, passed
from argus_streams.core.healing.knowledge.renames import Rename, key_of, keys, renames
from argus_streams.core.healing.knowledge.rewriting import rewritten
from argus_streams.core.healing.knowledge.units import Read

TELLING = frozenset({"form", "head"})  # kinds of renames of which one repair is as often an instance as not
SEEN = 24  # repairs of each side that a rename remembers: enough for any bound that decides
ALIKE = 16  # renames that a locator has to have the same for
_SPARE = 64  # renames above the limit, before it is thinned out: not with each repair


class Rule(Struct, frozen=True, array_like=True):
    """One rename, and what speaks for it and against it: each broken locator once, as it was healed last."""

    rename: Rename
    explained: dict[int, float] = {}  # hash of a broken locator → what its repair weighs
    excepted: dict[int, float] = {}
    example: tuple[str, str] = ("", "")  # the latest that it explained, broken and healed
    used_at: int = 0  # ms

    @property
    def id(self) -> str:
        return blake2b(repr(self.rename).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def bound(self, now: int, limits: Limits) -> float:
        """The lower bound of how often it is right, by what its evidence is worth by now."""
        left = faded(now - self.used_at, limits)
        return lower_bound(sum(self.explained.values()) * left, sum(self.excepted.values()) * left, limits.z)

    def without(self, told: int) -> "Rule":
        """The rule as locators other than that of this hash bear it out: what one became is no reason to repeat it."""
        if told not in self.explained and told not in self.excepted:
            return self
        return structs.replace(self, explained=_without(self.explained, told), excepted=_without(self.excepted, told))


class Rulebook(Struct, frozen=True, array_like=True):
    """The renames of a project, by what a locator has to have for them."""

    rules: dict[str, tuple[Rule, ...]] = {}
    size: int = 0
    marks: Marks = {}


class Use(NamedTuple):
    """A rename that fits a locator, and what it makes of it."""

    rule: Rule
    text: str  # without style
    healed: str


def encode(book: Rulebook) -> bytes:
    """The book as it lies in the changelog and the local store."""
    return msgspec.msgpack.encode(book)


def decode(data: bytes) -> Rulebook:
    """The book that ``encode`` wrote."""
    return msgspec.msgpack.decode(data, type=Rulebook)


def within(book: Rulebook, most: int, limits: Limits) -> bytes:
    """The book encoded in so many bytes: where that is too little, with half of its renames, and half again."""
    encoded = encode(book)
    while len(encoded) > most and book.size > 1:
        fewer = structs.replace(limits, renames=book.size // 2)
        book = Rulebook(_thinned(book.rules, fewer), fewer.renames, book.marks)
        encoded = encode(book)
    return encoded


def uses(book: Rulebook, locator: Read) -> Iterator[Use]:
    """All renames that fit the locator; none of them gives the locator itself."""
    for key in keys(locator):
        for rule in book.rules.get(key, ()):
            changed = rewritten(rule.rename, locator)
            if changed is not None:
                yield Use(rule, *changed)


def explaining(book: Rulebook, heal: tuple[Read, Read], limits: Limits) -> str | None:
    """The id of the rule that bears a repair out best, if any does that other repairs have made one."""
    old, new = heal
    found = [use.rule for use in uses(book, old) if use.text == new.text and len(use.rule.explained) >= limits.support]
    return max(found, key=lambda rule: (rule.bound(rule.used_at, limits), rule.rename.literal)).id if found else None


def taught(
    book: Rulebook, heal: tuple[Read, Read], weight: float, *, origin: Origin, now: int, limits: Limits
) -> Rulebook:
    """The book after a repair that held: what explains it is borne out, what fits and does not is doubted."""
    if passed(book.marks, origin):
        return book
    old, new = heal
    rules, size, known = dict(book.rules), book.size, set()
    for use in uses(book, old):
        right = use.text == new.text
        known.add(use.rule.rename)
        _put(rules, _explaining(use.rule, old, new, weight, now) if right else _failing(use.rule, old, weight))
    for rename in renames(old, new):
        if rename not in known:
            size += _put(rules, _explaining(Rule(rename), old, new, weight, now))
    if size > limits.renames + _SPARE:
        rules, size = _thinned(rules, limits), limits.renames
    return Rulebook(rules, size, marked(book.marks, origin))


def doubted(book: Rulebook, heal: tuple[Read, Read], weight: float, *, origin: Origin) -> Rulebook:
    """The book after a repair that failed: an exception to all that would have made it."""
    if passed(book.marks, origin):
        return book
    old, new = heal
    rules = dict(book.rules)
    for use in uses(book, old):
        if use.text == new.text:
            _put(rules, _failing(use.rule, old, weight))
    return structs.replace(book, rules=rules, marks=marked(book.marks, origin))


def _explaining(rule: Rule, old: Read, new: Read, weight: float, now: int) -> Rule:
    told = hashed(old)
    explained = _last({**_without(rule.explained, told), told: max(weight, rule.explained.get(told, 0.0))})
    return structs.replace(
        rule, explained=explained, excepted=_without(rule.excepted, told), example=(old.text, new.text), used_at=now
    )


def _failing(rule: Rule, old: Read, weight: float) -> Rule:
    told = hashed(old)
    excepted = _last({**_without(rule.excepted, told), told: max(weight, rule.excepted.get(told, 0.0))})
    return structs.replace(rule, explained=_without(rule.explained, told), excepted=excepted)


def _last(told: dict[int, float]) -> dict[int, float]:
    return told if len(told) <= SEEN else dict(list(told.items())[-SEEN:])


def _without(told: dict[int, float], one: int) -> dict[int, float]:
    return {each: weight for each, weight in told.items() if each != one}


def hashed(locator: Read) -> int:
    """By what a rule remembers a locator."""
    data = locator.text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=4).digest(), "big")


def _put(rules: dict[str, tuple[Rule, ...]], rule: Rule) -> int:
    """Write the rule down; how many more there are now."""
    key = key_of(rule.rename)
    before = rules.get(key, ())
    others = [each for each in before if each.rename != rule.rename]
    if len(others) >= ALIKE:
        others.remove(min(others, key=_worth))
    rules[key] = (*others, rule)
    return len(rules[key]) - len(before)


def _worth(rule: Rule) -> tuple[int, int]:
    return len(rule.explained), rule.used_at


def _thinned(rules: dict[str, tuple[Rule, ...]], limits: Limits) -> dict[str, tuple[Rule, ...]]:
    """Those that explain most, and of those that explain as much the ones that did so last."""
    told = [(_worth(rule), at, key, rule) for key, each in rules.items() for at, rule in enumerate(each)]
    told.sort(key=lambda each: each[0])
    kept: dict[str, tuple[Rule, ...]] = {}
    for _, _, key, rule in told[-limits.renames :]:
        kept[key] = (*kept.get(key, ()), rule)
    return kept
