"""Where consumer groups stand in their logs, asked of the broker in few requests."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, IsolationLevel, KafkaException, TopicPartition
from confluent_kafka import admin as kafka_admin
from confluent_kafka.admin import AdminClient
from msgspec import structs

from argus_streams import app
from argus_streams.adapters.clock import now
from argus_streams.core.doctor.finding import Unseen
from argus_streams.core.doctor.groups import Look, Place
from argus_streams.core.doctor.machine import Ahead, Skew
from argus_streams.diagnosis.cluster import ASK_SECONDS, configured, described
from argus_streams.settings import Settings
from argus_streams.streaming.offsets import Offsets
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import logs_of

AGED = 0.75  # of the retention: what is older and unread is told of before it goes
MARKERS = 100  # offsets: so few may be markers of transactions alone, and are read to find out
ABSENT = "GROUP_ID_NOT_FOUND"
_SPEC: Any = kafka_admin  # whose types leave OffsetSpec out

Looks = Mapping[str, Look | Unseen]  # by role


class Standing:
    """Looks at the positions of some roles."""

    def __init__(self, admin: AdminClient, given: Settings, roles: Sequence[app.Role]) -> None:
        self._admin = admin
        self._given = given
        changelogs = [app.changelog_of(given, role) for role in app.ROLES]
        names = {name for role in app.ROLES for name in app.inputs(given, role)} | {name for name in changelogs if name}
        found = {name: each for name, each in described(admin, names).items() if not isinstance(each, str)}
        self.ids = {name: str(each.topic_id) for name, each in found.items()}
        self._counts = {name: len(each.partitions) for name, each in found.items()}
        self._wanted = {role: self._partitions(app.inputs(given, role)) for role in roles}
        self._every = sorted({tp for tps in self._wanted.values() for tp in tps})
        configs = configured(admin, list(found))
        self._stamped = {
            name for name, config in configs.items() if config.get("message.timestamp.type") == "LogAppendTime"
        }
        self._aged = self._older_than(configs)

    def look(self) -> Looks:
        """Where each group stands now."""
        committed = {role: self._committed(app.group_of(self._given, role), tps) for role, tps in self._wanted.items()}
        firsts = self._offsets(self._every, _SPEC.OffsetSpec.earliest())
        ends = self._offsets(self._every, _SPEC.OffsetSpec.latest())
        at, found = monotonic(), dict[str, Look | Unseen]()
        for role, places in committed.items():
            if isinstance(places, Unseen):
                found[role] = places
                continue
            there = [tp for tp in self._wanted[role] if tp in firsts and tp in ends]
            told = [_place(tp, (firsts[tp], ends[tp]), places.get(tp), self._aged.get(tp, 0)) for tp in there]
            found[role] = Look(at, tuple(self._without_markers(told)))
        return found

    def clock(self, first: Looks, second: Looks, began: int) -> Skew | Ahead | Unseen:
        """Kafka's clock by the newest record: one that came in between two looks is of a time between them.

        ``began`` = when the first look did, ms. Nothing is written for it.
        """
        before, ended = {at: place.end for at, place in _places(first)}, now()
        grown = [
            at for at, place in _places(second) if at.topic in self._stamped and place.end > before.get(at, place.end)
        ]
        tps = grown[:1] or [tp for tp in self._every if tp.topic in self._stamped]
        told = self._listed(dict.fromkeys(tps, _SPEC.OffsetSpec.max_timestamp())).values()
        newest = max((each.timestamp for each in told), default=-1)
        if newest < 0:
            return Unseen("Kafka: there is no record by which its clock could be read")
        if grown:
            return Skew(whose="Kafka", least=newest - now(), most=newest - began)
        return Ahead(whose="Kafka", least=newest - ended)

    def _partitions(self, names: Iterable[str]) -> list[Partition]:
        """Each once, whatever names a topic twice."""
        return [Partition(name, number) for name in dict.fromkeys(names) for number in range(self._counts.get(name, 0))]

    def _committed(self, group: str, tps: Sequence[Partition]) -> Mapping[Partition, TopicPartition] | Unseen:
        if not tps:
            return {}
        asked: Any = self._admin  # whose types leave this out
        wanted = ConsumerGroupTopicPartitions(group, [TopicPartition(*tp) for tp in tps])
        try:
            told = asked.list_consumer_group_offsets([wanted], request_timeout=ASK_SECONDS)[group].result()
        except KafkaException as error:
            if error.args[0].name() == ABSENT:
                return {}
            return Unseen(f"positions can not be read: {error.args[0].str()}")
        return {Partition(each.topic, each.partition): each for each in told.topic_partitions}

    def _offsets(self, tps: Iterable[Partition], spec: Any) -> dict[Partition, int]:
        return {tp: told.offset for tp, told in self._listed(dict.fromkeys(tps, spec)).items()}

    def _older_than(self, configs: Mapping[str, Mapping[str, str]]) -> dict[Partition, int]:
        """The offset before which records are older than three quarters of what their topic keeps."""
        kept = {name: int(config.get("retention.ms", -1)) for name, config in configs.items()}
        deleted = {name for name, config in configs.items() if "delete" in config.get("cleanup.policy", "")}
        specs = {
            tp: _SPEC.OffsetSpec.for_timestamp(now() - int(AGED * kept[tp.topic]))
            for tp in self._every
            if tp.topic in deleted and kept[tp.topic] > 0
        }
        found = self._listed(specs)
        ends = self._offsets([tp for tp, told in found.items() if told.offset < 0], _SPEC.OffsetSpec.latest())
        return {tp: told.offset if told.offset >= 0 else ends.get(tp, 0) for tp, told in found.items()}

    def _listed(self, specs: Mapping[Partition, Any]) -> dict[Partition, Any]:
        """The broker's answers; a partition without a leader gives none, which `replicas` tells."""
        if not specs:
            return {}
        asked = self._admin.list_offsets(
            {TopicPartition(*tp): spec for tp, spec in specs.items()},
            isolation_level=IsolationLevel.READ_COMMITTED,
            request_timeout=ASK_SECONDS,
        )
        found = {}
        for tp, answer in asked.items():
            try:
                found[Partition(tp.topic, tp.partition)] = answer.result()
            except KafkaException:
                continue
        return found

    def _without_markers(self, places: Sequence[Place]) -> Sequence[Place]:
        """A log that is written in transactions ends in a marker, which is no record, and which nobody commits."""
        written = {app.topics_of(self._given).replayed, app.topics_of(self._given).commands}
        asked = {
            Partition(place.topic, place.partition): place.next()
            for place in places
            if place.topic in written and 0 < place.lag() <= MARKERS
        }
        if not asked:
            return places
        found = asyncio.run(Offsets(self._given.kafka()).readable(asked))
        return [_ending(place, found.get(Partition(place.topic, place.partition))) for place in places]


def _ending(place: Place, records: int | None) -> Place:
    return place if records is None else structs.replace(place, end=place.next() + records)


def _place(tp: Partition, bounds: tuple[int, int], committed: TopicPartition | None, aged: int) -> Place:
    first, end = bounds
    if committed is None or committed.offset < 0:
        return Place(topic=tp.topic, partition=tp.partition, first=first, end=end, committed=None, aged=aged)
    topic_id, state_id = logs_of(committed)
    return Place(
        topic=tp.topic, partition=tp.partition, first=first, end=end, committed=committed.offset,
        topic_id=topic_id, state_id=state_id, aged=aged,
    )  # fmt: skip


def _places(looks: Looks) -> Iterable[tuple[Partition, Place]]:
    for look in looks.values():
        for place in look.places if isinstance(look, Look) else ():
            yield Partition(place.topic, place.partition), place
