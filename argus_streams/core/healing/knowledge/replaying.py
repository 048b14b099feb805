"""Repairs that people made, one after the other: what the knowledge base had said before it saw each of them."""

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from rapidfuzz.distance import Indel

from argus_streams.core.events import Origin
from argus_streams.core.healing.advice import Advice
from argus_streams.core.healing.knowledge.deciding import decide
from argus_streams.core.healing.knowledge.identity import same
from argus_streams.core.healing.knowledge.known import Known, learn
from argus_streams.core.healing.knowledge.lexing import canonical
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.knowledge.question import Question
from argus_streams.core.healing.knowledge.record import Entry, place
from argus_streams.core.repairs import Outcome, RepairSource, RepairVerdict

# What a row changed: quotes, white space or trailing brackets; the call, the options or the language around what means
# the same; numbers and variables inside of strings; or what is looked for.
Change = Literal["style", "call", "data", "locator"]
Result = Literal["hit", "wrong", "unseen"]
_WORD = re.compile(r"\w+|[^\w\s]")
_WORDS = 400  # of a locator that are compared
_DATA = re.compile(r"\$\{[^}]*\}|\d+")


class Row(Struct, frozen=True, kw_only=True):
    """One repair: a person changed the old locator to the new one."""

    repository: str
    old_locator: str
    new_locator: str


class Line(Struct, frozen=True, kw_only=True):
    """What was said of a row before its answer was known, and how right that was."""

    row: int  # from 1, of the file's rows
    id: str | None
    repository: str
    old_locator: str
    proposed: str | None  # what it would apply or try
    verdict: RepairVerdict  # apply, validate or ask
    source: Literal["exact", "rule", "none"]
    by: RepairSource | None
    confidence: float
    reason: str
    result: Result  # unseen = it proposed nothing to apply or try
    named: bool  # the answer is among the proposals, also where it asked
    change: Change
    repeat: bool  # the same locator broke earlier in this repository
    family: bool  # the same change of parts was made earlier in this repository, to another locator
    proposals: tuple[str, ...]


class Replay:
    """Rows in their order; each repository is a project of its own."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._entries: dict[str, Entry] = {}
        self._projects: dict[str, Known] = {}
        self._families: dict[str, set[object]] = {}

    def known(self, repository: str, locator: str) -> Known:
        """What is known of a locator by now."""
        shared = self._projects.get(repository, Known())
        entry = self._entries.get(place(repository, locator), Entry())
        return Known(entry, shared.rulebook, shared.index)

    def take(self, row: Row, number: int, row_id: str | None = None) -> Line:
        """Say what is known of the row, then learn it. Time stands still: rows have none."""
        known = self.known(row.repository, row.old_locator)
        advice = decide(known, Question(project=row.repository, locator=row.old_locator), 0, self._limits)
        line = self._line(row, advice, known, number, row_id)
        outcome = Outcome(
            project=row.repository,
            outcome_id=str(number),
            locator=row.old_locator,
            healed=row.new_locator,
            worked=True,
        )
        learnt = learn(known, outcome, Origin("rows", 0, number), 0, self._limits)
        self._entries[place(row.repository, row.old_locator)] = learnt.known.entry
        self._projects[row.repository] = learnt.known
        for gone in learnt.dropped:
            self._entries.pop(place(row.repository, gone), None)
        return line

    def _line(self, row: Row, advice: Advice, known: Known, number: int, row_id: str | None) -> Line:
        answer = row.new_locator
        seen = self._families.setdefault(row.repository, set())
        edit = edited(row)
        family = bool(edit) and edit in seen
        seen.add(edit)
        return Line(
            row=number,
            id=row_id,
            repository=row.repository,
            old_locator=row.old_locator,
            proposed=advice.healed,
            verdict=advice.verdict,
            source=_SOURCES.get(advice.source, "none"),
            by=advice.source,
            confidence=round(advice.confidence, 4),
            reason=advice.reason,
            result="unseen" if advice.healed is None else "hit" if same(advice.healed, answer) else "wrong",
            named=any(same(each.healed or "", answer) for each in advice.proposals),
            change=change(row),
            repeat=bool(known.entry.records),
            family=family,
            proposals=tuple([each.healed or "" for each in advice.proposals]),
        )


_SOURCES: Mapping[RepairSource | None, Literal["exact", "rule", "none"]] = {
    "pin": "exact",
    "pattern": "exact",
    "rule": "rule",
    "cross_test_learning": "rule",
}


def change(row: Row) -> Change:
    """What kind of change a row is: only the last one is a repair."""
    old, new = canonical(row.old_locator), canonical(row.new_locator)
    if old == new:
        return "style"
    if same(row.old_locator, row.new_locator):
        return "call"
    return "data" if _DATA.sub("0", old) == _DATA.sub("0", new) else "locator"


def edited(row: Row) -> frozenset[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Which runs of words and marks a row replaced by which, without style: equal for rows of one family."""
    old, new = (_WORD.findall(canonical(text)) for text in (row.old_locator, row.new_locator))
    codes = Indel.opcodes(old[:_WORDS], new[:_WORDS])
    joined: list[list[int]] = []
    for code in codes:
        if code.tag == "equal":
            continue
        if joined and joined[-1][1] == code.src_start and joined[-1][3] == code.dest_start:
            joined[-1][1], joined[-1][3] = code.src_end, code.dest_end
        else:
            joined.append([code.src_start, code.src_end, code.dest_start, code.dest_end])
    return frozenset((tuple(old[a:b]), tuple(new[c:d])) for a, b, c, d in joined)
