"""One body, from bytes to fingerprinted events, signals, failures and refusals: the step of NORMALIZE and `explain`.

It never raises: what can not be read is refused with a reason, a bug of ours among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Literal

import msgspec
from msgspec import Struct, structs

from argus_streams.core import clip
from argus_streams.core.bugs import BUG, last_frames
from argus_streams.core.clip import Limits
from argus_streams.core.events import LAST_TIME, Event, Ignored, Item, Origin, Rejected, Signal, TestFailure
from argus_streams.core.grouping.fingerprint import VERSION, Fingerprint, Rule, fingerprint
from argus_streams.core.intake import take
from argus_streams.core.ledger import Entry
from argus_streams.core.letters import WHOLE, Letter
from argus_streams.core.mapping import BodyMapping
from argus_streams.core.scrub import Scrubber
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed


@dataclass(frozen=True)
class Norms:
    """What decides how bodies are read."""

    sources: Mapping[str, Source]
    limits: Limits
    scrubber: Scrubber
    rules: Mapping[str, Sequence[Rule]] = field(default_factory=dict)  # by project
    mappings: Mapping[str, Sequence[BodyMapping]] = field(default_factory=dict)  # by project

    def algorithm(self, project: str) -> str:
        """Version of the fingerprint and hash of the project's rules and mappings: groups compare only within one."""
        return self._algorithms.get(project, VERSION)

    @cached_property  # asked for each body
    def _algorithms(self) -> Mapping[str, str]:
        """By project, of those that have rules or mappings."""
        found = {}
        for project in self.rules.keys() | self.mappings.keys():
            told = [*self.rules.get(project, ()), *[each.written for each in self.mappings.get(project, ())]]
            if told:
                found[project] = f"{VERSION}+{blake2b(msgspec.json.encode(told), digest_size=4).hexdigest()}"
        return found


class Incoming(Struct, frozen=True, kw_only=True):
    """A record of an input topic, as far as reading it needs."""

    value: bytes
    headers: dict[str, str]  # names in lower case
    source: str
    project: str
    origin: Origin  # of the body, index 0
    received_at: int  # ms, Kafka's time


def arrived(
    value: bytes | None,
    headers: Sequence[tuple[str, bytes | None]],
    *,
    defaults: tuple[str, str] | None,
    origin: Origin,
    received_at: int,
) -> Incoming:
    """A record as Kafka has it; ``defaults`` are source and project of its topic, where producers set no headers."""
    told = {name.lower(): (content or b"").decode("utf-8", "replace") for name, content in headers}
    source, project = defaults or ("", "")
    return Incoming(
        value=value or b"",
        headers=told,
        source=told.get("ce_source") or source,
        project=told.get("project") or project,
        origin=origin,
        received_at=min(max(received_at, 1), LAST_TIME),  # producers may stamp an input of the user's own
    )


class Refusal(Struct, frozen=True):
    """Something that becomes a letter."""

    index: int  # of the item; WHOLE = the body
    reason: str  # short and fixed, counted
    detail: str


class Reading(Struct, frozen=True):
    """What became of one body."""

    outcome: Literal["normalised", "ignored", "dead"]
    reason: str = ""  # why ignored or dead
    events: tuple[tuple[Event, Fingerprint], ...] = ()
    signals: tuple[Signal, ...] = ()
    failures: tuple[TestFailure, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def read(incoming: Incoming, norms: Norms) -> Reading:
    """Read one body: every item of it is an event, a signal, a test failure, ignored or refused."""
    source = norms.sources.get(incoming.source)
    if source is None:
        known = ", ".join(norms.sources)
        told = clip.clean(norms.scrubber.text(incoming.source), 80)
        if not told:
            return _dead("no source", f"the header ce_source is missing; known are {known}")
        return _dead("unknown source", f"{told!r}; known are {known}")
    mappings = norms.mappings.get(incoming.project, ())
    body = Body(incoming.value, incoming.headers, incoming.received_at, mappings)
    try:
        items = take(
            body,
            source,
            project=incoming.project,
            origin=incoming.origin,
            limits=norms.limits,
            scrubber=norms.scrubber,
        )
        return _sorted(items, norms.rules.get(incoming.project, ()))
    except Malformed as error:
        return _dead(error.reason, norms.scrubber.text(error.detail))
    except Exception as error:  # noqa: BLE001 - whatever it is, the body must not stop its neighbours
        return _dead(BUG, norms.scrubber.text(last_frames(error)))


def entries_of(incoming: Incoming, reading: Reading) -> list[Entry]:
    """What the ledger is told: the body's outcome, and each item that was refused while its neighbours were not."""
    offset, project = incoming.origin.offset, incoming.project
    body = Entry(project, reading.outcome, reading.reason, offset, events=len(reading.events))
    if not reading.refusals:
        return [body]
    items = [each for each in reading.refusals if each.index != WHOLE]
    return [body, *(Entry(project, "rejected", each.reason, offset, each.index) for each in items)]


def letters_about(incoming: Incoming, reading: Reading) -> list[Letter]:
    """A letter for each reason: of the whole body, or of all its items that were refused for it."""
    refused: dict[str, list[Refusal]] = {}
    for each in reading.refusals:
        refused.setdefault(each.reason, []).append(each)
    return [
        Letter(
            stage="normalize",
            reason=reason,
            detail=alike[0].detail,
            origins=tuple([structs.replace(incoming.origin, index=each.index) for each in alike]),
            project=incoming.project,
            source=incoming.source,
        )
        for reason, alike in refused.items()
    ]


def _sorted(items: Sequence[Item], rules: Sequence[Rule]) -> Reading:
    events: list[tuple[Event, Fingerprint]] = []
    signals: list[Signal] = []
    failures: list[TestFailure] = []
    refusals: list[Refusal] = []
    for index, item in enumerate(items):
        if isinstance(item, Event):
            events.append((item, fingerprint(item, rules)))
        elif isinstance(item, Signal):
            signals.append(item)
        elif isinstance(item, TestFailure):
            failures.append(item)
        elif isinstance(item, Rejected):
            refusals.append(Refusal(index, item.reason, item.detail))
    if events or signals or failures:
        return Reading("normalised", "", tuple(events), tuple(signals), tuple(failures), tuple(refusals))
    if refusals:
        return Reading("dead", refusals[0].reason, refusals=tuple(refusals))
    return Reading("ignored", next(item.reason for item in items if isinstance(item, Ignored)))


def _dead(reason: str, detail: str) -> Reading:
    return Reading("dead", reason, refusals=(Refusal(WHOLE, reason, detail),))
