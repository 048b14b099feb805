"""Consumer groups: who works, what waits, and whether positions belong to the logs that are there."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from argus_streams.core.doctor.finding import Finding, fine, names, number, warning, wrong

CHECKS = ("groups", "lag", "positions", "retention")
OURS = "faust-"  # what the client of a worker calls itself, followed by its version
GONE = 'docs/operations/README.md, "A changelog that is gone"'


class Member(Struct, frozen=True):
    """A member of a group, and the partitions that it owns."""

    client: str
    host: str
    owns: tuple[tuple[str, int], ...]


class Place(Struct, frozen=True, kw_only=True):
    """Where a group stands in one partition."""

    topic: str
    partition: int
    first: int  # offset of the log
    end: int
    committed: int | None  # ``None`` = nothing: it begins at the beginning
    topic_id: str = ""  # that the position was committed under; "" = by another tool
    state_id: str = ""  # of the changelog that goes with it
    aged: int = 0  # offset before which records are older than three quarters of the retention

    def lag(self) -> int:
        """Offsets that are not read yet."""
        return max(0, self.end - self.next())

    def next(self) -> int:
        """The offset that is read next."""
        return self.first if self.committed is None else max(self.committed, self.first)


class Look(Struct, frozen=True):
    """All places of a group at one moment."""

    at: float  # s of a monotonic clock
    places: tuple[Place, ...]

    def lag(self) -> int:
        """Records that wait."""
        return sum(place.lag() for place in self.places)

    def done(self) -> int:
        """What is committed, all partitions together."""
        return sum(place.committed or 0 for place in self.places)


class Group(Struct, frozen=True, kw_only=True):
    """One role's group, looked at twice."""

    role: str
    name: str
    state: str  # Kafka's word
    members: tuple[Member, ...]
    before: Look
    now: Look
    ids: Mapping[str, str]  # of the topics that are there, changelogs too
    changelog: str | None = None


def judge(group: Group) -> Iterator[Finding]:
    """What is wrong with one role's group."""
    yield from chain(_members(group), _lag(group), _positions(group), _retention(group))


def rest(seen: Mapping[str, Group], told: Sequence[Finding]) -> Iterator[Finding]:
    """The checks of which nothing was told: they are fine for all roles that were looked at."""
    if not seen:
        return
    checks, roles = {each.check for each in told}, ", ".join(seen)
    if "groups" not in checks:
        count = sum(len(each.members) for each in seen.values())
        yield fine("groups", f"{number(count, 'worker')} of {roles}; each partition has an owner")
    if "lag" not in checks:
        yield fine("lag", ", ".join(f"{role} {each.now.lag():,}" for role, each in seen.items()))
    if "positions" not in checks:
        yield fine("positions", "each belongs to the topic and the changelog that are there")
    if "retention" not in checks:
        yield fine("retention", "nothing that waits is near its end")


def _members(group: Group) -> Iterator[Finding]:
    start, lag = f"start `argus worker {group.role}`", group.now.lag()
    if not group.members:
        told = f"no worker of {group.role} is a member of {group.name}"
        if lag:
            yield wrong("groups", f"{told}, and {number(lag, 'record')} wait", start)
        else:
            yield warning("groups", told, start)
        return
    if group.state != "STABLE":
        told = f"{group.role} rebalances ({group.state.lower().replace('_', ' ')})"
        yield warning("groups", told, "wait a minute; if it lasts, look at the logs of its workers")
    else:
        yield from _owners(group)
    clients = sorted({member.client for member in group.members})
    strange = [client for client in clients if not client.startswith(OURS)]
    if strange:
        hosts = names(sorted({each.host for each in group.members if each.client in strange}))
        told = f"{names(strange)} on {hosts} is a member of {group.name}, and no worker of ours"
        yield wrong("groups", told, "stop it, or give it a group of its own: what it takes is not processed")
    elif len(clients) > 1:
        told = f"workers of {group.role} run different versions: {names(clients)}"
        yield warning("groups", told, "end the upgrade: restart the older ones")


def _owners(group: Group) -> Iterator[Finding]:
    owned = {place for member in group.members for place in member.owns}
    left = [
        f"{place.topic}/{place.partition}" for place in group.now.places if (place.topic, place.partition) not in owned
    ]
    if left:
        told = f"{number(len(left), 'partition')} of {group.role} without an owner: {names(left)}"
        yield wrong("groups", told, f"restart the workers of {group.role}: they subscribe to what is there now", left)


def _lag(group: Group) -> Iterator[Finding]:
    before, lag, seconds = group.before.lag(), group.now.lag(), group.now.at - group.before.at
    if not (lag and group.members):
        return
    told, done = f"{group.role}: {number(lag, 'record')} wait", group.now.done() - group.before.done()
    partitions = len(group.now.places)
    if done <= 0:
        still = f"{told}, and nothing was committed within {seconds:.0f} s"
        yield warning("lag", still, "ask /readyz of its workers what stands in the way: `argus doctor --workers URL`")
    elif lag > before and seconds > 0:
        grows = f"{told}, {(lag - before) / seconds:,.0f} more a second, though {done / seconds:,.0f} a second are read"
        yield warning("lag", grows, f"more workers of {group.role}, at most {partitions}")


def _positions(group: Group) -> Iterator[Finding]:
    anew = sorted(
        {
            place.topic
            for place in group.now.places
            if place.topic_id and place.topic_id != group.ids.get(place.topic, place.topic_id)
        }
    )
    if anew:
        told = f"{names(anew)} was deleted and made anew: positions of {group.role} are those of the old one"
        mend = f"restart `argus worker {group.role}`: it begins at its beginning; `argus audit` tells what is missing"
        yield wrong("positions", told, mend, anew)
    if group.changelog is not None:
        yield from _changelog(group, group.changelog)


def _changelog(group: Group, changelog: str) -> Iterator[Finding]:
    """Positions go with a state; where that is gone, to count on would tell too little."""
    states = {
        place.state_id for place in group.now.places if place.state_id and place.topic_id == group.ids.get(place.topic)
    }
    if states - {group.ids.get(changelog)}:
        what = "was made anew" if changelog in group.ids else "is gone"
        told = f"{changelog} {what}, and the state of {group.role} with it: it will not start"
        yield wrong("positions", told, GONE, (changelog,))


def _retention(group: Group) -> Iterator[Finding]:
    lost = {
        f"{place.topic}/{place.partition}": place.first - place.committed
        for place in group.now.places
        if place.committed is not None
        and place.committed < place.first
        and place.topic_id == group.ids.get(place.topic)
    }
    if lost:
        told = f"{group.role} has not read {number(sum(lost.values()), 'record')} that are gone: {names(list(lost))}"
        mend = "`argus audit` tells what they were; lengthen retention.ms before it happens again, and add workers"
        yield wrong("retention", told, mend, lost)
    old = {
        f"{place.topic}/{place.partition}": place.aged - place.next()
        for place in group.now.places
        if place.aged > place.next()
    }
    if old:
        told = (
            f"{number(sum(old.values()), 'record')} that {group.role} has yet to read are past three quarters of their "
            f"retention: {names(list(old))}"
        )
        mend = f"add workers of {group.role}, or lengthen retention.ms of the topic (kafka-configs.sh --alter)"
        yield warning("retention", told, mend, old)
