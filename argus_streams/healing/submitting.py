"""What a test runner has written of failures and outcomes, published."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple, get_args, get_type_hints

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
_KINDS = {"failure": TestFailure, "outcome": Outcome}
_CHOICE = re.compile(r"\AInvalid enum value .* - at `\$\.(?P<kind>failure|outcome)\.(?P<field>\w+)`\Z", re.DOTALL)


class Told(NamedTuple):
    """What was published of a file, and what of it could not be."""

    failures: int
    outcomes: int
    mistakes: Sequence[str]


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    failure: TestFailure | msgspec.UnsetType = msgspec.UNSET
    outcome: Outcome | msgspec.UnsetType = msgspec.UNSET


async def submit(given: Settings, project: str, content: BinaryIO) -> Told:
    """Publish what a test runner has written, line by line; a line with a mistake is told, its neighbours go on.

    Empty lines are none.
    """
    names = app.topics_of(given)
    topics.require(given.kafka(), names.failed)
    topics.require(given.kafka(), names.outcomes)
    producer, batch = ConfirmedProducer(given.kafka()), list[Outgoing]()
    counts, mistakes = {names.failed: 0, names.outcomes: 0}, []
    for number, line in enumerate(content, start=1):
        if not line.strip():
            continue
        try:
            told = _told(line, project)
        except (Malformed, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            mistakes.append(f"line {number}: {_mistake(str(error))}")
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
    if len(line) > FAILURE_BYTES:
        raise Malformed("too large", f"{len(line):,} bytes; the limit is {FAILURE_BYTES:,}")
    match msgspec.json.decode(line, type=_Line):
        case _Line(TestFailure() as failure, msgspec.UNSET):
            _own(failure.project, project)
            return msgspec.structs.replace(failure, project=project)
        case _Line(msgspec.UNSET, Outcome() as outcome):
            _own(outcome.project, project)
            if len(line) > OUTCOME_BYTES:
                raise Malformed("too large", f"{len(line):,} bytes; the limit is {OUTCOME_BYTES:,}")
            return hearing.outcome(outcome)
        case _:
            raise Malformed("not one of both", 'a line is {"failure": …} or {"outcome": …}')


def _mistake(text: str) -> str:
    """What is wrong, and of a word that is none of a few the few."""
    found = _CHOICE.search(text)
    if found is None:
        return text
    hints = get_type_hints(_KINDS[found["kind"]])
    return f"{text}; it is one of {', '.join(_words(hints[found['field']]))}"


def _words(hint: Any) -> Iterator[str]:
    """The words of a ``Literal``, also of one that may be missing."""
    for each in get_args(hint):
        yield from (each,) if isinstance(each, str) else _words(each)


def _own(told: str, project: str) -> None:
    if told not in {"", project}:
        raise Malformed("other project", f"{told!r:.80}, and --project is {project}")
