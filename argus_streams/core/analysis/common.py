"""What a problem's events have in common and the rest of the project's events have not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from math import comb

from argus_streams.core.events import Event
from argus_streams.core.findings import Fact

SUPPORT = 3  # events that must have it in common ...
SHARE = 0.6  # ... and which share of all that say anything of it
LIFT = 2.0  # times as frequent as in the rest
CHANCE = 0.001  # how likely so many would be by mere chance, were the events like the rest
REST = 10  # events of the rest that must say something of it
FOUND = 3

_LONG = 100  # characters: what is longer is a text, and no property
_FIELDS = ("environment", "host", "release", "culprit", "logger", "branch")
_NAMES = {"culprit": "route"}
_REPORTERS = ("notifier", "sdk", "source")  # who reports an event is no property of what happened
# Tags that tell one event from all others, or who met it.
_IDS = ("id", "user", "email", "trace", "span", "session", "request", "transaction", "ip", "time", "date", "url")


def common(events: Sequence[Event], others: Sequence[Event], known: AbstractSet[str]) -> tuple[Fact, ...]:
    """Properties by score, the highest first, at most 3.

    ``known`` are values (``checkout``, or ``service=checkout``) that are told elsewhere: they are no news.
    The score is the share of the events that have the property, times (1 - 1 / lift): 1 were they all of them and none
    of the rest.
    """
    rest = _comparable(events, others)
    ours, theirs = [dict(_properties(event)) for event in events], [dict(_properties(event)) for event in rest]
    names = {name for properties in ours for name in properties}
    facts = (_fact(name, _told(name, ours), _told(name, theirs)) for name in names)
    found = [fact for fact in facts if fact is not None and known.isdisjoint((fact.value, _value(fact)))]
    found.sort(key=lambda fact: (-fact.score, fact.value))
    return tuple(found[:FOUND])


def _comparable(events: Sequence[Event], others: Sequence[Event]) -> Sequence[Event]:
    """The rest of the same services, where there is enough of it: another service differs in everything."""
    services = {event.service for event in events}
    near = [event for event in others if event.service in services]
    return near if len(near) >= REST else others


def _properties(event: Event) -> Iterator[tuple[str, str]]:
    for field in _FIELDS:
        value = getattr(event, field)
        if value and len(value) <= _LONG:
            yield _NAMES.get(field, field), value
    for key, value in event.tags.items():
        if value and len(value) <= _LONG and key not in _REPORTERS and not _tells_one(key):
            yield key, value


def _value(fact: Fact) -> str:
    return fact.value.partition("=")[2]


def _tells_one(key: str) -> bool:
    words = key.casefold().replace("-", "_").replace(".", "_").split("_")
    return any(word in _IDS for word in words) and words[0] not in ("tenant", "customer", "account", "organization")


def _told(name: str, properties: Sequence[dict[str, str]]) -> Counter[str]:
    return Counter(each[name] for each in properties if name in each)


def _fact(name: str, ours: Counter[str], theirs: Counter[str]) -> Fact | None:
    (value, count), told, rest = ours.most_common(1)[0], ours.total(), theirs.total()
    if count < SUPPORT or count / told < SHARE or rest < REST:
        return None
    # One more and one less were seen of the rest (Laplace), lest what is rare there be taken for impossible.
    expected = (theirs[value] + 1) / (rest + 2)
    lift = count / told / expected
    if lift < LIFT or _by_chance(count, told, expected) > CHANCE:
        return None
    share, usual = round(100 * count / told), round(100 * theirs[value] / rest)
    return Fact(
        name="common",
        value=f"{name}={value}",
        text=f"{name} is {value} in {share} % of its events that tell it, in {usual} % of the others.",
        score=round(count / told * (1 - 1 / lift), 3),
        lift=round(lift, 1),
    )


def _by_chance(count: int, of: int, share: float) -> float:
    """How likely at least ``count`` of so many events have what this share of all has."""
    return sum(comb(of, hits) * share**hits * (1 - share) ** (of - hits) for hits in range(count, of + 1))
