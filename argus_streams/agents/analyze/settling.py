"""Reserved calls are begun once their reservation is confirmed, and settled once they have ended."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from argus_streams.agents.analyze import steps
from argus_streams.agents.analyze.acts import Acts
from argus_streams.agents.analyze.books import At, Books
from argus_streams.agents.analyze.calls import Calls, Collected, Key, Outcome, Submitted
from argus_streams.agents.analyze.deciding import Due, alone, gathered
from argus_streams.agents.analyze.terms import Draft, Terms
from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis import jobs, telling
from argus_streams.core.analysis.account import Attempt
from argus_streams.core.analysis.asking import Ending, Question, Reply, Trouble
from argus_streams.core.analysis.jobs import Job
from argus_streams.core.analysis.joining import Call, Pending
from argus_streams.core.analysis.prices import cost
from argus_streams.core.analysis.prompt import by_subject, cache_key, section
from argus_streams.core.analysis.registry import Ask, Rung
from argus_streams.core.findings import AnalysisRequest, SubjectKind
from argus_streams.ports import Evidence, NoReply


class Settling:
    """The ends and beginnings of one turn."""

    def __init__(self, terms: Terms, books: Books, calls: Calls, drafts: Mapping[Key, Draft], *, now: int) -> None:
        self._terms = terms
        self._books = books
        self._calls = calls
        self.drafts = dict(drafts)  # those that are not settled
        self._acts = Acts(terms.merge, terms.topics, books, now)
        self._now = now
        self.answers: dict[str, bytes] = {}  # to be remembered

    async def settle(self, at: At, evidence: Evidence) -> None:
        """Look at every reserved call of a project. Raises ``Unavailable`` while the evidence can not be read."""
        for number, attempt in self._books.account(at).attempts.items():
            key = Key(at.project, number, self._books.epoch(at))
            outcome, draft = self._calls.outcome(key), self.drafts.get(key)
            if outcome is not None and draft is not None:
                self._ended(at, key, draft, outcome)
            elif self._calls.knows(key):
                continue
            elif draft is not None:
                self._begin(at, key, draft)
            elif attempt.batch:
                await self._adopt(at, key, attempt, evidence)
            else:  # its worker was killed, or lost the project: nobody knows how it ended
                self._books.keep(at, accounts.forget(self._books.account(at), number))
                self._again(at, _subjects(attempt))

    def _begin(self, at: At, key: Key, draft: Draft) -> None:
        """Make the call, unless its provider is left alone by now, or the minute of the reservation is over."""
        account = self._books.account(at)
        in_time = accounts.may_begin(account, key.number, self._now)
        if not (in_time and self._calls.begin(key, draft.rung.provider, _questions(draft), batch=draft.batch)):
            del self.drafts[key]
            self._books.keep(at, accounts.release(account, key.number))
            self._again(at, _subjects(account.attempts[key.number]))

    async def _adopt(self, at: At, key: Key, attempt: Attempt, evidence: Evidence) -> None:
        """Wait for the answers of a batch that an earlier owner has handed in."""
        subjects = _subjects(attempt)
        known = {subject: job for subject in subjects if (job := self._books.job(at, subject)) is not None}
        # Of one that is done meanwhile the answer is fetched all the same: it is billed, and the others are told by
        # their place.
        due = [Due(at, subject, known.get(subject) or self._done_already(at, attempt, subject)) for subject in subjects]
        ask = Ask(task=attempt.task, tier=attempt.tier, reason="", batch=True)
        calls = []
        for _, dossier in await gathered(due, evidence, self._now):
            told = section(dossier, ask.task, registry=self._terms.registry, redactor=self._terms.redactor)
            calls.append(alone(Pending(ask=ask, dossier=dossier, section=told)))
        rung = Rung(
            provider=attempt.provider,
            model=attempt.model,
            tier=attempt.tier,
            max_input_bytes=0,
            max_tokens=0,
            timeout=0,
        )
        requests = {subject: job.request for subject, job in known.items()}
        self.drafts[key] = Draft(rung, tuple(calls), batch=True, requests=requests)
        self._calls.collect(key, attempt.provider, attempt.batch, _questions(self.drafts[key]))

    def _done_already(self, at: At, attempt: Attempt, subject: str) -> Job:
        kind: SubjectKind = attempt.task if attempt.task in ("incident", "merge", "repair") else "group"
        return Job(AnalysisRequest(project=at.project, subject=subject, kind=kind, at=self._now, evidence=""))

    def _ended(self, at: At, key: Key, draft: Draft, outcome: Outcome) -> None:
        account = self._books.account(at)
        attempt = account.attempts[key.number]
        match outcome:
            case Submitted() if not attempt.batch:
                self._books.keep(at, accounts.submitted(account, key.number, outcome.batch))
            case Submitted():
                self._calls.collect(key, attempt.provider, attempt.batch, _questions(draft))
            case Collected():
                self._replied(at, key, draft, [outcome.replies[name] for name in _questions(draft)])
            case Reply():
                self._replied(at, key, draft, [outcome])
            case NoReply():
                del self.drafts[key]
                # What a batch brought may be out of reach: it is billed all the same.
                billed = attempt.reserved if outcome.perhaps_billed or attempt.batch else 0
                self._books.keep(at, accounts.settle(account, key.number, billed))
                subjects = [pending for call in draft.calls for pending in call.subjects]
                self._failed(at, draft, subjects, outcome, billed)

    def _replied(self, at: At, key: Key, draft: Draft, replies: Sequence[Reply | NoReply]) -> None:
        del self.drafts[key]
        account = self._books.account(at)
        bills = self._bills(draft, replies, account.attempts[key.number].reserved)
        self._books.keep(at, accounts.settle(account, key.number, sum(bills)))
        for call, reply, bill in zip(draft.calls, replies, bills, strict=True):
            if isinstance(reply, Reply) and reply.ending == "whole":
                self._answered(at, draft, call, reply, bill)
            else:
                self._failed(at, draft, call.subjects, reply, bill)

    def _bills(self, draft: Draft, replies: Sequence[Reply | NoReply], reserved: int) -> Sequence[int]:
        """What each reply cost; those of which nobody knows it cost all that is left of what was reserved."""
        price = self._terms.prices.models.get((draft.rung.provider, draft.rung.model))
        bills: dict[int, int] = {}
        for index, each in enumerate(replies):
            if isinstance(each, NoReply) and not each.perhaps_billed:
                bills[index] = 0
            elif isinstance(each, Reply) and price is not None:  # a batch may be older than the price list
                bills[index] = cost(price, each.usage, batch=draft.batch)
        unknown = [index for index in range(len(replies)) if index not in bills]
        if unknown:
            left = max(0, reserved - sum(bills.values()))
            bills.update(zip(unknown, telling.shares(left, len(unknown)), strict=True))
        return [bills[index] for index in range(len(replies))]

    def _answered(self, at: At, draft: Draft, call: Call, reply: Reply, bill: int) -> None:
        """Tell what was answered of each subject; one without an answer is asked about once more."""
        found = _findings(call, reply)
        for pending, share in zip(call.subjects, telling.shares(bill, len(call.subjects)), strict=True):
            finding, subject = found.get(pending.dossier.subject), pending.dossier.subject
            job = self._books.job(at, subject)
            if subject not in draft.requests:  # it was answered otherwise while the batch was under way
                continue
            if finding is None:
                self._failed(at, draft, (pending,), reply, share)
                continue
            self.answers[cache_key(pending.section, draft.rung.model)] = finding.model_dump_json().encode()
            made = telling.Made(
                draft.rung.tier, draft.rung.provider, draft.rung.model, call.prompt.version,
                reply.usage, share + (job.spent if job else 0), len(call.subjects),
            )  # fmt: skip
            answer, act = steps.by_model(finding, pending.dossier)
            told = telling.by_model(draft.requests[subject], answer, made, cached=False, now=self._now)
            self._books.tell(at, told)
            if act is not None:
                self._acts.follow(at, act)
            self._done(at, subject, draft)

    def _failed(self, at: At, draft: Draft, subjects: Sequence[Pending], reply: Reply | NoReply, billed: int) -> None:
        """Whom to ask next, or that nobody is, is decided with what else is due."""
        ended: Ending | Trouble = "invalid"  # a whole answer that tells nothing of these
        if isinstance(reply, NoReply):
            ended = reply.trouble
        elif reply.ending != "whole":
            ended = reply.ending
        tried = jobs.Tried(draft.rung.provider, draft.rung.model, ended)
        for pending, share in zip(subjects, telling.shares(billed, len(subjects)), strict=True):
            subject = pending.dossier.subject
            job = self._books.job(at, subject)
            if job is not None:
                self._books.queue(at, subject, jobs.failed(job, tried, share), self._now)

    def _done(self, at: At, subject: str, draft: Draft) -> None:
        """The job is done, unless there was news while the call was under way."""
        job = self._books.job(at, subject)
        if job is not None and job.request.evidence != draft.requests[subject].evidence:
            self._books.queue(at, subject, jobs.Job(job.request, cause=job.cause), self._now + self._terms.delay)
        else:
            self._books.drop(at, subject)

    def _again(self, at: At, subjects: Iterable[str]) -> None:
        for subject in subjects:
            job = self._books.job(at, subject)
            if job is not None:
                self._books.queue(at, subject, job, self._now)


def _subjects(attempt: Attempt) -> list[str]:
    return [subject for question in attempt.questions for subject in question]


def _questions(draft: Draft) -> Mapping[str, Question]:
    rung = draft.rung
    return {
        str(index): Question(
            model=rung.model, system=call.prompt.system, user=call.prompt.user, max_tokens=rung.max_tokens,
            shape=call.prompt.shape, timeout=rung.timeout,
        )
        for index, call in enumerate(draft.calls)
    }  # fmt: skip


def _findings(call: Call, reply: Reply) -> Mapping[str, Any]:
    """The answer about each subject; what is asked alone is answered, under whichever name."""
    if reply.ending != "whole":
        return {}
    if len(call.subjects) == 1 and reply.answer.answers:
        return {call.subjects[0].dossier.subject: reply.answer.answers[0]}
    return by_subject(reply.answer, [pending.section for pending in call.subjects])
