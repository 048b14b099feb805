"""What must come out, by arithmetic over what was published: nothing of the pipeline's own counting is used."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from variants import MAPPED, Base

BROKEN, AGAIN, LIGHT = 0.02, 0.06, 0.35  # shares of bodies: broken, delivered again, of groups that take redeliveries
REMEMBERED = 60  # ids of a group that takes redeliveries, which remembers 64: whatever their order, none is forgotten
HEAVY_PROJECTS = 6
RECENT = 4_000  # publications back that may be delivered again
RUBBISH = (b"", b"\xff\xfe\x00rubbish", b'{"value": NaN}', b"[" * 2_000, b"not json at all", b"[1, 2]")


class Body(NamedTuple):
    """One body to publish."""

    source: str
    project: str
    headers: dict[str, str]
    value: bytes
    base: Base | None  # None: broken
    salt: int


class Maker:
    """Chooses bodies: of few large groups, of many small ones that are delivered again, and broken ones."""

    def __init__(self, bases, seed, broken=BROKEN):
        self._random = Random(seed)  # noqa: S311 - repeatable bodies, no secret
        self._broken_share = broken
        self._bases = [base for base in bases if base.outcome != "dead" and base.renewable()]
        self._objects = [base for base in self._bases if base.is_object()]
        self._repeatable = _by_source(self._bases)
        self._random.shuffle(self._bases)
        self._weights = [1 / (place + 1) for place in range(len(self._bases))]  # Zipf: a few problems are most of it
        self._ids = Counter()  # event ids that a group of a light project has seen
        self._recent = []
        self._salt = 0

    def next(self):
        dice = self._random.random()
        if dice < self._broken_share:
            return self._broken()
        dice -= self._broken_share
        if dice < AGAIN and self._recent:
            again = self._random.choice(self._recent[-RECENT:])
            if self._room(again.base, again.project):
                return self._noted(again)
        self._salt += 1
        if dice < AGAIN + LIGHT:
            return self._light(self._random.choice(self._random.choice(self._repeatable)))
        (base,) = self._random.choices(self._bases, self._weights)
        return self._body(base, f"heavy-{self._random.randrange(HEAVY_PROJECTS)}")

    def _light(self, base):
        number = 0
        while not self._room(base, f"light-{number}"):
            number += 1
        body = self._noted(self._body(base, f"light-{number}"))
        self._recent.append(body)
        return body

    def _room(self, base, project):
        wanted = Counter(told.fingerprint for told in base.events)
        return all(self._ids[project, name] + count <= REMEMBERED for name, count in wanted.items())

    def _noted(self, body):
        self._ids.update((body.project, told.fingerprint) for told in body.base.events)
        return body

    def _body(self, base, project):
        project = self._random.choice(MAPPED) if base.source == "mapped" else project
        return Body(base.source, project, base.headers, base.renewed(self._salt), base, self._salt)

    def _broken(self):
        base = self._random.choice(self._objects)
        body = self._body(base, "heavy-0")._replace(base=None)
        match self._random.randrange(6):
            case 0:
                return body._replace(value=body.value[: self._random.randrange(1, len(body.value.rstrip()) - 1)])
            case 1:
                return body._replace(source="sentry", headers={}, value=self._random.choice(RUBBISH))
            case 2:
                return body._replace(source="nagios")
            case 3:
                return body._replace(source="")
            case 4:
                return body._replace(project="Not A Slug!")
            case _:
                return body._replace(project="")


def _by_source(bases):
    """The bases of each sender that may be delivered again: no group is told so often by one that ids are forgotten."""
    found = defaultdict(list)
    for base in bases:
        often = Counter(told.fingerprint for told in base.events)
        if base.source != "mapped" and max(often.values(), default=0) <= REMEMBERED:
            found[base.source].append(base)
    return list(found.values())


@dataclass
class Tally:
    """What a group must show."""

    count: int = 0
    closed: int = 0
    duplicates: int = 0
    sources: Counter = field(default_factory=Counter)


class Oracle:
    """Adds up publications."""

    def __init__(self):
        self.groups = defaultdict(Tally)
        self.totals = Counter(
            dict.fromkeys(("normalised", "ignored", "dead", "events", "counted", "closed", "duplicate", "missing"), 0)
        )
        self.letters = set()  # (topic id, partition, offset) of bodies of which there must be a letter
        self.letter_count = 0
        self.places = {}  # (topic id, partition, offset, index) → group
        self._seen = set()

    def published(self, body, place):
        """Note a body that stands at this (topic id, partition, offset)."""
        self.totals["bodies"] += 1
        outcome = "dead" if body.base is None else body.base.outcome
        letters = 1 if body.base is None else body.base.letters
        self.totals[outcome] += 1
        self.letter_count += letters
        if letters:
            self.letters.add(place)
        for told in () if body.base is None else body.base.events:
            self._event(body, told, place)

    def _event(self, body, told, place):
        group = (body.project, told.fingerprint)
        tally = self.groups[group]
        self.places[*place, told.index] = group
        self.totals["events"] += 1
        identity = (*group, told.closes, told.vendor_id, body.salt)
        if told.vendor_id is not None and identity in self._seen:
            tally.duplicates += 1
            self.totals["duplicate"] += 1
            return
        self._seen.add(identity)
        if told.closes:
            tally.closed += 1
            self.totals["closed"] += 1
            return
        tally.count += 1
        tally.sources[body.source] += 1
        self.totals["counted"] += 1
