"""What follows from analyses: groups that may be one problem are looked for and joined, broken tests are repaired."""

from typing import Literal

from argus_streams.agents.analyze.books import At, Books
from argus_streams.agents.wire import Topics, key_of, outgoing
from argus_streams.core.analysis import merging
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.jobs import Job
from argus_streams.core.analysis.merging import Propose
from argus_streams.core.findings import AnalysisRequest
from argus_streams.core.repairs import HealingDecision

MergeMode = Literal["off", "shadow", "active"]
PAIRS = 3  # of a group that are looked at, the likest


class Acts:
    """Those of one turn; in shadow two groups are only told to be one problem."""

    def __init__(self, mode: MergeMode, topics: Topics, books: Books, now: int) -> None:
        self._mode = mode
        self._topics = topics
        self._books = books
        self._now = now

    def look(self, at: At, request: AnalysisRequest, dossier: Dossier) -> None:
        """Propose what a group may be joined with; each pair once."""
        if self._mode == "off" or request.kind != "group" or request.replayed:
            return
        for pair in merging.pairs(dossier)[:PAIRS]:
            if isinstance(pair, Propose):
                subject = merging.subject(pair.one, pair.other)
                if self._books.last(at, subject) is None:
                    self._books.tell(at, merging.told(pair, at.project, by="rules", now=self._now))
                    self.follow(at, pair)
            elif self._books.last(at, pair.dossier.subject) is None:
                asked = AnalysisRequest(
                    project=at.project, subject=pair.dossier.subject, kind="merge", at=request.at,
                    evidence=f"{pair.score:.2f}",
                )  # fmt: skip
                self._books.queue(at, asked.subject, Job(asked), self._now)

    def follow(self, at: At, act: Propose | HealingDecision) -> None:
        """Tell what a repair was decided to be, or count two groups as one, where that is allowed.

        `argus group ID unlink OTHER` takes the latter back for ever.
        """
        if isinstance(act, HealingDecision):
            self._books.send(outgoing(self._topics.decisions, at.project.encode(), act))
        elif self._mode == "active":
            order = merging.command(act, at.project)
            self._books.send(outgoing(self._topics.commands, key_of(at.project, order.fingerprint), order))
