"""What an audit finds: sums that close, and each thing that is missing or double with its place and stage."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from argus_streams.core.intake import SLUG

LIMIT = 1_000  # findings that are told one by one

# Where on its way something was lost or doubled.
Stage = Literal[
    "normalize",  # the ledger does not speak of a body that is there
    "letter",  # a body or item is told to be dead, and no letter stands for it
    "letter row",  # a letter is not in Postgres
    "sighting",  # an event of a normalised body is in no sighting, or in those of two groups
    "group",  # a sighting holds an event, and the ledger of GROUP does not speak of it
    "count",  # a group's count by hour is not the number of its counted events
    "group row",  # Postgres has no row of a group, an older one, or another count
    "hour row",  # Postgres' counts by hour are not the group's
    "kept row",  # a kept event is not in Postgres
]
What = Literal["missing", "double", "double across algorithms"]


class Finding(Struct, frozen=True):
    """One thing that is not as it should be."""

    stage: Stage
    what: What
    topic: str  # its name; the input's, or the topic of the record that Postgres lacks
    partition: int
    offset: int
    index: int  # of the event inside its body; -1 = the whole body or record
    project: str  # empty where nothing tells it
    detail: str
    count: int = 1  # of things


class Sums(Struct, frozen=True):
    """Added up. Of bodies and events what is missing or in flight is in their number."""

    bodies: int = 0  # but for those that retention took
    normalised: int = 0
    ignored: int = 0
    dead: int = 0
    expired: int = 0  # retention took them before they were read
    events: int = 0  # in normalised bodies
    counted: int = 0
    closed: int = 0
    duplicate: int = 0
    purged: int = 0  # came after the purge of its project, and is of before
    rejected: int = 0  # items that became letters while their body's others went on
    refused: int = 0  # in sightings that GROUP made letters of
    missing: int = 0  # things that are missing at any stage
    double: int = 0
    across_algorithms: int = 0  # events in groups of two algorithms: rules changed while a worker died
    in_flight: int = 0  # things that a stage has not committed yet

    def ledger(self) -> dict[str, int]:
        """What the demo prints."""
        names = ("bodies", "normalised", "ignored", "dead", "events", "counted", "closed", "duplicate", "missing")
        return {name: getattr(self, name) for name in names}


class Verdict(Struct, frozen=True):
    """The result of an audit."""

    total: Sums
    projects: Mapping[str, Sums]  # under "" what belongs to no project
    reasons: Mapping[str, int]  # of ignored bodies
    findings: tuple[Finding, ...]  # the first of them
    notes: tuple[str, ...]  # what could not be compared, and why

    @property
    def clean(self) -> bool:
        """Whether nothing is missing or double."""
        return not (self.total.missing or self.total.double)


_FIELD: Mapping[What, str] = {
    "missing": "missing",
    "double": "double",
    "double across algorithms": "across_algorithms",
}


class Sheet:
    """Where an audit writes; sums stay exact when there are more findings than are told."""

    def __init__(self) -> None:
        self._projects: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._reasons: Counter[str] = Counter()
        self._findings: list[Finding] = []
        self._notes: dict[str, None] = {}

    @property
    def room(self) -> int:
        """How many findings more are told one by one."""
        return max(0, LIMIT - len(self._findings))

    def add(self, project: str, **numbers: int) -> None:
        """Add to a project's sums."""
        self._projects[project if SLUG.match(project) else ""].update(numbers)

    def ignore(self, reason: str, number: int) -> None:
        """Add to the bodies that are ignored for a reason."""
        self._reasons[reason] += number

    def find(self, finding: Finding) -> None:
        """Tell of a finding, and add it up."""
        self.add(finding.project, **{_FIELD[finding.what]: finding.count})
        if self.room:
            self._findings.append(finding)

    def note(self, text: str) -> None:
        """Tell of something that could not be compared."""
        self._notes[text] = None

    def verdict(self) -> Verdict:
        """All that was written."""
        total: Counter[str] = Counter()
        for numbers in self._projects.values():
            total.update(numbers)
        return Verdict(
            Sums(**total),
            {project: Sums(**numbers) for project, numbers in sorted(self._projects.items())},
            {reason: number for reason, number in self._reasons.most_common() if number},
            tuple(self._findings),
            tuple(self._notes),
        )
