"""What is still to be explained: one job a subject, kept in the state until it is answered or given up."""

import msgspec
from msgspec import Struct

from argus_streams.core.findings import AnalysisRequest

UNREADABLE = 2  # answers in a row that can not be used; then the rules answer
ROUNDS = 3  # times that all models were tried in vain, an hour apart; then only news are a cause to ask again
PAUSE = 3_600_000  # ms


class Job(Struct, frozen=True, array_like=True):
    """A request, and what was tried for it; new fields go to the end."""

    request: AnalysisRequest
    tried: tuple[tuple[str, str], ...] = ()  # provider and model of this round
    unreadable: int = 0
    rounds: int = 0


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Job)


def encode(job: Job) -> bytes:
    """The job as it lies in the changelog."""
    return _ENCODER.encode(job)


def decode(data: bytes) -> Job:
    """The job that ``encode`` wrote."""
    return _DECODER.decode(data)


def asked(known: Job | None, request: AnalysisRequest) -> Job:
    """The job after a request: news begin it anew, the same again changes nothing."""
    if known is not None and known.request.evidence == request.evidence:
        return known
    return Job(request)


def failed(job: Job, provider: str, model: str) -> Job:
    """The model did not answer: the next one is asked."""
    return msgspec.structs.replace(job, tried=(*job.tried, (provider, model)))


def unreadable(job: Job) -> Job:
    """The answer could not be used."""
    return msgspec.structs.replace(job, unreadable=job.unreadable + 1)


def exhausted(job: Job) -> Job:
    """All models were tried in vain: a later round begins with the first again."""
    return msgspec.structs.replace(job, tried=(), unreadable=0, rounds=job.rounds + 1)
