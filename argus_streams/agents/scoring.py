"""Scores of a project, kept beside its incidents: counted signal by signal, told when they change."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import structs

from argus_streams.core.events import Severity, Signal
from argus_streams.core.findings import Score
from argus_streams.core.messages import Version
from argus_streams.core.quality import standing
from argus_streams.core.quality.score import Facts, Weights, scores
from argus_streams.core.quality.standing import Tally


class Values(Protocol):
    """A project's part of the table."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes | None) -> None: ...


class ProjectWeights(Protocol):
    """What each factor weighs."""

    def of(self, project: str) -> Weights:
        """A project's weights."""
        ...


class Scored(NamedTuple):
    """What a look at a project's numbers brings."""

    scores: Sequence[Score]  # that changed
    due: int | None  # ms, when they will change by time


class News(NamedTuple):
    """What is new of a project."""

    signals: Sequence[Signal]  # not seen before
    incidents: Mapping[Severity, int]  # open ones
    now: int  # ms by the clock, where nothing waits that would tell the time; else 0


class Scoring:
    """Counts what is new of a project, and tells its scores if that changed them."""

    def __init__(self, weights: ProjectWeights) -> None:
        self._weights = weights

    def score(self, project: str, values: Values, news: News, epoch: int) -> Scored:
        """The scores that changed."""
        stored = values.get("quality")
        before = Tally() if stored is None else standing.tally(stored)
        after = before
        for signal in news.signals:
            after = _counted(after, values, signal)
        at = max(after.at, news.now)
        found = scores(project, Facts(after, news.incidents, at), self._weights.of(project))
        told = {score.score_type: _content(score) for score in found}
        if told == before.told and after == before:
            return Scored((), standing.fades_at(after))
        after = structs.replace(after, told=told, writes=after.writes + 1)
        values.put("quality", standing.encode(after))
        version = Version(epoch, after.writes)
        changed = [score for score in found if before.told.get(score.score_type) != told[score.score_type]]
        return Scored([structs.replace(score, version=version) for score in changed], standing.fades_at(after))


def _counted(tally: Tally, values: Values, signal: Signal) -> Tally:
    if not signal.kind.startswith("group_"):
        return standing.counted(tally, signal, None, None)
    name = f"standing/{signal.subject}"
    stored = values.get(name)
    before = None if stored is None else standing.standing(stored)
    after = standing.moved(before, signal)
    if after is not None and after != before:
        values.put(name, standing.encode(after))
    return standing.counted(tally, signal, before, after)


def _content(score: Score) -> str:
    """What a reader would see change."""
    return f"{score.value} {[(part.factor, part.value) for part in score.parts]}"
