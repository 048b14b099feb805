"""What a repair says of the rest of a suite, before it fails: the same rename, wherever a known locator has it."""

from collections.abc import Iterator

from msgspec import Struct, structs

from argus_streams.core.events import FailureKind
from argus_streams.core.healing.knowledge.index import Index, Met, similarity
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.record import Record, snapshot
from argus_streams.core.healing.knowledge.renames import Rename
from argus_streams.core.healing.knowledge.rewriting import rewritten
from argus_streams.core.healing.knowledge.rulebook import TELLING, Rule, Rulebook, hashed, uses
from argus_streams.core.healing.knowledge.units import Read, read
from argus_streams.core.repairs import Pattern, RepairSource

MOST = 100  # suggestions of one repair
_PIECE = 2  # characters of a rename that a locator has to have: what tells less fits too much


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


def suggestions(book: Rulebook, index: Index, old: Read, now: int, limits: Limits) -> tuple[Suggestion, ...]:
    """What the renames that fit a locator, which was just healed or failed, make of the others; the surest first.

    Of a rule all locators that have it, also where it is not sure any more, so that it can be told what was told
    before. Of a rename that one repair alone shows those that are as similar to it as asked, as far as that is sure
    enough to try.
    """
    found: dict[tuple[str, str], Suggestion] = {}
    for use in uses(book, old):
        for each in _of_rule(use.rule, index, old, now, limits):
            known = found.get((each.locator, each.healed))
            if known is None or each.confidence > known.confidence:
                found[each.locator, each.healed] = each
    return tuple(sorted(found.values(), key=lambda each: (-each.confidence, each.locator, each.healed))[:MOST])


def _of_rule(rule: Rule, index: Index, old: Read, now: int, limits: Limits) -> Iterator[Suggestion]:
    piece = _told(rule.rename)
    source = _source(rule, now, limits)
    if source is None or len(piece) < _PIECE:
        return
    confidence = rule.bound(now, limits) * (1.0 if source == "rule" else limits.elsewhere_confidence)
    for met in index.met.values():
        if piece not in met.text or met.text == old.text:
            continue
        if source == "cross_test_learning" and similarity(rule.example[0], met.text) < limits.similar:
            continue
        told = read(met.written)
        changed = None if hashed(told) in rule.explained else rewritten(rule.rename, told)
        if changed is not None:
            yield _suggestion(rule, met, changed.healed, source, confidence)


def _source(rule: Rule, now: int, limits: Limits) -> RepairSource | None:
    if len(rule.explained) >= limits.support:
        return "rule"
    sure = rule.bound(now, limits) * limits.elsewhere_confidence >= limits.validate
    return "cross_test_learning" if sure and rule.rename.kind in TELLING else None


def _suggestion(rule: Rule, met: Met, healed: str, source: RepairSource, confidence: float) -> Suggestion:
    return Suggestion(
        locator=met.written,
        healed=healed,
        scope=met.scope,
        failure=met.failure,
        source=source,
        confidence=confidence,
        rule=rule.id,
        reason=f"{rule.rename.text}, as {rule.example[0]} became {rule.example[1]}",
    )


def _told(rename: Rename) -> str:
    """The longest piece of text that a locator has to have."""
    pieces = [piece.text for piece in rename.before if piece.hole < 0 and piece.kind != "quote"]
    return max(pieces, key=len, default="")


def pattern(suggestion: Suggestion, tests: tuple[str, ...], project: str, at: int, limits: Limits) -> Pattern:
    """The suggestion as a pattern that nobody has tried yet; its bound is one that is never applied."""
    record = Record(
        suggestion.locator,
        suggestion.healed,
        suggestion.scope,
        suggestion.failure,
        suggestion.source,
        at,
        at,
        rule=suggestion.rule,
        tests=tests,
    )
    bound = min(suggestion.confidence, limits.apply)
    return structs.replace(snapshot(record, project=project, bound=bound, epoch=0), reason=suggestion.reason)
