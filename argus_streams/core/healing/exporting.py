"""What may be put in the place of broken locators now: the repairs that a test runner reads, and a person's report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, structs

from argus_streams.core.events import FailureKind
from argus_streams.core.healing.knowledge.identity import known_as
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.patch import Left, Missed
from argus_streams.core.repairs import HealingDecision, Pattern, RepairSource, RepairVerdict
from argus_streams.core.reports.page import Code, Grid, Page, Prose, Section, many

_WHY_LEFT: Mapping[Missed, str] = {
    "no_line": "nobody told on which line it stands",
    "gone": "it does not stand on this line any more",
    "several": "it stands there more than once",
    "assertion": "it stands in an assertion, which no repair may change",
    "unwritable": "what should stand there would break the string that it stands in",
}
_TOUCHED = (
    "Each change is one locator and nothing else. What is asserted is never changed; a locator that an assertion "
    "follows on, as in cy.get(…).should(…), is. One inside an assertion is left to a person."
)


class Repair(Struct, frozen=True, kw_only=True):
    """One locator that may be put in another's place."""

    locator: str
    scope: str
    failure: FailureKind
    healed: str
    verdict: RepairVerdict  # apply, or validate = try it once, and tell what came of it under this decision's id
    confidence: float
    source: RepairSource
    reason: str
    pattern: str | None
    decision_id: str


class Repairs(Struct, frozen=True, kw_only=True):
    """All of a project."""

    project: str
    repairs: tuple[Repair, ...]


def repairs(patterns: Iterable[Pattern], decisions: Iterable[HealingDecision], limits: Limits) -> tuple[Repair, ...]:
    """What is known and what was decided, the surest of each locator; ``decisions`` are told the latest first.

    What failed since, or what a person forbade, is left out, whatever was decided before, and however it is written.
    """
    known = list(patterns)
    barred = {_meant(each) for each in known if each.standing in {"vetoed", "suppressed"}}
    sure = _of_patterns(known, limits)
    found: dict[tuple[str, str, FailureKind], Repair] = {}
    for repair in (*sure, *_of_decisions(decisions, sure)):
        if _broken(repair) not in found and _meant(repair) not in barred:
            found[_broken(repair)] = repair
    return tuple(found[each] for each in sorted(found))


def written(
    decisions: Iterable[HealingDecision], usable: Iterable[Repair], patterns: Iterable[Pattern]
) -> list[HealingDecision]:
    """The latest decision on each place in a test, with what may be written down there now.

    That is what is to be applied, and what was tried and held, whatever was known when it was decided.
    """
    held = {_meant(each) for each in patterns if each.successes and not each.failures}
    known = {_broken(each): each for each in usable}
    latest: dict[tuple[str | None, int | None, str], HealingDecision] = {}
    for each in decisions:
        latest.setdefault((each.file, each.line, each.locator), each)
    found = []
    for each in latest.values():
        repair = known.get((each.locator, each.scope, each.failure))
        if repair is not None and (repair.verdict == "apply" or _meant(repair) in held):
            found.append(
                structs.replace(
                    each, healed=repair.healed, verdict=repair.verdict, detail=repair.reason, source=repair.source,
                    confidence=repair.confidence, pattern=repair.pattern,
                )
            )  # fmt: skip
    return found


def page(decisions: Sequence[HealingDecision]) -> Page:
    """The text of a pull request: each repair with its reason."""
    number = many(len(decisions), "broken locator")
    rows = tuple(
        (
            Code(_place(each)),
            Code(each.locator),
            Code(each.healed or ""),
            f"{each.verdict}: {each.detail}",
            f"{each.confidence:.2f}",
        )
        for each in decisions
    )
    grid = Grid(("where", "broken", "healed", "why", "confidence"), rows)
    return Page(f"Repair {number}", (Section("What is repaired", (Prose(_TOUCHED), grid)),) if rows else ())


def leavings(left: Iterable[tuple[HealingDecision, Left]]) -> list[str]:
    """What is left to a person, and why, a line each."""
    return [f"{_place(each)}: {each.locator} is left: {_WHY_LEFT[why.why]}" for each, why in left]


def _of_patterns(patterns: Iterable[Pattern], limits: Limits) -> list[Repair]:
    usable = [each for each in patterns if each.standing == "pinned" or _is_sure(each, limits)]
    usable.sort(key=lambda each: (each.standing != "pinned", -each.bound, each.fingerprint))
    return [
        Repair(
            locator=each.locator, scope=each.scope, failure=each.failure, healed=each.healed,
            verdict="apply" if each.standing == "pinned" or each.bound > limits.apply else "validate",
            confidence=1.0 if each.standing == "pinned" else each.bound, source=_source(each), reason=each.reason,
            pattern=each.fingerprint, decision_id=f"{_source(each)}-{each.fingerprint.rpartition(':')[2]}",
        )
        for each in usable
    ]  # fmt: skip


def _source(pattern: Pattern) -> RepairSource:
    """Whence it is taken: of one that nobody has tried yet what proposes it."""
    if pattern.standing == "pinned":
        return "pin"
    return "pattern" if pattern.successes + pattern.failures else pattern.source


def _is_sure(pattern: Pattern, limits: Limits) -> bool:
    return pattern.standing == "active" and pattern.bound >= limits.validate


def _of_decisions(decisions: Iterable[HealingDecision], sure: Sequence[Repair]) -> list[Repair]:
    """The latest decision on each locator that says what to do; where nobody was sure since, it still does.

    What was taken from a pattern counts as far as the pattern does now: it may have been released, or be in doubt.
    """
    latest: dict[tuple[str, str, FailureKind], HealingDecision] = {}
    for each in decisions:
        if each.verdict != "ask":
            latest.setdefault((each.locator, each.scope, each.failure), each)
    by_pattern = {each.pattern: each for each in sure}
    return [
        repair
        for each in latest.values()
        if each.verdict in {"apply", "validate"} and each.healed and each.source
        for repair in _of_decision(each, each.healed, each.source, by_pattern)
    ]


def _of_decision(
    told: HealingDecision, healed: str, source: RepairSource, by_pattern: Mapping[str | None, Repair]
) -> Iterator[Repair]:
    if source in {"pin", "pattern"}:
        now = by_pattern.get(told.pattern)
        if now is not None:
            yield structs.replace(now, locator=told.locator, healed=healed)
        return
    yield Repair(
        locator=told.locator, scope=told.scope, failure=told.failure, healed=healed, verdict=told.verdict,
        confidence=told.confidence, source=source, reason=told.detail, pattern=told.pattern,
        decision_id=told.decision_id,
    )  # fmt: skip


def _meant(repair: Pattern | Repair) -> tuple[str, str, FailureKind, str]:
    """A repair as it means, in whatever language and quotes it was told last."""
    return known_as(repair.locator), repair.scope, repair.failure, known_as(repair.healed)


def _broken(repair: Repair) -> tuple[str, str, FailureKind]:
    return repair.locator, repair.scope, repair.failure


def _place(decision: HealingDecision) -> str:
    file = decision.file or decision.test
    return file if decision.line is None else f"{file}:{decision.line}"
