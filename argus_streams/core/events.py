"""One normalised occurrence, whoever reported it: the shape that every stage after NORMALIZE speaks.

Times are milliseconds since 1970 UTC, Kafka's own unit. ``received_at`` is Kafka's time of the record,
``occurred_at`` the sender's word, kept inside bounds by ``core.intake``.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from argus_streams.core.elements import Element

Severity = Literal["fatal", "error", "warning", "info", "debug"]
Kind = Literal["error", "alert", "ci"]
Status = Literal["firing", "resolved"]
SignalKind = Literal[
    "group_new", "group_regressed", "group_spiking", "group_grown", "group_resolved",
    "deploy", "push", "pull_request", "ci",
]  # fmt: skip
Framework = Literal["playwright", "jest", "pytest", "cypress", "mocha", "junit"]
TestStatus = Literal["failed", "error", "timed_out", "flaky"]
# The first two are a locator's; an element that was found and could not be used is none of its business.
FailureKind = Literal["not_found", "ambiguous", "not_usable", "assertion", "network", "crash", "bad_locator", "other"]
LAST_TIME = 253_402_300_799_999  # ms: the year 9999 ends; later ones no calendar of ours can show
Time = Annotated[int, Meta(ge=0, le=LAST_TIME)]  # ms
TopicId = Annotated[str, Meta(max_length=64)]
Partition = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Offset = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Index = Annotated[int, Meta(ge=-1, le=2**31 - 1)]


class Origin(Struct, frozen=True, array_like=True, order=True):
    """Where an event stands in Kafka; never taken from a header."""

    topic: TopicId  # as the broker describes it: a topic made anew under the same name has another
    partition: Partition
    offset: Offset
    index: Index = 0  # of the event inside its body


class Frame(Struct, frozen=True, omit_defaults=True):
    """One call of a stack, as the sender told it; ``None`` = the sender does not say."""

    function: str | None = None
    module: str | None = None
    file: str | None = None  # path or URL
    line: int | None = None
    column: int | None = None
    in_app: bool | None = None
    context: str | None = None  # the source line itself
    package: str | None = None  # library, assembly or binary that the code is in: path or name


class ExceptionInfo(Struct, frozen=True, omit_defaults=True):
    """One exception of a chain."""

    type: str | None = None
    value: str | None = None
    module: str | None = None  # package of the type
    frames: tuple[Frame, ...] = ()  # outermost call first, the crashing frame last
    synthetic: bool = False  # the type is the reporter's invention (signal wrappers and the like)
    id: int | None = None  # inside an exception group: this one's id ...
    parent_id: int | None = None  # ... and the id of the one it belongs to
    is_group: bool = False


class Event(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One occurrence of an error, alert or CI failure.

    A source fills what its vendor tells; ``project``, ``source``, ``event_id``, ``origin`` and ``received_at`` are
    stamped by ``core.intake``. ``type`` and ``message`` are those of the exception that was raised last, else of the
    log line, alert or CI job.
    """

    kind: Kind = "error"
    severity: Severity = "error"
    status: Status = "firing"  # "resolved" closes what "firing" opened: it is no occurrence
    type: str | None = None
    message: str | None = None
    template: str | None = None  # the unformatted message, where the sender has one ("user %s not found")
    title: str | None = None  # the sender's own headline, for people
    exceptions: tuple[ExceptionInfo, ...] = ()  # causes first, the one raised last at the end
    culprit: str | None = None  # transaction, route or view
    logger: str | None = None
    platform: str | None = None  # language or runtime: "python", "javascript", "java", "native" ...
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    host: str | None = None
    url: str | None = None  # the page or request that failed
    link: str | None = None  # where the vendor shows it
    user: str | None = None
    session: str | None = None
    trace_id: str | None = None
    span_id: str | None = None
    repository: str | None = None  # "owner/name"
    branch: str | None = None
    commit: str | None = None  # full SHA
    tags: dict[str, str] = {}
    fingerprint: tuple[str, ...] = ()  # the sender's explicit grouping; may hold "{{ default }}"
    identity: tuple[str, ...] = ()  # alerts and CI: rule and target, workflow and job; no vendor, no time, no value
    instance: str | None = None  # which target of an alert: it begins and ends under the same one
    occurred_at: int | None = None
    vendor_id: str | None = None  # the vendor's id of this one occurrence, equal when it is delivered again
    delivery_id: str | None = None  # the vendor's id of the request that carried it
    project: str = ""
    source: str = ""
    event_id: str = ""
    origin: Origin = Origin("", 0, 0)
    received_at: int = 0


class Signal(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One notable point of a project's timeline: a group's turn, a deploy, a push, a test report.

    ``subject`` says what it is about ("v1:…" of a group, "owner/name@sha" of a push, "service/environment" of a
    deploy, of a test report the commit or the report's name). ``signal_id`` is the same however often the same thing
    is told.
    """

    kind: SignalKind
    subject: str
    title: str
    # Of a deploy the vendor's word; of a pull request opened, reopened, synchronize (its code changed), merged or
    # closed; of a test report passed or failed; of a `group_resolved` what the group is now: resolved, ignored, or
    # open where that was taken back.
    status: str | None = None
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    repository: str | None = None
    branch: str | None = None
    commit: str | None = None
    files: tuple[str, ...] = ()  # changed by a push, at most 1,000
    author: str | None = None
    link: str | None = None
    occurred_at: int | None = None
    vendor_id: str | None = None
    delivery_id: str | None = None
    project: str = ""
    source: str = ""
    signal_id: str = ""
    origin: Origin = Origin("", 0, 0)
    received_at: int = 0
    replayed: bool = False  # what caused it was there before its generation began: nobody is to be told of it now
    of: Kind | None = None  # what a group is
    severity: Severity | None = None  # of a group the worst seen
    type: str | None = None  # of a group's exceptions, or the rule of its alert
    culprit: str | None = None
    count: int | None = None  # of a group so far; of one that is spiking in these five minutes; failures of a report
    baseline: float | None = None  # of one that is spiking: how many there are in five minutes as a rule
    users: int | None = None  # that a group has touched, about
    frames: tuple[str, ...] = ()  # files of the stack that are the sender's own, the crashing one first, at most 20
    flags: tuple[str, ...] = ()  # feature flags that were on, at most 20
    peers: tuple[str, ...] = ()  # services that the failing one was calling, at most 10
    trace_id: str | None = None
    session: str | None = None


class TestFailure(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One test that did not simply pass, with what a repair of it needs to see.

    A source fills what its report tells; ``project``, ``source``, ``failure_id``, ``origin`` and ``received_at`` are
    stamped by ``core.intake``. No text has a terminal's colours in it.
    """

    __test__: ClassVar[bool] = False  # pytest is not to take it for a class of tests

    test: str  # full name, the titles of its suites before its own
    framework: Framework  # what wrote the report
    status: TestStatus  # failed = an assertion, error = anything else; flaky = a later attempt passed
    suite: str | None = None
    file: str | None = None  # as the report tells it: path, relative or not
    line: int | None = None  # where it failed, else where the test begins
    type: str | None = None  # of the exception
    message: str | None = None  # what was expected, the call log, the lines of code: all that the report tells
    stack: str | None = None
    attempts: int | None = None  # how often it was tried
    duration_ms: int | None = None
    browser: str | None = None  # or Playwright's project, or the parameters of a whole suite
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    repository: str | None = None  # "owner/name"
    branch: str | None = None
    commit: str | None = None  # full SHA
    link: str | None = None  # where the run is shown
    url: str | None = None  # the page that was tested
    occurred_at: int | None = None
    vendor_id: str | None = None  # the report's id of this one occurrence, equal when it is delivered again
    delivery_id: str | None = None  # the sender's id of the report
    project: str = ""
    source: str = ""
    failure_id: str = ""
    origin: Origin = Origin("", 0, 0)
    received_at: int = 0
    failure: FailureKind | None = None  # ``None`` = nobody has told: it is read from the message
    locator: str | None = None  # as the test writes it, of one that found nothing or too much
    scope: str | None = None  # page or component that it is looked for in; ``None`` = the path of ``url``
    dom: str | None = None  # HTML of the page when it failed
    candidates: tuple[Element, ...] = ()  # elements of the page, where no HTML is told
    element: Element | None = None  # what the locator found when it last worked


class Ignored(Struct, frozen=True):
    """Understood, and no business of ours; ``reason`` is a short fixed phrase, counted in the ledger."""

    reason: str


class Rejected(Struct, frozen=True):
    """One item of a body that can not be read, while its neighbours can: it becomes a letter of its own."""

    reason: str  # short and fixed, counted
    detail: str = ""  # what exactly, for a person


Told = Event | Signal | TestFailure  # what is handed on
Item = Told | Ignored | Rejected
