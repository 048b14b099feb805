"""What a repair says of the rest of a suite, before it fails: the same rename, wherever a known locator has it."""

from collections.abc import Iterator

from msgspec import Struct

from argus_streams.core.events import FailureKind
from argus_streams.core.healing.knowledge.index import Index, Met, similarity
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.renames import Rename, renames
from argus_streams.core.healing.knowledge.rewriting import rewritten
from argus_streams.core.healing.knowledge.rulebook import TELLING, Rule, Rulebook, hashed, rule_of
from argus_streams.core.healing.knowledge.units import Read, read
from argus_streams.core.repairs import RepairSource

MOST = 100  # suggestions of one repair
_PIECE = 2  # characters that a locator has to have in common with a rename, at the least, to be looked at


class Suggestion(Struct, frozen=True, kw_only=True):
    """A locator that has not failed, and what it may have to become; never applied untried."""

    locator: str  # as it was written
    healed: str
    scope: str
    failure: FailureKind
    source: RepairSource  # ``rule`` or ``cross_test_learning``
    confidence: float  # a lower bound
    rule: str  # id
    reason: str


def suggestions(book: Rulebook, index: Index, heal: tuple[Read, Read], limits: Limits) -> tuple[Suggestion, ...]:
    """What the renames of a repair make of other locators, the surest first, as far as they are sure enough to try.

    Of a rename that explains several repairs any locator that has it; of one that this repair alone shows those that
    are as similar to it as asked.
    """
    old, _ = heal
    found: dict[str, Suggestion] = {}
    for rename in renames(*heal):
        rule = rule_of(book, rename)
        if rule is None or rule.bound(limits) < limits.validate:
            continue
        for each in _of_rule(rule, index, old, limits):
            known = found.get(each.locator)
            if known is None or each.confidence > known.confidence:
                found[each.locator] = each
    told = [each for each in found.values() if each.confidence >= limits.validate]
    return tuple(sorted(told, key=lambda each: (-each.confidence, each.locator))[:MOST])


def _of_rule(rule: Rule, index: Index, old: Read, limits: Limits) -> Iterator[Suggestion]:
    source: RepairSource = "rule" if len(rule.explained) >= limits.support else "cross_test_learning"
    piece = _told(rule.rename)
    for met in index.met.values():
        if piece not in met.text or met.text == old.text:
            continue
        confidence = rule.bound(limits)
        if source != "rule":
            if rule.rename.kind not in TELLING or similarity(old.text, met.text) < limits.similar:
                continue
            confidence *= limits.elsewhere_confidence
        told = read(met.written)
        changed = None if hashed(told) in rule.explained else rewritten(rule.rename, told)
        if changed is not None:
            yield _suggestion(rule, met, changed.healed, source, confidence)


def _suggestion(rule: Rule, met: Met, healed: str, source: RepairSource, confidence: float) -> Suggestion:
    return Suggestion(
        locator=met.written,
        healed=healed,
        scope=met.scope,
        failure=met.failure,
        source=source,
        confidence=confidence,
        rule=rule.id,
        reason=f"{rule.rename.text}: {rule.example[0]} became {rule.example[1]}",
    )


def _told(rename: Rename) -> str:
    """The longest piece of text that a locator has to have."""
    pieces = [piece.text for piece in rename.before if piece.hole < 0 and piece.kind != "quote"]
    longest = max(pieces, key=len, default="")
    return longest if len(longest) >= _PIECE else ""
