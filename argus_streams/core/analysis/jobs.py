"""What is still to be explained: one job a subject, kept in the state until it is answered or given up."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from argus_streams.core.analysis.asking import Ending, Trouble
from argus_streams.core.analysis.chain import Try
from argus_streams.core.analysis.prices import Provider
from argus_streams.core.analysis.registry import Rung
from argus_streams.core.findings import AnalysisRequest

_PAUSES = (60_000, 600_000, 3_600_000)  # ms, before all models are tried again; then only news are a cause to ask


class Tried(Struct, frozen=True, array_like=True):
    """A model that was asked in vain."""

    provider: Provider
    model: str
    ended: Ending | Trouble


class Job(Struct, frozen=True, array_like=True):
    """A request, and what was tried for it; new fields go to the end."""

    request: AnalysisRequest
    tried: tuple[Tried, ...] = ()  # in this round
    rounds: int = 0
    spent: int = 0  # billionths of a dollar, its share of calls that brought nothing
    cause: str = ""  # the `traceparent` of what asked, where that is traced


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Job)


def encode(job: Job) -> bytes:
    """The job as it lies in the changelog."""
    return _ENCODER.encode(job)


def decode(data: bytes) -> Job:
    """The job that ``encode`` wrote."""
    return _DECODER.decode(data)


def asked(known: Job | None, request: AnalysisRequest, cause: str = "") -> Job:
    """The job after a request: news begin it anew, the same again changes nothing."""
    if known is not None and known.request.evidence == request.evidence:
        return known
    return Job(request, spent=known.spent if known else 0, cause=cause)


def failed(job: Job, tried: Tried, cost: int) -> Job:
    """The model brought nothing that can be used, which cost this much."""
    return msgspec.structs.replace(job, tried=(*job.tried, tried), spent=job.spent + cost)


def exhausted(job: Job) -> Job:
    """All models were tried in vain: a later round begins with the first again."""
    return msgspec.structs.replace(job, tried=(), rounds=job.rounds + 1)


def pause(job: Job) -> int | None:
    """How long to wait before the next round, in ms; ``None`` = there is none."""
    return _PAUSES[job.rounds] if job.rounds < len(_PAUSES) else None


def tries(job: Job, ladder: Iterable[Rung]) -> Sequence[Try]:
    """The tries of this round, as far as their models still stand on the ladder."""
    rungs = {(rung.provider, rung.model): rung for rung in ladder}
    known = ((rungs.get((each.provider, each.model)), each.ended) for each in job.tried)
    return [Try(rung, ended) for rung, ended in known if rung is not None]
