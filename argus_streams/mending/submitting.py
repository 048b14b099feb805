"""What a test runner has written of failures and outcomes, published."""

from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

import msgspec

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.agents.heal import OUTCOME_BYTES
from argus_streams.agents.wire import outgoing
from argus_streams.core.events import TestFailure
from argus_streams.core.healing import hearing
from argus_streams.core.repairs import Outcome
from argus_streams.errors import Malformed
from argus_streams.settings import Settings
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing

FAILURE_BYTES = 8_000_000  # of one failure with its page: more no record has room for
BATCH = 500


class Told(NamedTuple):
    """What was published of a file, and what of it could not be."""

    failures: int
    outcomes: int
    mistakes: Sequence[str]


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    failure: msgspec.Raw = msgspec.Raw()
    outcome: msgspec.Raw = msgspec.Raw()


async def submit(given: Settings, project: str, content: BinaryIO) -> Told:
    """Publish what a test runner has written, line by line; a line with a mistake is told, its neighbours go on."""
    names = app.topics_of(given)
    topics.require(given.kafka(), names.failed)
    topics.require(given.kafka(), names.outcomes)
    producer, batch = ConfirmedProducer(given.kafka()), list[Outgoing]()
    counts, mistakes = {names.failed: 0, names.outcomes: 0}, []
    for number, line in enumerate(content, start=1):
        try:
            told = _told(line, project)
        except Malformed as error:
            mistakes.append(f"line {number}: {error}")
            continue
        topic = names.failed if isinstance(told, TestFailure) else names.outcomes
        counts[topic] += 1
        batch.append(outgoing(topic, project.encode(), told))
        if len(batch) >= BATCH:
            await producer.write(batch)
            batch = []
    await producer.write(batch)
    return Told(counts[names.failed], counts[names.outcomes], mistakes)


def _told(line: bytes, project: str) -> TestFailure | Outcome:
    if not line.strip():
        raise Malformed("empty line")
    if len(line) > FAILURE_BYTES:
        raise Malformed("too large", f"{len(line):,} bytes; the limit is {FAILURE_BYTES:,}")
    try:
        read = msgspec.json.decode(line, type=_Line)
        if bool(read.failure) == bool(read.outcome):
            raise Malformed("not one of both", 'a line is {"failure": …} or {"outcome": …}')
        if read.failure:
            failure = msgspec.json.decode(read.failure, type=TestFailure)
            _own(failure.project, project)
            return msgspec.structs.replace(failure, project=project)
        outcome = msgspec.json.decode(read.outcome, type=Outcome)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("unreadable", str(error)) from error
    _own(outcome.project, project)
    if len(line) > OUTCOME_BYTES:
        raise Malformed("too large", f"{len(line):,} bytes; the limit is {OUTCOME_BYTES:,}")
    return hearing.outcome(outcome)


def _own(told: str, project: str) -> None:
    if told not in {"", project}:
        raise Malformed("other project", f"{told!r:.80}, and --project is {project}")
