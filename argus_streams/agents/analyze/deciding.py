"""What is due is decided: explained by rules, by a known answer, or by a call that is reserved for it."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import structs

from argus_streams.agents.analyze import steps
from argus_streams.agents.analyze.acts import Acts
from argus_streams.agents.analyze.books import At, Books
from argus_streams.agents.analyze.calls import Key
from argus_streams.agents.analyze.terms import Draft, Fitness, Terms
from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis import jobs, telling
from argus_streams.core.analysis.account import Attempt, Denied
from argus_streams.core.analysis.chain import GiveUp, following
from argus_streams.core.analysis.dossier import Dossier, Material, compiled, wanted
from argus_streams.core.analysis.gate import Skip, gate
from argus_streams.core.analysis.instructions import INSTRUCTIONS
from argus_streams.core.analysis.jobs import Job
from argus_streams.core.analysis.joining import TOGETHER, Call, Pending, joined
from argus_streams.core.analysis.prices import worst
from argus_streams.core.analysis.prompt import cache_key, prompt, remembered, section
from argus_streams.core.analysis.registry import Rung, rungs
from argus_streams.errors import Misconfigured, Unavailable
from argus_streams.ports import Answers, Evidence

log = logging.getLogger(__name__)

BLOCK = 64  # subjects a turn: what is gathered of more would be a lot at once
GATHERING = 8  # at once
STALE = 600_000  # ms, after which the incident of a request is looked up
A_MOMENT = 2_000  # ms, until the same question has been answered for another
LONGEST = 86_400_000  # ms, that a subject is waited for which nobody stores


class Due(NamedTuple):
    """A subject to be decided on."""

    at: At
    subject: str
    job: Job


class Wanting(NamedTuple):
    """A subject that a model is to be asked about, and which one."""

    due: Due
    pending: Pending
    rung: Rung

    @property
    def key(self) -> str:
        """Under which its answer is kept."""
        return cache_key(self.pending.section, self.rung.model)


class Deciding:
    """The decisions of one turn."""

    def __init__(
        self, terms: Terms, books: Books, under_way: Iterable[Draft], *, fitness: Fitness, slots: int, now: int
    ) -> None:
        self._terms = terms
        self._books = books
        self.drafts: dict[Key, Draft] = {}  # what is reserved
        self._fitness = fitness
        self._acts = Acts(terms.merge, terms.topics, books, now)
        self._now = now
        self._slots = slots  # calls that may still be reserved
        self._asked = {
            cache_key(each.section, draft.rung.model)
            for draft in under_way for call in draft.calls for each in call.subjects
        }  # fmt: skip

    async def decide(self, ats: Iterable[At], evidence: Evidence, answers: Answers) -> None:
        """Decide on what is due in these projects. Raises ``Unavailable`` while the evidence can not be read."""
        due = self._due(ats)
        found = await gathered(due, evidence, self._now)
        wanting = [each for due, dossier in found if (each := self._safely(due, dossier))]
        known = await answers.get({each.key for each in wanting}) if wanting else {}
        self._reserve([each for each in wanting if not self._is_known(each, known)])

    def _due(self, ats: Iterable[At]) -> Sequence[Due]:
        found: list[Due] = []
        most = min(BLOCK, self._slots * TOGETHER)  # what no call is free for would be gathered again and again
        for at in ats:
            for subject, time in sorted(self._books.account(at).queue.items(), key=lambda item: item[1]):
                if time > self._now or len(found) >= most:
                    break
                job = self._books.job(at, subject)
                if job is None:
                    self._books.drop(at, subject)
                else:
                    found.append(Due(at, subject, job))
        return found

    def _safely(self, due: Due, dossier: Dossier) -> Wanting | None:
        try:
            return self._wanted(due, dossier)
        except Exception:
            log.exception("%s of %s can not be decided on", due.subject, due.at.project)
            told = telling.by_rules(due.job.request, steps.by_rules(dossier), "bug", now=self._now)
            self._books.tell(due.at, told)
            self._books.drop(due.at, due.subject)
            return None

    def _wanted(self, due: Due, dossier: Dossier) -> Wanting | None:
        """Whom to ask about it; else it is answered, or put off."""
        known, request = self._books.last(due.at, due.subject), due.job.request
        terms = self._terms
        self._acts.look(due.at, request, dossier)
        decision = gate(request, dossier, last=telling.last(known), now=self._now, registry=terms.registry)
        if isinstance(decision, Skip):
            if decision.reason == "too_soon" and not terms.providers:  # what costs nothing need not wait
                self._give_up(due, dossier, GiveUp("no_model"))
            else:
                self._skip(due, dossier, decision)
            return None
        ladder = [
            rung for rung in rungs(terms.registry, decision, self._fitness.unfit()) if rung.provider in terms.providers
        ]
        step = following(ladder, jobs.tries(due.job, ladder), self._fitness.resting(self._now))
        if isinstance(step, GiveUp):
            self._give_up(due, dossier, step)
            return None
        told = section(dossier, decision.task, registry=terms.registry, redactor=terms.redactor)
        return Wanting(due, Pending(ask=decision, dossier=dossier, section=told), step.rung)

    def _skip(self, due: Due, dossier: Dossier, skip: Skip) -> None:
        request = due.job.request
        known = self._books.last(due.at, due.subject)
        if skip.reason != "not_stored" and telling.is_news(known, request, skip.reason):
            answer = steps.by_rules(dossier)
            told = telling.by_rules(request, answer, skip.reason, now=self._now, again_at=skip.again_at)
            self._books.tell(due.at, told)
        if skip.again_at is None or (skip.reason == "not_stored" and abs(self._now - request.at) > LONGEST):
            self._books.drop(due.at, due.subject)
        else:
            self._books.queue(due.at, due.subject, due.job, skip.again_at)

    def _give_up(self, due: Due, dossier: Dossier, given_up: GiveUp) -> None:
        """Nobody can be asked: the rules answer; where models were away, a later round may do better."""
        job, known = due.job, self._books.last(due.at, due.subject)
        pause = jobs.pause(job) if given_up.reason == "models_away" else None
        again_at = None if pause is None else self._now + pause
        if job.spent or telling.is_news(known, job.request, given_up.reason):
            told = telling.by_rules(
                job.request, steps.by_rules(dossier), given_up.reason,
                now=self._now, again_at=again_at, cost=job.spent,
            )  # fmt: skip
            self._books.tell(due.at, told)
        if again_at is None:
            self._books.drop(due.at, due.subject)
        else:
            self._books.queue(due.at, due.subject, jobs.exhausted(job), again_at)

    def _is_known(self, wanting: Wanting, known: Mapping[str, bytes]) -> bool:
        """Whether the answer is known already; then it is told."""
        pending, (at, subject, job) = wanting.pending, wanting.due
        data = known.get(wanting.key)
        finding = None if data is None else remembered(pending.ask.task, data)
        if finding is None:
            return False
        answer, act = steps.by_model(finding, pending.dossier)
        rung, version = wanting.rung, INSTRUCTIONS[pending.ask.task].version
        made = telling.Made(pending.ask.tier, rung.provider, rung.model, version, cost=job.spent)
        self._books.tell(at, telling.by_model(job.request, answer, made, cached=True, now=self._now))
        if act is not None:
            self._acts.follow(at, act)
        self._books.drop(at, subject)
        return True

    def _reserve(self, wanting: Sequence[Wanting]) -> None:
        """Reserve calls for them, related ones together, as many as may be under way."""
        by_rung: dict[tuple[Rung, bool], list[Wanting]] = {}
        for each in wanting:
            if each.key in self._asked:
                self._books.queue(each.due.at, each.due.subject, each.due.job, self._now + A_MOMENT)
                continue
            self._asked.add(each.key)
            batch = each.pending.ask.batch and each.rung.provider in self._terms.batching
            by_rung.setdefault((each.rung, batch), []).append(each)
        for (rung, batch), group in by_rung.items():
            dues = {(each.due.at.project, each.due.subject): each.due for each in group}
            requests = {each.due.subject: each.due.job.request for each in group}
            for portion in self._portions([each.pending for each in group], batch=batch):
                self._reserve_one(Draft(rung, portion, batch, requests), dues)

    def _portions(self, pending: Sequence[Pending], *, batch: bool) -> Iterable[tuple[Call, ...]]:
        """The calls of each reservation: one, or of a batch all of a project, each about one subject."""
        if not batch:
            return [(call,) for call in joined(pending, registry=self._terms.registry)]
        by_project: dict[str, list[Call]] = {}
        for each in pending:
            by_project.setdefault(each.dossier.project, []).append(alone(each))
        return [tuple(calls) for calls in by_project.values()]

    def _reserve_one(self, draft: Draft, dues: Mapping[tuple[str, str], Due]) -> None:
        subjects = [dues[each.dossier.project, each.dossier.subject] for call in draft.calls for each in call.subjects]
        at = subjects[0].at
        if self._slots <= 0:
            return  # they stay due
        attempt = self._attempt(draft)
        decision = accounts.reserve(self._books.account(at), attempt, self._terms.budgets.of(at.project), self._now)
        if isinstance(decision, Denied):
            self._deny(draft, dues, decision)
            return
        self._slots -= 1
        account = decision.account
        for due in subjects:
            account = accounts.dequeued(account, due.subject)
        self._books.keep(at, account)
        self.drafts[Key(at.project, decision.number, self._books.epoch(at))] = draft

    def _attempt(self, draft: Draft) -> Attempt:
        rung, price = draft.rung, self._terms.prices.of(draft.rung.provider, draft.rung.model)
        cost = sum(worst(price, call.prompt.size(), rung.max_tokens, batch=draft.batch) for call in draft.calls)
        questions = tuple(tuple(each.dossier.subject for each in call.subjects) for call in draft.calls)
        return Attempt(draft.calls[0].ask.task, rung.tier, rung.provider, rung.model, cost, 0, questions)

    def _deny(self, draft: Draft, dues: Mapping[tuple[str, str], Due], denied: Denied) -> None:
        """Until the budget allows it, the rules answer."""
        for each in (each for call in draft.calls for each in call.subjects):
            due = dues[each.dossier.project, each.dossier.subject]
            known, answer = self._books.last(due.at, due.subject), steps.by_rules(each.dossier)
            again_at = self._again_at(due.at, denied)
            told = telling.postponed(known, due.job.request, answer, denied.reason, now=self._now, again_at=again_at)
            self._books.tell(due.at, told)
            self._books.queue(due.at, due.subject, due.job, again_at)

    def _again_at(self, at: At, denied: Denied) -> int:
        """When it may be its turn: of thousands that wait for a call, each minute looks at those it may suffice for."""
        if denied.reason != "too_many_calls":
            return denied.again_at
        before = sum(due > self._now for due in self._books.account(at).queue.values())
        a_minute = TOGETHER * max(1, self._terms.budgets.of(at.project).calls_per_minute)
        return denied.again_at + before // a_minute * accounts.MINUTE


async def gathered(due: Sequence[Due], evidence: Evidence, now: int) -> Sequence[tuple[Due, Dossier]]:
    """What is stored about each of them. Raises ``Unavailable`` while it can not be read."""
    room = asyncio.Semaphore(GATHERING)

    async def one(each: Due) -> tuple[Due, Dossier]:
        async with room:
            try:
                current = await _current(each, evidence) if now - each.job.request.at > STALE else each
                names = wanted(current.job.request)
                material = await evidence.gather(each.at.project, names) if names else Material()
            except (Unavailable, Misconfigured):
                raise
            except Exception:  # what no database takes or tells: nothing is known of this one, the others go on
                log.exception("what is stored about %s of %s can not be read", each.subject, each.at.project)
                current, material = each, Material()
        return current, compiled(current.job.request, material)

    return await asyncio.gather(*map(one, due))


async def _current(due: Due, evidence: Evidence) -> Due:
    """A subject that waited long, with its incident as it is now: it may be over."""
    request = due.job.request
    if request.incident is None:
        return due
    stored = await evidence.incident(due.at.project, request.incident.incident)
    if stored is None or stored.version <= request.incident.version:
        return due
    return due._replace(job=structs.replace(due.job, request=structs.replace(request, incident=stored)))


def alone(pending: Pending) -> Call:
    """A question about one subject."""
    return Call(ask=pending.ask, prompt=prompt([pending.section]), subjects=(pending,))
