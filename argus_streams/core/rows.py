"""What STORE writes: rows that may be told again and again, and what tells one from another."""

from collections.abc import Hashable, Iterable, Mapping

from msgspec import structs

from argus_streams.core.events import Origin
from argus_streams.core.findings import Analysis, Incident, Score
from argus_streams.core.messages import DeadLetter, Group, KeptEvent, Stage
from argus_streams.core.repairs import HealingDecision, Pattern

DAY_MS = 86_400_000
SCORED_MS = 300_000  # of the scores of five minutes one is kept

Snapshot = Group | Incident | Analysis | Score | Pattern  # in absolute numbers: the highest version counts
Fact = KeptEvent | DeadLetter | HealingDecision  # never changes: the first that is told counts
Row = Snapshot | Fact
TABLES: Mapping[type[Row], str] = {
    Group: "error_groups",
    Incident: "incidents",
    Analysis: "analyses",
    Score: "quality_scores",
    Pattern: "healing_patterns",
    KeptEvent: "production_events",
    DeadLetter: "dead_letters",
    HealingDecision: "healing_decisions",
}


def distinct(rows: Iterable[Row]) -> list[Row]:
    """One row a key, in the order in which the keys were first told."""
    found: dict[Hashable, Row] = {}
    for row in rows:
        key = row_key(row)
        known = found.setdefault(key, row)
        if known is not row and is_newer(row, known):
            found[key] = row
    return list(found.values())


def is_newer(row: Row, known: Row) -> bool:
    """Whether a row takes the place of one of the same key."""
    return isinstance(row, Snapshot) and isinstance(known, Snapshot) and known.version < row.version


def row_key(row: Row) -> tuple[Hashable, ...]:
    """What no other row of the store has."""
    return _snapshot_key(row) if isinstance(row, Snapshot) else _fact_key(row)


def _snapshot_key(row: Snapshot) -> tuple[Hashable, ...]:
    match row:
        case Group():
            return Group, row.project, row.fingerprint
        case Incident():
            return Incident, row.project, row.incident
        case Analysis():
            return Analysis, row.project, row.subject
        case Score():
            return Score, row.project, row.score_type, row.at // SCORED_MS
        case Pattern():
            return Pattern, row.fingerprint


def _fact_key(row: Fact) -> tuple[Hashable, ...]:
    match row:
        case KeptEvent():
            return event_key(row)
        case DeadLetter():
            return letter_key(row)
        case HealingDecision():
            return HealingDecision, row.project, row.decision_id


def place(row: Row) -> tuple[str, str]:
    """Table and key of a row, for people."""
    return TABLES[type(row)], "/".join([_text(part) for part in row_key(row) if not isinstance(part, type)])


def _text(part: object) -> str:
    return "/".join(map(str, structs.astuple(part))) if isinstance(part, Origin) else str(part)


def event_key(kept: KeptEvent) -> tuple[str, int]:
    """The event's id and the day of Kafka's time."""
    return kept.event.event_id, kept.event.received_at // DAY_MS


def letter_key(letter: DeadLetter) -> tuple[Origin, Stage]:
    """Where it stood, and who gave it up."""
    return letter.origin, letter.stage
