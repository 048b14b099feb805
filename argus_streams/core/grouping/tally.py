"""Accounting for the occurrences of one sighting."""

from collections.abc import Container, Mapping, Sequence
from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec

from argus_streams.core.events import LAST_TIME, Event, Origin
from argus_streams.core.grouping import spike
from argus_streams.core.grouping.state import (
    ENVIRONMENTS,
    HOUR,
    INSTANCES,
    RECENT,
    WINDOW,
    About,
    Decided,
    GroupState,
    breaks,
    ruling,
    standing,
    worse,
)
from argus_streams.core.grouping.users import with_users
from argus_streams.core.messages import Occurrence, Sighting

_TITLE = 200  # characters
_HOUR = HOUR // spike.BUCKET  # buckets

Outcome = Literal["counted", "closed", "duplicate", "repeat", "purged"]


class Regression(NamedTuple):
    """A resolve that did not hold, and what broke it."""

    resolve: int  # ms, Kafka's time of it
    origin: Origin
    received_at: int


class Tally:
    """The running numbers of one sighting; its dictionaries are its own."""

    def __init__(self, before: GroupState, sighting: Sighting, told: Container[int] | None, *, purged: int = 0) -> None:
        self.before, self.sighting = before, sighting
        self.purged = purged  # ms, Kafka's time up to which all of the project is gone
        self._told = told
        self.fresh: dict[int, int] = {}  # Kafka's time by id, where ids are remembered beyond the latest
        self.start = self.mark = before.marks.get(sighting.topic, {}).get(sighting.partition)
        self.recent = list(before.recent)
        self.known = set(before.recent)
        self.counted: list[Occurrence] = []
        self.regressions: list[Regression] = []
        self.last_received = before.last_received
        self.closed = self.duplicates = 0
        self.ended = before.ended
        self.first_received = before.first_received
        self.instances = dict(before.instances)
        self.buckets: dict[int, int] = {}  # newly counted ones

    def take(self, occurrence: Occurrence) -> Outcome:
        """Account for one occurrence, and say how."""
        if occurrence.received_at <= self.purged:
            return "purged"
        place = (occurrence.offset, occurrence.index)
        if self.mark is not None and place <= self.mark:
            return "repeat"
        self.mark = place
        if self._is_redelivered(occurrence):
            self.duplicates += 1
            return "duplicate"
        if occurrence.closes:
            self.closed += 1
            self._close(occurrence)
            return "closed"
        self._count(occurrence)
        return "counted"

    def origin(self, occurrence: Occurrence) -> Origin:
        """Where the occurrence stands in Kafka."""
        return Origin(self.sighting.topic, self.sighting.partition, occurrence.offset, occurrence.index)

    def _count(self, occurrence: Occurrence) -> None:
        self.counted.append(occurrence)
        bucket = occurrence.received_at // spike.BUCKET
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        if self.before.decided is None and self.ended is None:
            self._note(occurrence)
            return
        broken = breaks(self._ruling(), self.last_received)
        self._note(occurrence)
        decided = self._ruling()
        if not broken and decided is not None and breaks(decided, self.last_received):
            self.regressions.append(Regression(decided.time, self.origin(occurrence), occurrence.received_at))

    def _note(self, occurrence: Occurrence) -> None:
        self.last_received = max(self.last_received, occurrence.received_at)
        self.first_received = min(self.first_received or occurrence.received_at, occurrence.received_at)
        self._follow(occurrence)

    def _is_redelivered(self, occurrence: Occurrence) -> bool:
        # A vendor may name an alert and its end by one id: they are two things.
        text = f"{occurrence.event_id}\n" if occurrence.closes else occurrence.event_id
        number = _hash(text)
        if number in self.known:
            return True
        if self._told is not None:
            if number in self.fresh or number in self._told:
                return True
            self.fresh[number] = occurrence.received_at
        self.known.add(number)
        self.recent.append(number)
        if len(self.recent) > RECENT:
            self.known.discard(self.recent.pop(0))
        return False

    def _close(self, occurrence: Occurrence) -> None:
        """A vendor's end resolves the group, unless a later end was read first or a person ignores it."""
        self._follow(occurrence)
        ended = Decided(occurrence.received_at, self.origin(occurrence), "resolve", occurrence.source)
        if self.ended is not None and ended < self.ended:
            return
        self.ended = ended
        if self._ruling() is ended and breaks(ended, self.last_received):
            # An occurrence of later than this end was read first.
            self.regressions.append(Regression(ended.time, ended.origin, ended.time))

    def _ruling(self) -> Decided | None:
        return ruling(self.before.decided, standing(self))

    def _follow(self, occurrence: Occurrence) -> None:
        """Note the latest word on one target of an alert, of equal ones the end."""
        if occurrence.instance is None:
            return
        name = _hash(occurrence.instance)
        word = (occurrence.received_at, occurrence.closes)
        self.instances[name] = max(word, self.instances.get(name, word))
        if len(self.instances) > INSTANCES:  # those that ended longest ago go first
            del self.instances[
                min(self.instances, key=lambda each: (not self.instances[each][1], self.instances[each][0]))
            ]

    def state(self, *, told: bool) -> GroupState:
        """The state after all occurrences; ``told`` says whether the whole event may describe the group."""
        before, sighting = self.before, self.sighting
        marks = dict(before.marks)
        marks[sighting.topic] = {**marks.get(sighting.topic, {}), sighting.partition: self.mark or (0, 0)}
        after = msgspec.structs.replace(
            before,
            about=_about(before, sighting) if told else self._bare() or before.about,
            algorithm=sighting.algorithm,
            writes=before.writes + 1,
            closed=before.closed + self.closed,
            duplicates=before.duplicates + self.duplicates,
            ended=self.ended,
            first_received=self.first_received,
            instances=self.instances,
            marks=marks,
            recent=tuple(self.recent),
        )
        return _counted(after, self) if self.counted else after

    def _bare(self) -> About | None:
        """A group that begins in the midst of a sighting, behind a purge: the event that is told whole is gone.

        What its identity says of it is known all the same; the next whole event says more.
        """
        if not (self.counted and self.before.about is None and self.sighting.occurrences[0].received_at <= self.purged):
            return None
        event, first = self.sighting.event, self.counted[0]
        title = event.type or event.culprit or event.kind
        named = (event.kind, title, event.type, event.culprit, event.platform, event.service)
        return About(LAST_TIME, self.origin(first), self.sighting.parts, *named)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _counted(state: GroupState, tally: Tally) -> GroupState:
    """The state with what was counted."""
    occurrences, first = tally.counted, tally.counted[0]
    sources, severity = dict(state.sources), state.severity
    earliest, latest = (state.first_seen, state.last_seen) if state.count else (first.occurred_at, first.occurred_at)
    for each in occurrences:
        sources[each.source] = sources.get(each.source, 0) + 1
        if each.severity != severity:
            severity = worse(severity, each.severity)
        if each.occurred_at < earliest:  # noqa: PLR1730 - `min` takes twice as long
            earliest = each.occurred_at
        if each.occurred_at > latest:  # noqa: PLR1730
            latest = each.occurred_at
    releases = [(each.received_at, each.release) for each in occurrences if each.release]
    return msgspec.structs.replace(
        state,
        count=state.count + len(occurrences),
        first_seen=earliest,
        last_seen=latest,
        last_received=tally.last_received,
        severity=severity,
        sources=sources,
        hours=_hours(state.hours, tally.buckets),
        first_release=min([*releases, state.first_release or releases[0]]) if releases else state.first_release,
        last_release=max([*releases, state.last_release or releases[0]]) if releases else state.last_release,
        environments=_environments(state.environments, occurrences),
        buckets=spike.counted(state.buckets, tally.buckets),
        users=with_users(state.users, [each.user for each in occurrences if each.user is not None]),
    )


def _hours(hours: Mapping[int, int], buckets: Mapping[int, int]) -> Mapping[int, int]:
    summed = dict(hours)
    for bucket, number in buckets.items():
        hour = bucket // _HOUR
        summed[hour] = summed.get(hour, 0) + number
    if len(summed) <= max(1, len(hours)):
        return summed  # none leaves the window
    oldest = max(summed) - WINDOW
    return {hour: number for hour, number in summed.items() if hour > oldest}


def _environments(known: tuple[str, ...], occurrences: Sequence[Occurrence]) -> tuple[str, ...]:
    new = {each.environment for each in occurrences if each.environment}.difference(known)
    return tuple(sorted(new.union(known))[:ENVIRONMENTS]) if new else known


def _about(state: GroupState, sighting: Sighting) -> About:
    """The description by the earlier event, so that it does not depend on which partition was read first."""
    event, first = sighting.event, sighting.occurrences[0]
    origin = Origin(sighting.topic, sighting.partition, first.offset, first.index)
    if state.about is not None and (state.about.received_at, state.about.origin) <= (first.received_at, origin):
        return state.about
    return About(
        first.received_at,
        origin,
        sighting.parts,
        event.kind,
        title_of(event),
        event.type,
        event.culprit,
        event.platform,
        event.service,
    )


def title_of(event: Event) -> str:
    """The sender's headline, else "Type: message" in one line."""
    said = event.title or ": ".join(filter(None, (event.type, event.message))) or event.culprit or event.kind
    return " ".join(said[:_TITLE].split()) or event.kind
