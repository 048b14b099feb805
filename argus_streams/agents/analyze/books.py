"""What ANALYZE knows of the projects that a turn touches: budget, jobs and last analyses, over the turn's state."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from argus_streams.agents.purging import Purges, taken_back
from argus_streams.agents.wire import Topics, key_of, outgoing
from argus_streams.core import tracing
from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis import jobs
from argus_streams.core.analysis.account import Account
from argus_streams.core.analysis.jobs import Job
from argus_streams.core.findings import Analysis
from argus_streams.core.messages import Version
from argus_streams.core.purged import Mark
from argus_streams.streaming.agent import State
from argus_streams.streaming.producer import Outgoing

AGENDA = b":agenda"  # of a partition: which project has something to do, and when; no slug begins with a colon

_PACK = msgspec.msgpack.Encoder()
_DUE = msgspec.msgpack.Decoder(dict[str, int])
_ANALYSIS = msgspec.msgpack.Decoder(Analysis)


class At(NamedTuple):
    """A project, and the partition in which its state lies."""

    partition: int
    project: str

    def key(self, *more: str) -> bytes:
        """The key of a part of its state."""
        return "/".join((self.project, *more)).encode()


class Books:
    """Reads and changes them; nothing is kept before the turn's effects are confirmed."""

    def __init__(self, topics: Topics, state: State) -> None:
        self._topics = topics
        self._state = state
        # As of the turn's beginning: a turn waits for the database, and may find that its partitions were another's
        # meanwhile. What it made of their state then belongs to no tenure that there still is.
        self._epochs = {partition: state.epoch(partition) for partition in state.partitions()}
        self._purges = Purges(state, "analyze")
        self._accounts: dict[At, Account] = {}
        self._changed: set[At] = set()
        self._looked: list[At] = []  # those that were due
        self._judged: dict[tuple[At, str], Analysis] = {}
        self._out: list[Outgoing] = []
        self.told: list[Analysis] = []

    def due(self, now: int) -> Iterator[At]:
        """The projects that have something to do."""
        for partition in self._state.partitions():
            for project, at in self._agenda(partition).items():
                if at <= now:
                    self._looked.append(At(partition, project))
                    yield At(partition, project)

    def touched(self) -> Iterator[At]:
        """The projects that were looked at so far."""
        return iter(tuple(self._accounts))

    def epoch(self, at: At) -> int:
        """Under which this worker owns the project."""
        return self._epochs[at.partition]

    def account(self, at: At) -> Account:
        """The project's budget and queue."""
        if at not in self._accounts:
            stored = self._state.get(at.partition, at.key())
            self._accounts[at] = Account() if stored is None else accounts.decode(stored)
        return self._accounts[at]

    def changed(self) -> Iterator[tuple[At, Account]]:
        """The accounts that the turn has changed."""
        return ((at, self._accounts[at]) for at in self._changed)

    def keep(self, at: At, account: Account) -> None:
        """Change the account."""
        if account != self.account(at):
            self._accounts[at] = account
            self._changed.add(at)

    def job(self, at: At, subject: str) -> Job | None:
        """What is to be explained of this subject."""
        stored = self._state.get(at.partition, at.key("job", subject))
        return None if stored is None else jobs.decode(stored)

    def queue(self, at: At, subject: str, job: Job, due: int) -> None:
        """Let the job be done at ``due`` (ms)."""
        self._state.put(at.partition, at.key("job", subject), jobs.encode(job))
        self.keep(at, accounts.queued(self.account(at), {subject: due}))

    def drop(self, at: At, subject: str) -> None:
        """The job is done, or given up."""
        self._state.put(at.partition, at.key("job", subject), None)
        self.keep(at, accounts.dequeued(self.account(at), subject))

    def is_gone(self, at: At, time: int) -> bool:
        """Whether what was recorded at this time (ms, Kafka's) is of before a purge."""
        return time <= self._purges.until(*at)

    def purge(self, at: At, asked: int) -> None:
        """Forget what is or was to be explained; ``asked`` is Kafka's time (ms) of the order.

        What was spent stays, and what is under way counts as spent: else a purge would refill the day's budget.
        """
        known = self._purges.mark(*at)
        if known is not None and asked <= known.until:
            return
        writes, subjects = self._purges.writes(*at), []
        for key in self._state.keys(at.partition, at.key("")):
            if key.startswith(at.key("last", "")):
                told = _ANALYSIS.decode(self._state.get(at.partition, key) or b"")
                subjects.append(told.subject)
                writes = max(writes, told.version.writes)
            self._state.put(at.partition, key, None)
        self.keep(at, accounts.emptied(self.account(at)))
        mark = Mark(asked, asked, self.epoch(at), writes)
        self._purges.enter(*at, mark)
        self._out += taken_back(self._topics.analyses, -1, at.project, subjects, mark)

    def last(self, at: At, subject: str) -> Analysis | None:
        """What was told of the subject last, as it is judged."""
        if (at, subject) in self._judged:
            return self._judged[at, subject]
        stored = self._state.get(at.partition, at.key("last", subject))
        return None if stored is None else _ANALYSIS.decode(stored)

    def judge(self, at: At, analysis: Analysis) -> None:
        """Somebody thinks so of an analysis; what is thought of it in the end is told, however often that changes."""
        self._judged[at, analysis.subject] = analysis

    def tell_judged(self) -> None:
        """Tell what was judged."""
        judged, self._judged = self._judged, {}
        for (at, _), analysis in judged.items():
            self.tell(at, analysis)

    def tell(self, at: At, analysis: Analysis) -> None:
        """Tell an analysis, as the next version of what was told of its subject."""
        known = self.last(at, analysis.subject)
        writes = known.version.writes + 1 if known else self._purges.writes(*at) + 1
        told = msgspec.structs.replace(analysis, version=Version(self.epoch(at), writes))
        self._state.put(at.partition, at.key("last", analysis.subject), _PACK.encode(told))
        self.told.append(told)
        job = self.job(at, analysis.subject)
        cause = tracing.parse(job.cause) if job is not None and job.cause else None
        self.send(outgoing(self._topics.analyses, key_of(at.project, analysis.subject), told, cause))

    def send(self, record: Outgoing) -> None:
        """Write a record with the turn."""
        self._out.append(record)

    def end(self) -> list[Outgoing]:
        """Put the accounts that changed, note when they are due again, and give everything that leaves."""
        for at in self._changed:
            account = self._accounts[at]
            # The agenda first: of a worker that is killed between the two writes, none that has something to do is
            # forgotten. One that has nothing more leaves it when that is confirmed, with its next look.
            self._note(at, 0 if account.attempts else min(account.queue.values(), default=0))
            self._state.put(at.partition, at.key(), accounts.encode(account))
        for at in self._looked:
            if at not in self._changed and accounts.idle(self.account(at)):
                self._note(at, None)
        return self._out

    def _note(self, at: At, due: int | None) -> None:
        """0 = at every turn; ``None`` = never."""
        agenda = self._agenda(at.partition)
        if agenda.get(at.project) == due:
            return
        others = {project: time for project, time in agenda.items() if project != at.project}
        changed = others if due is None else {**others, at.project: due}
        self._state.put(at.partition, AGENDA, _PACK.encode(changed))

    def _agenda(self, partition: int) -> dict[str, int]:
        stored = self._state.get(partition, AGENDA)
        return {} if stored is None else _DUE.decode(stored)
