"""What may go wrong at each stage, done to a world that is drained, on purpose; each tells what has to be found."""

import asyncio

import msgspec
from worlds import PARTITIONS, TOPICS

from argus_streams.agents.wire import DEAD, key_of
from argus_streams.core import ledger, letters
from argus_streams.core.letters import WHOLE
from argus_streams.core.messages import Group, KeptEvent, LedgerRecord, Sighting
from argus_streams.core.rows import event_key, letter_key, row_key

LETTERS = TOPICS.incoming + DEAD


def records(world, topic):
    """Partition, place in its log, and record, of a topic."""
    for partition in range(PARTITIONS):
        yield from ((partition, at, each) for at, each in enumerate(world.logs[topic, partition]) if each is not None)


def remove(world, topic, partition, at):
    """As if it had never been written: a hole, as compaction leaves."""
    world.logs[topic, partition][at] = None


def rewrite(world, topic, partition, at, message):
    kept = world.logs[topic, partition][at]
    world.logs[topic, partition][at] = kept._replace(value=msgspec.json.encode(message))


def lose_told(world, choose, stage):
    """A turn's record of the ledger is lost: all that it alone told is missing."""
    found = [(p, at, msgspec.json.decode(r.value, type=LedgerRecord)) for p, at, r in records(world, TOPICS.ledger)]
    own = [each for each in found if each[2].stage == stage]
    partition, at, record = choose(own)
    remove(world, TOPICS.ledger, partition, at)

    def places(told):
        entries = ledger.decode(told)
        return {
            (told.partition, e.offset, WHOLE if e.index is None else e.index)
            for e in entries
            if e.outcome != "rejected"
        }

    elsewhere = set().union(*(places(each) for _, _, each in own if each is not record))
    return {(stage, "missing", *place) for place in places(record) - elsewhere}


def lose_normalize(world, choose):
    return lose_told(world, choose, "normalize")


def lose_group(world, choose):
    return lose_told(world, choose, "group")


def lose_letter(world, choose):
    found = [(p, at, letters.read(r.headers)) for p, at, r in records(world, LETTERS)]
    _, _, letter = choose(found)
    for p, place, each in found:  # a crash may have written it twice
        if each.origins == letter.origins:
            remove(world, LETTERS, p, place)
    return {("letter", "missing", o.partition, o.offset, o.index) for o in letter.origins}


def lose_letter_row(world, choose):
    rows = asyncio.run(world.store.letters(None, 10_000))
    row = choose(sorted(rows, key=lambda row: row.origin))
    del world.store.rows[letter_key(row)]  # what a person might do to a table
    return {("letter row", "missing", row.origin.partition, row.origin.offset, row.origin.index)}


def lose_sighting(world, choose):
    found = [(p, at, msgspec.json.decode(r.value, type=Sighting)) for p, at, r in records(world, TOPICS.normalized)]
    partition, at, lost = choose(found)
    remove(world, TOPICS.normalized, partition, at)
    elsewhere = {place for _, _, each in found if each is not lost for place in _places(each)}
    return {("sighting", "missing", *place) for place in _places(lost) - elsewhere}


def _places(sighting):
    return {(sighting.partition, each.offset, each.index) for each in sighting.occurrences}


def double_sighting(world, choose):
    """NORMALIZE tells a sighting again, under another fingerprint, and GROUP and STORE go on with it."""
    found = [msgspec.json.decode(r.value, type=Sighting) for _, _, r in records(world, TOPICS.normalized)]
    twin = msgspec.structs.replace(choose(found), fingerprint="v1:" + "f" * 32)
    key = key_of(twin.project, twin.fingerprint)
    world.put(TOPICS.normalized, 0, key=key, value=msgspec.json.encode(twin))
    world.drain()
    return {("sighting", "double", *place) for place in _places(twin)}


def latest(world):
    """The last version of each group: partition, place, snapshot."""
    found = {}
    for partition, at, record in records(world, TOPICS.groups):
        group = msgspec.json.decode(record.value, type=Group)
        key = (group.project, group.fingerprint)
        if key not in found or found[key][2].version < group.version:
            found[key] = (partition, at, group)
    return sorted(found.values(), key=lambda each: each[:2])


def _miscount(world, choose, by):
    partition, at, group = choose([each for each in latest(world) if each[2].hours])
    hour = max(group.hours)
    told = {**group.hours, hour: group.hours[hour] + by}
    wrong = msgspec.structs.replace(group, count=group.count + by, hours=told)
    rewrite(world, TOPICS.groups, partition, at, wrong)
    world.store.rows[row_key(group)] = wrong  # STORE wrote what it was told
    return group, hour


def count_too_little(world, choose):
    group, hour = _miscount(world, choose, -1)
    return {("count", "missing", *_first(world, group, hour))}


def count_too_much(world, choose):
    group, hour = _miscount(world, choose, 1)
    return {("count", "double", *_first(world, group, hour))}


def count_for_another(world, choose):
    """An event is counted for another group of its project: the project's sum is right."""
    groups = [each for each in latest(world) if each[2].hours]
    first = choose(groups)
    hour = max(first[2].hours)
    others = [e for e in groups if e[2].project == first[2].project and hour in e[2].hours and e is not first]
    if not others:
        return None
    found = set()
    for (partition, at, group), by in ((first, -1), (choose(others), 1)):
        told = {**group.hours, hour: group.hours[hour] + by}
        wrong = msgspec.structs.replace(group, count=group.count + by, hours=told)
        rewrite(world, TOPICS.groups, partition, at, wrong)
        world.store.rows[row_key(group)] = wrong  # STORE wrote what it was told
        found.add(("count", "missing" if by < 0 else "double", *_first(world, group, hour)))
    return found


def _first(world, group, hour):
    """The first counted event of a group in an hour."""
    told = [msgspec.json.decode(r.value, type=LedgerRecord) for _, _, r in records(world, TOPICS.ledger)]
    counted = {
        (each.partition, e.offset, e.index) for each in told for e in ledger.decode(each) if e.outcome == "counted"
    }
    for _, _, record in records(world, TOPICS.normalized):
        sighting = msgspec.json.decode(record.value, type=Sighting)
        if (sighting.project, sighting.fingerprint) == (group.project, group.fingerprint):
            for each in sighting.occurrences:
                place = (sighting.partition, each.offset, each.index)
                if each.received_at // 3_600_000 == hour and place in counted:
                    return place
    raise AssertionError("nothing was counted in that hour")


def _row(world, choose):
    partition, at, group = choose(latest(world))
    return partition, at, group, row_key(group)


def lose_row(world, choose):
    partition, at, _, key = _row(world, choose)
    del world.store.rows[key]
    return {("group row", "missing", partition, at, WHOLE)}


def row_counts_more(world, choose):
    partition, at, group, key = _row(world, choose)
    world.store.rows[key] = msgspec.structs.replace(group, count=group.count + 2)
    return {("group row", "double", partition, at, WHOLE)}


def lose_hour_row(world, choose):
    partition, at, group, key = _row(world, choose)
    hours = dict(group.hours)
    del hours[choose(sorted(hours))]
    world.store.rows[key] = msgspec.structs.replace(group, hours=hours)
    return {("hour row", "missing", partition, at, WHOLE)}


def hour_row_counts_more(world, choose):
    partition, at, group, key = _row(world, choose)
    hour = choose(sorted(group.hours))
    hours = {**group.hours, hour: group.hours[hour] + 1}
    world.store.rows[key] = msgspec.structs.replace(group, hours=hours)
    return {("hour row", "double", partition, at, WHOLE)}


def lose_kept_row(world, choose):
    kept = [msgspec.json.decode(r.value, type=KeptEvent) for _, _, r in records(world, TOPICS.kept)]
    row = choose(kept)
    del world.store.rows[event_key(row)]
    origin = row.event.origin
    return {("kept row", "missing", origin.partition, origin.offset, origin.index)}


DAMAGES = (
    lose_normalize, lose_group, lose_letter, lose_letter_row, lose_sighting, double_sighting, count_too_little,
    count_too_much, count_for_another, lose_row, row_counts_more, lose_hour_row, hour_row_counts_more, lose_kept_row,
)  # fmt: skip
