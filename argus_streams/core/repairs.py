"""Repairs of broken tests, on the wire: what was decided, what came of it, what is known by now.

Each is told again by a JSON Schema in ``schemas/``. Times are milliseconds since 1970 UTC. A ``TestFailure`` is in
``core.events``. What is undone is not taken away: a later record says so.
"""

from typing import Literal

from msgspec import Struct

from argus_streams.core.elements import Element
from argus_streams.core.events import FailureKind, Origin
from argus_streams.core.messages import Version

RepairVerdict = Literal["apply", "validate", "ask", "refuse"]
RepairSource = Literal["pin", "pattern", "rule", "cross_test_learning", "similarity", "model"]
PatternAction = Literal["pin", "veto", "release"]
Standing = Literal["active", "suppressed", "vetoed", "pinned"]
PROPOSALS = 10  # that a decision names


class Proposal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A locator that may be meant instead, or an element without one that is sure."""

    healed: str | None = None  # in the language of the broken one
    source: RepairSource
    confidence: float  # 0 to 1: the lower bound of a pattern's rate of success, the probability of an element
    element: Element | None = None


class HealingDecision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be done about one broken locator, and why.

    ``apply`` = write it down, ``validate`` = try it once and tell what came of it, ``ask`` = a person decides,
    ``refuse`` = nothing is to be healed here: the product is broken, or it was no matter of a locator.
    """

    project: str
    decision_id: str  # the same however often the same failure is decided on at the same state of knowledge
    failure_id: str
    verdict: RepairVerdict
    reason: str  # short and fixed, counted
    detail: str  # one sentence for people
    test: str
    file: str | None = None
    line: int | None = None
    locator: str  # that is broken, as the test writes it
    scope: str  # page or component
    failure: FailureKind
    healed: str | None = None
    source: RepairSource | None = None
    confidence: float = 0.0
    pattern: str | None = None  # fingerprint of the pattern that it is taken from
    proposals: tuple[Proposal, ...] = ()  # the best first, also of those that are not sure
    repository: str | None = None
    commit: str | None = None
    release: str | None = None
    at: int  # ms, Kafka's time of what was decided on
    replayed: bool = False


class RepairQuestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a model is asked about a decision that a person would have to take: which of its proposals is meant."""

    decision: HealingDecision  # of its proposals, those with a locator may be chosen
    message: str | None = None  # what the test said
    target: Element | None = None  # what the locator found when it last worked


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a healed locator in a test, or what a person put in a broken one's place."""

    project: str
    outcome_id: str  # of the sender: the same when it is told again
    locator: str  # that was broken
    healed: str
    worked: bool
    scope: str = ""
    failure: FailureKind = "not_found"
    test: str | None = None
    file: str | None = None
    decision_id: str | None = None  # which decision was tried; ``None`` = a person's own repair
    release: str | None = None
    by: str = ""
    at: int | None = None  # ms, the sender's


class PatternCommand(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person decides about a pattern; it wins over all that was learned, until it is released."""

    project: str
    action: PatternAction
    pattern: str | None = None  # fingerprint; else the pattern of what follows
    locator: str | None = None
    healed: str | None = None
    scope: str = ""
    failure: FailureKind = "not_found"
    by: str = ""
    reason: str = ""


class Pattern(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of one repair, in absolute numbers: a snapshot that may be read twice."""

    project: str
    fingerprint: str  # of project, scope, locator, failure and healed locator
    locator: str
    healed: str
    scope: str
    failure: FailureKind
    source: RepairSource  # whence it was proposed first; ``pattern`` = a person's own repair
    version: Version
    standing: Standing
    reason: str  # why it stands so, for people
    successes: int = 0
    failures: int = 0
    confidence: float = 0.0  # the published ratio: successes of all
    bound: float = 0.0  # the lower bound that decisions go by
    rule: str | None = None  # id of the rename that explains it
    tests: tuple[str, ...] = ()  # that it was used in, at most 20
    first_release: str | None = None
    last_release: str | None = None
    created_at: int
    last_used_at: int
    origin: Origin | None = None  # of what it was learned from last
