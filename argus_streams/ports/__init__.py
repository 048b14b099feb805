"""What agents and the command line need of the outside, as Protocols and the values that pass through them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from argus_streams.core.analysis.asking import PASSING, Ending, Offered, Question, Reply, Trouble, Usage
from argus_streams.core.analysis.breaker import Phase
from argus_streams.core.analysis.dossier import Material
from argus_streams.core.analysis.prices import Provider
from argus_streams.core.analysis.registry import UnfitReason
from argus_streams.core.audit.groups import Stored
from argus_streams.core.events import LAST_TIME, Origin
from argus_streams.core.findings import Analysis, Incident, IncidentStatus, Score
from argus_streams.core.messages import DeadLetter, Group, GroupStatus, KeptEvent, Stage
from argus_streams.core.money import Spending
from argus_streams.core.purged import Gone, Marks
from argus_streams.core.reports.report import Report
from argus_streams.core.rows import Row

ANSWER_SECONDS = 7 * 86_400  # that an answer of a model is kept


class Refused(Struct, frozen=True):
    """One row that can never be stored, while its neighbours were."""

    row: Row
    reason: str  # short and fixed, counted
    detail: str = ""  # what exactly, for a person


class Store(Protocol):
    """Derived data at rest."""

    async def write(self, rows: Sequence[Row]) -> Sequence[Refused]:
        """Store the rows in one transaction and return those that can not be stored.

        May be called again with the same rows: the row of a group, an incident, an analysis, a repair or of five
        minutes' score only goes upwards in its version, an event counts once by (event id, day of Kafka's time), a
        letter by (origin, stage), a decision about a broken locator by its id. Raises ``Unavailable`` when nothing was
        stored and a later call may succeed, ``Misconfigured`` when no later call will.
        """
        ...

    async def purge(self, gone: Sequence[Gone]) -> None:
        """Keep the marks of purges, and delete the snapshots that were taken back; of later versions none."""

    async def purged(self, projects: Collection[str]) -> Marks:
        """The marks of these projects."""


class GroupQuery(Struct, frozen=True, kw_only=True):
    """Which groups to read; the one seen last comes first."""

    project: str | None = None
    statuses: tuple[GroupStatus, ...] = ()  # none = all
    fingerprint: str | None = None  # or its beginning, with or without the version ("v1:9f2c", "9f2c")
    fingerprints: tuple[str, ...] = ()  # only these; none = all
    since_hour: int = 0  # hour since 1970 from which on ``Group.hours`` is filled
    limit: int = 50

    @property
    def prefix(self) -> str | None:
        """The beginning of the wanted fingerprints; version 1 where none is named."""
        if self.fingerprint is None or ":" in self.fingerprint:
            return self.fingerprint
        return f"v1:{self.fingerprint}"


class Reader(Protocol):
    """What people ask of the stored data; raises as ``Store`` does."""

    async def groups(self, query: GroupQuery) -> Sequence[Group]: ...

    async def linked(self, keys: Collection[tuple[str, str]]) -> Collection[tuple[str, str]]:
        """These (project, fingerprint), and all that they are linked with, also by others."""
        ...

    async def events(self, project: str, fingerprint: str, limit: int) -> Sequence[KeptEvent]:
        """The kept events of one group, the latest first."""
        ...

    async def letters(self, project: str | None, limit: int) -> Sequence[DeadLetter]:
        """The latest letters, the newest first."""
        ...


class IncidentQuery(Struct, frozen=True, kw_only=True):
    """Which incidents to read; the one whose last signal is the latest comes first."""

    project: str | None = None
    statuses: tuple[IncidentStatus, ...] = ()  # none = all
    incident: str | None = None  # its id or the beginning, with or without "i-"
    since: int = 0  # ms; its last signal is no earlier ...
    until: int = LAST_TIME  # ... and its first one earlier than this
    limit: int = 50

    @property
    def prefix(self) -> str | None:
        """The beginning of the wanted ids."""
        return self.incident if self.incident is None or self.incident.startswith("i-") else f"i-{self.incident}"


class AnalysisQuery(Struct, frozen=True, kw_only=True):
    """Which analyses to read; the latest comes first."""

    project: str | None = None
    subjects: tuple[str, ...] = ()  # only these; none = all
    subject: str | None = None  # or its beginning, with or without "v1:" or "i-"
    limit: int = 50

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The beginnings that the wanted subjects may have; none = any."""
        return () if self.subject is None else (self.subject, f"v1:{self.subject}", f"i-{self.subject}")


class Findings(Protocol):
    """What people ask of all that was found out; raises as ``Store`` does."""

    async def incidents(self, query: IncidentQuery) -> Sequence[Incident]: ...

    async def analyses(self, query: AnalysisQuery) -> Sequence[Analysis]: ...

    async def scores(self, project: str, until: int = LAST_TIME) -> Sequence[Score]:
        """The latest score of each type that is earlier than ``until`` (ms), quality first."""
        ...

    async def spending(self, project: str, since: int, until: int) -> Sequence[Spending]:
        """What the latest analysis of each subject cost, of those that were made then (ms), the dearest kind first."""
        ...


class Evidence(Protocol):
    """What is stored of the things that are to be explained; raises as ``Store`` does."""

    async def gather(self, project: str, fingerprints: Sequence[str]) -> Material:
        """All that ``Material`` tells of these groups."""
        ...

    async def incident(self, project: str, identity: str) -> Incident | None:
        """The incident as it is stored now."""
        ...


class Reports(Protocol):
    """Pages that were made, whatever generation is live since; raises as ``Store`` does."""

    async def keep(self, report: Report) -> bool:
        """Keep a report under its id, once; whether its project is known."""
        ...

    async def report(self, report_id: str) -> Report | None:
        """The report of this id."""
        ...


class Holdings(Protocol):
    """What an audit asks of the stored data, a thousand keys or so at once; raises as ``Store`` does."""

    async def stored_groups(self, keys: Sequence[tuple[str, str]], since_hour: int) -> Mapping[tuple[str, str], Stored]:
        """The rows of these (project, fingerprint), with their counts from an hour since 1970 on."""
        ...

    async def lacking_events(self, keys: Sequence[tuple[str, int]]) -> Collection[tuple[str, int]]:
        """Those of (event id, ms of Kafka's time) of which there is no row."""
        ...

    async def lacking_letters(self, keys: Sequence[tuple[Origin, Stage]]) -> Collection[tuple[Origin, Stage]]:
        """Those of (origin, stage) of which there is no row."""
        ...

    async def purged(self, projects: Collection[str]) -> Marks:
        """The marks of these projects."""


class FieldCounter(Protocol):
    """Counts what bodies hold that their sender is not known to send; both texts are few and bounded."""

    def looked_at(self, source: str) -> None:
        """One more body was compared with what its sender is known to send."""
        ...

    def unknown(self, source: str, path: str) -> None:
        """It held a field that nobody has seen."""
        ...


class NoReply(Exception):  # noqa: N818 - what happened, no fault of ours
    """A model was asked in vain."""

    def __init__(
        self, trouble: Trouble, detail: str = "", *, retry_after: float | None = None, sent: bool = True
    ) -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble
        self.detail = detail
        self.retry_after = retry_after  # seconds
        self.sent = sent  # whether the question can have reached the provider

    @property
    def passing(self) -> bool:
        """Whether the same question may be answered later, or elsewhere."""
        return self.trouble in PASSING

    @property
    def perhaps_billed(self) -> bool:
        """Whether nobody knows if it was billed: it may have been answered after we had gone."""
        return self.sent and self.trouble in {"timed_out", "connection"}


class Model(Protocol):
    """A provider of models: one HTTP request a call, never repeated by itself, given up after seconds."""

    @property
    def name(self) -> Provider:
        """The provider's, as in the registry of models."""
        ...

    @property
    def takes_batches(self) -> bool:
        """Whether ``submit`` and ``collect`` are of any use."""
        ...

    async def ask(self, question: Question) -> Reply:
        """Ask once. Raises ``NoReply``."""
        ...

    async def offers(self) -> Sequence[Offered] | None:
        """The models that there are now; ``None`` = this provider does not tell. Raises ``NoReply``."""
        ...

    async def submit(self, questions: Mapping[str, Question]) -> str:
        """Ask many, each under a name, at leisure and at half the price; the batch's id. Raises ``NoReply``."""
        ...

    async def collect(self, batch: str, shapes: Mapping[str, Question]) -> Mapping[str, Reply | NoReply] | None:
        """What a batch brought, by name; ``None`` = it is not done yet. Raises ``NoReply``."""
        ...


class Answers(Protocol):
    """Answers that were given before, by hash of the question, kept for a while; one that is away forgets all."""

    async def get(self, hashes: Collection[str]) -> Mapping[str, bytes]:
        """Those of the answers that are known."""
        ...

    async def put(self, answers: Mapping[str, bytes]) -> None:
        """Keep these for ``ANSWER_SECONDS``."""
        ...


class ModelMeter(Protocol):
    """Counts what models are asked, what it costs, and whom there is to ask."""

    def called(self, provider: str, model: str, ended: Ending | Trouble) -> None:
        """A question was asked, and that ended so."""
        ...

    def took(self, provider: str, model: str, seconds: float) -> None:
        """A call took so long, however it ended."""
        ...

    def billed(self, provider: str, model: str, usage: Usage, cost: int) -> None:
        """A call was billed for these tokens; ``cost`` is in billionths of a dollar."""
        ...

    def looked_up(self, *, known: int, unknown: int) -> None:
        """Answers that were given before were looked for."""
        ...

    def answers_away(self) -> None:
        """The place where answers are kept was asked in vain."""
        ...

    def phase(self, provider: str, phase: Phase) -> None:
        """Whether a provider is asked from now on."""
        ...

    def listed(self, provider: str, at: int | None) -> None:
        """A provider has told its models at this time, in ms; ``None`` = it did not."""
        ...

    def judged(self, provider: str, model: str, unfit: UnfitReason | None) -> None:
        """A model of the registry is fit to be asked, or not for this reason."""
        ...


class AnalysisMeter(Protocol):
    """Counts what is made of answers, by which the quality of models and prompts is watched."""

    def told(self, analysis: Analysis) -> None:
        """Something was explained or put off, or a person has judged how it was explained."""
        ...

    def spent(self, project: str, day: int, nanos: int, limit: int) -> None:
        """A project has spent, or set aside, so much of its limit (billionths of a dollar) on a day since 1970."""
        ...
