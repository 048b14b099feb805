"""Publishes letters again: bodies and commands in transactions, rows straight to Postgres."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

import msgspec

from argus_streams import app
from argus_streams.adapters.database import open_database
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.core.letterbox import ROWS, Dead, Found, Wanted
from argus_streams.core.records import Raw, Spot
from argus_streams.core.replay import Replay
from argus_streams.core.replaying import (
    Choice,
    Decision,
    Known,
    Lost,
    Order,
    Publish,
    Write,
    decide,
    headers_of,
    order_again,
    replay_of,
)
from argus_streams.core.rows import Row
from argus_streams.dlq.looking import Box
from argus_streams.errors import Unavailable
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import Outgoing
from argus_streams.streaming.records import Records
from argus_streams.streaming.transactions import Fenced, TransactionalWriter

BATCH_BYTES = 16 * 1024 * 1024
BATCH_BODIES = 500
AT_ONCE = 500  # rows
PATIENCE_SECONDS = 5.0  # a person waits no longer for a database

Tick = Callable[[int], None]  # so many letters more are done


def writer(given: Settings) -> TransactionalWriter:
    """The one who may replay: whoever began before can not write any more, and what it had not ended is void."""
    return TransactionalWriter(given.kafka(), f"{given.topic_prefix}dlq-replay")


def plan(given: Settings, records: Records, box: Box, wanted: Wanted, choice: Choice) -> list[Decision]:
    """What is to be done about each wanted letter."""
    asked = box.choose(wanted, given.topic_prefix)
    inputs = {box.names[d.place.topic] for each in asked for d in each.dead if d.place.topic in box.names}
    ids = {name: topic_id for topic_id, name in box.names.items()}
    bounds = records.bounds(Partition(name, number) for name in inputs for number in range(box.partitions[name]))
    known = Known(
        done=box.done,
        replayed=ids[app.topics_of(given).replayed],
        firsts={(ids[tp.topic], tp.partition): first for tp, (first, _) in bounds.items()},
    )
    return decide(box.found, asked, known, choice)


class Replayer:
    """Carries decisions out; each method returns what could not be done after all."""

    def __init__(self, given: Settings, records: Records, box: Box) -> None:
        self._given = given
        self._records = records
        self._box = box
        self._topics = app.topics_of(given)
        self._replayed = next(each for each, name in box.names.items() if name == self._topics.replayed)

    def publish(self, decisions: Sequence[Publish | Order], to: TransactionalWriter, tick: Tick) -> list[Lost]:
        """Publish bodies and commands, a batch a transaction. Raises ``Unavailable``: what was ticked is done."""
        lost: list[Lost] = []
        for batch in _batches(decisions):
            raws = self._records.fetch([spot for each in batch for spot in self._spots(each)])
            outgoing: list[Outgoing] = []
            for each in batch:
                made = self._order(each, raws) if isinstance(each, Order) else self._bodies(each, raws)
                outgoing += [record for record in made if isinstance(record, Outgoing)]
                lost += [record for record in made if isinstance(record, Lost)]
            try:
                to.write(outgoing)
            except Fenced as error:
                raise Unavailable(
                    "another `argus dlq replay` began after this one: that one goes on, this one ends; "
                    "nothing is replayed twice"
                ) from error
            tick(len(batch))
        return lost

    def store(self, decisions: Sequence[Write], tick: Tick) -> list[Lost]:
        """Write rows as STORE does."""
        return asyncio.run(self._store(decisions, tick)) if decisions else []

    # -- bodies and commands --------------------------------------------------------------------------------------

    def _spots(self, decision: Publish | Order) -> list[Spot]:
        found = decision.found
        if isinstance(decision, Order) or not _is_read_back(found):
            return [found.at]
        return [self._spot(each) for each in decision.dead]

    def _spot(self, dead: Dead) -> Spot:
        topic, partition, offset = msgspec.structs.astuple(dead.place)
        return Spot(self._box.names[topic], partition, offset)

    def _bodies(self, decision: Publish, raws: dict[Spot, Raw]) -> list[Outgoing | Lost]:
        made: list[Outgoing | Lost] = []
        for dead in decision.dead:
            raw = raws.get(self._spot(dead) if _is_read_back(decision.found) else decision.found.at)
            if raw is None:  # retention was faster
                made.append(Lost(decision.found, f"{dead.place} is not there any more"))
            else:
                made.append(self._body(decision.found, dead, raw))
        return made

    def _body(self, found: Found, dead: Dead, raw: Raw) -> Outgoing:
        own = raw.time if _is_read_back(found) else found.time if found.letter.time is None else found.letter.time
        told = replay_of(dead, raw, own, self._replayed)
        source, project = self._given.input_defaults().get(
            self._box.names.get(told.first.topic, ""), (found.letter.source, found.letter.project)
        )
        return Outgoing(self._topics.replayed, None, raw.value, headers_of(raw, told, source, project))

    def _order(self, decision: Order, raws: dict[Spot, Raw]) -> list[Outgoing | Lost]:
        found, raw = decision.found, raws.get(decision.found.at)
        if raw is None:
            return [Lost(found, "the letter is not there any more")]
        time, place = found.time if found.letter.time is None else found.letter.time, found.dead[0].place
        first = found.of.first if found.of else place
        told = Replay(first=first, last=place, indices=found.dead[0].indices, received_at=time)
        kept = [(name, content) for name, content in headers_of(raw, told, "", "")]
        return [Outgoing(self._topics.commands, raw.key, order_again(raw.value, time), kept)]

    # -- rows -----------------------------------------------------------------------------------------------------

    async def _store(self, decisions: Sequence[Write], tick: Tick) -> list[Lost]:
        given, lost = self._given, []
        opening = open_database(given.database(), given.making().schema, connections=1, patience=PATIENCE_SECONDS)
        async with opening as database:
            store = PostgresStore(database, given.unknown_projects)
            for first in range(0, len(decisions), AT_ONCE):
                batch = {each.found.at: each for each in decisions[first : first + AT_ONCE]}
                raws = await asyncio.to_thread(self._records.fetch, list(batch))
                rows: list[tuple[Row, Found]] = [(_row(raws[at], batch[at].found), batch[at].found) for at in raws]
                lost += [Lost(batch[at].found, "the letter is not there any more") for at in batch.keys() - raws.keys()]
                refused = await store.write([row for row, _ in rows])
                for no in refused:
                    lost += [Lost(found, f"refused again: {no.reason}") for row, found in rows if row == no.row]
                tick(len(batch))
        return lost


def _is_read_back(found: Found) -> bool:
    """Whether the bodies are read from the input, for the letter does not hold them."""
    return found.clipped or found.kind == "sighting"


def _row(raw: Raw, found: Found) -> Row:
    return msgspec.json.decode(raw.value, type=ROWS[found.kind])


def _batches(decisions: Sequence[Publish | Order]) -> Iterator[list[Publish | Order]]:
    """Parts of the decisions, each as much as one transaction takes at once."""
    batch: list[Publish | Order] = []
    size = bodies = 0
    for each in decisions:
        batch.append(each)
        size, bodies = size + each.found.size, bodies + len(each.found.dead)
        if size >= BATCH_BYTES or bodies >= BATCH_BODIES:
            yield batch
            batch, size, bodies = [], 0, 0
    if batch:
        yield batch
