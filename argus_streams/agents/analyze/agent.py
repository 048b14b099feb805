"""ANALYZE: requests in, explanations out; what a model may cost is set aside before it is asked, beside the turns."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from argus_streams.agents.analyze.books import At, Books
from argus_streams.agents.analyze.calls import Calls, Key
from argus_streams.agents.analyze.deciding import Deciding
from argus_streams.agents.analyze.settling import Settling
from argus_streams.agents.analyze.terms import Draft, Outside, Terms
from argus_streams.agents.tracing import Begin, Trace, untraced
from argus_streams.agents.wire import UNREADABLE, letter_of
from argus_streams.core import purged, tracing
from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis import jobs, telling
from argus_streams.core.analysis.answer import Checked
from argus_streams.core.clip import clean
from argus_streams.core.events import Origin
from argus_streams.core.findings import AnalysisRequest, Feedback
from argus_streams.core.intake import SLUG
from argus_streams.core.letters import WHOLE, Letter
from argus_streams.core.messages import COMMAND_BYTES
from argus_streams.errors import Malformed
from argus_streams.streaming.agent import Effects, Slice, State
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing

MOST = 5_000  # subjects of a project that wait: its account has to fit a record ...
SUBJECT_BYTES = 300  # ... whatever they are called
NAME = 100  # characters of who judges

_REQUEST = msgspec.json.Decoder(AnalysisRequest)
_FEEDBACK = msgspec.json.Decoder(Feedback)


class AnalyzeAgent:
    """Queues what is to be explained, decides on what is due, begins what is reserved, settles what has ended."""

    name = "analyze"

    def __init__(
        self, terms: Terms, calls: Calls, outside: Outside, *, clock: Callable[[], int], trace: Begin = untraced
    ) -> None:
        self._terms = terms
        self._calls = calls
        self._outside = outside
        self._clock = clock  # ms
        self._drafts: dict[Key, Draft] = {}
        self._trace = trace

    async def turn(self, slices: Sequence[Slice], state: State) -> Effects:
        """One turn. Raises ``Unavailable`` while what is stored can not be read."""
        now, books, trace = self._clock(), Books(self._terms.topics, state), self._trace()
        slices = [piece._replace(records=self._obeyed(books, piece)) for piece in slices]
        due = list(books.due(now))
        self._forget(books, due)
        settling = Settling(self._terms, books, self._calls, self._drafts, now=now)
        for at in due:
            await settling.settle(at, self._outside.evidence)
        for piece in slices:
            self._take_all(books, piece, now, trace)
        books.tell_judged()
        slots = self._calls.free()
        deciding = Deciding(
            self._terms, books, settling.drafts.values(), fitness=self._outside.fitness, slots=slots, now=now
        )
        await deciding.decide(dict.fromkeys((*due, *books.touched())), self._outside.evidence, self._outside.answers)
        self._drafts |= settling.drafts | deciding.drafts
        if settling.answers:
            await self._outside.answers.put(settling.answers)
        for told in books.told:
            self._outside.meter.told(told)
        for at, account in books.changed():
            limit = self._terms.budgets.of(at.project).nanos_per_day
            self._outside.meter.spent(at.project, accounts.day(account), accounts.committed(account), limit)
        return Effects(books.end(), trace.told())

    def _forget(self, books: Books, due: Sequence[At]) -> None:
        """What is in no confirmed account is settled, was never confirmed, or belongs to another owner's tenure."""
        reserved = set(_reserved(books, due))
        self._calls.keep(reserved)
        for key in [key for key in self._drafts if key not in reserved]:
            del self._drafts[key]

    def _obeyed(self, books: Books, piece: Slice) -> Sequence[Record]:
        """Forget what is to be forgotten, before anything else; the records that say something else."""
        rest = []
        for record in piece.records if piece.topic == self._terms.topics.feedback else ():
            try:
                project = purged.ordered(record.value, record.headers)
            except Malformed as error:
                books.send(self._letter(piece, record, error))
                continue
            if project is None:
                rest.append(record)
            else:
                books.purge(At(record.partition, project), record.timestamp)
        return rest if piece.topic == self._terms.topics.feedback else piece.records

    def _take_all(self, books: Books, piece: Slice, now: int, trace: Trace) -> None:
        for record in piece.records:
            try:
                self._take(books, piece, record, now, trace)
            except Malformed as error:
                books.send(self._letter(piece, record, error))
                trace.refused("analyze", piece, record, error.reason)

    def _take(self, books: Books, piece: Slice, record: Record, now: int, trace: Trace) -> None:
        if piece.topic == self._terms.topics.feedback:
            if len(record.value or b"") > COMMAND_BYTES:
                raise Malformed("feedback too large", f"{len(record.value or b''):,} of {COMMAND_BYTES:,} bytes")
            self._judge(books, record)
            return
        try:
            request = _REQUEST.decode(record.value or b"")
        except UNREADABLE as error:
            raise Malformed("not a request", str(error)) from error
        at = _place(record, request.project, request.subject)
        if books.is_gone(at, request.at):
            return
        known = books.job(at, request.subject)
        cause = trace.cause(piece, record)
        context = cause and trace.add(cause.span("analyze", {"argus.project": at.project, "argus.kind": request.kind}))
        job = jobs.asked(known, request, tracing.format_(context) if context else "")
        account = books.account(at)
        # A job that is in no account had its worker killed between the two.
        if job is known and accounts.holds(account, request.subject):
            return
        waiting = account.queue.get(request.subject)
        if waiting is None and len(account.queue) >= MOST:
            if telling.is_news(books.last(at, request.subject), request, "queue_full"):
                answer = Checked(by="rules", title=request.subject, summary="", facts=())
                books.tell(at, telling.by_rules(request, answer, "queue_full", now=now))
            return
        books.queue(at, request.subject, job, now + self._terms.delay if waiting is None else waiting)

    def _judge(self, books: Books, record: Record) -> None:
        """A person's verdict on the analysis that was told last, or on none."""
        try:
            told = _FEEDBACK.decode(record.value or b"")
        except UNREADABLE as error:
            raise Malformed("not feedback", str(error)) from error
        at = _place(record, told.project, told.subject)
        if books.is_gone(at, record.timestamp):
            return
        known = books.last(at, told.subject)
        if known is None or (told.at is not None and told.at != known.at):
            raise Malformed("no such analysis", f"{told.subject}: it was never told, or is not the latest")
        by = clean(told.by, NAME)  # the store takes no NUL, and would take none of what is told of it later
        if (known.verdict, known.verdict_by) != (told.verdict, by):
            books.judge(at, msgspec.structs.replace(known, verdict=told.verdict, verdict_by=by))

    def _letter(self, piece: Slice, record: Record, error: Malformed) -> Outgoing:
        origins = (Origin(piece.topic_id, piece.partition, record.offset, WHOLE),)
        letter = Letter(stage="analyze", reason=error.reason, detail=error.detail, origins=origins)
        return letter_of(self._terms.topics.dead(piece.topic), letter, record)


def _reserved(books: Books, due: Sequence[At]) -> Iterator[Key]:
    for at in due:
        for number in books.account(at).attempts:
            yield Key(at.project, number, books.epoch(at))


def _place(record: Record, project: str, subject: str) -> At:
    if record.key != project.encode():
        raise Malformed("wrong key", f"the record's key is {record.key!r:.200}, it should be {project:.80}")
    if not SLUG.match(project):  # its name makes the keys of its state
        raise Malformed("bad project", f"{project!r:.80} is not 1 to 64 of a-z, 0-9 and -")
    if not (subject.isprintable() and 0 < len(subject.encode()) <= SUBJECT_BYTES):
        raise Malformed("bad subject", f"{subject!r:.80} is not 1 to {SUBJECT_BYTES} bytes of printable text")
    return At(record.partition, project)
