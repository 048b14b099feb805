"""Real bodies of every sender, and any number of others like them: the same problem under new ids of its vendor."""

import time
from functools import partial
from itertools import combinations
from typing import NamedTuple

import ids
import msgspec
import parts
import yaml

from argus_streams import app, explanation
from argus_streams.adapters.contracts import data_folder
from argus_streams.core.events import Origin
from argus_streams.core.normalization import Incoming, read
from argus_streams.settings import Settings

PAYLOADS = parts.SHARED / "payloads"
SENDERS = {"other_alerts": "mapped", "other_ci": "mapped", "testreports_generated": "testreports"}  # of folders
NO_SENDERS = {"axe"}
NO_BODIES = {"skyhook_buildkite_headers.json"}  # headers of a request, without its body
MAPPED = tuple(f"mapped-{number}" for number in range(3))  # projects: a mapping is one project's
MAPPINGS = (data_folder("samples") / "mapped.yaml", parts.ROOT / "tests" / "fixtures" / "mappings" / "senders.yaml")


class Told(NamedTuple):
    """An event of a body, as the unchanged body tells it."""

    index: int
    fingerprint: str
    closes: bool
    vendor_id: str | None  # without one, every delivery is an occurrence of its own


class Base(NamedTuple):
    """A real body, what is in it, and where its ids stand."""

    name: str
    source: str
    headers: dict[str, str]
    value: bytes
    outcome: str
    letters: int
    events: tuple[Told, ...]
    pieces: tuple[bytes, ...]  # what stands around the ids
    ids: tuple[bytes, ...]

    def is_object(self):
        """Whether the body is one JSON object: half of it is not, half of an envelope may well be an envelope."""
        try:
            return isinstance(msgspec.json.decode(self.value), dict)
        except msgspec.DecodeError:
            return False

    def renewable(self):
        """Whether each delivery may be an occurrence of its own."""
        return bool(self.ids) or all(told.vendor_id is None for told in self.events)

    def renewed(self, salt):
        """The body under other ids; the same ones for the same salt."""
        return ids.joined(self.pieces, self.ids, salt)


def mappings(folder):
    """Write the file of mappings that the bodies of a project of `MAPPED` need."""
    told = [each for file in MAPPINGS for written in yaml.safe_load(file.read_text()).values() for each in written]
    file = folder / "mappings.yaml"
    file.write_text(yaml.safe_dump(dict.fromkeys(MAPPED, told)))
    return file


def bases(mappings_file, largest=1_000_000):
    """All real bodies up to a size, and where they come from."""
    norms = app.norms(Settings(mappings_file=mappings_file))
    given = [
        (file.name, each)
        for source, file in sorted(_files())
        for each in explanation.of_file(file.read_bytes(), source)
        if len(each.value) <= largest
    ]
    told = "the real payloads and the samples" if PAYLOADS.is_dir() else "the samples: the real payloads are missing"
    return [_base(name, each, norms) for name, each in given], told


def _files():
    files = [(file.stem, file) for file in data_folder("samples").glob("*.json")]
    for folder in PAYLOADS.iterdir() if PAYLOADS.is_dir() else ():
        if folder.is_dir() and folder.name not in NO_SENDERS:
            files += [(SENDERS.get(folder.name, folder.name), file) for file in folder.iterdir()]
    return [(source, file) for source, file in files if file.name not in NO_BODIES]


def reading(base, value, norms, offset=0):
    """What NORMALIZE makes of a body."""
    return read(
        Incoming(
            value=value,
            headers={name.lower(): text for name, text in base.headers.items()},
            source=base.source,
            project=MAPPED[0],
            origin=Origin("learnt", 0, offset),
            received_at=int(time.time() * 1000),
        ),
        norms,
    )


def told_by(found):
    """The events of a reading, as the oracle speaks of them."""
    return tuple(
        Told(event.origin.index, fingerprint.value, event.status == "resolved", event.vendor_id)
        for event, fingerprint in found.events
    )


def _base(name, given, norms):
    bare = Base(name, given.source, dict(given.headers), given.value, "", 0, (), (given.value,), ())
    found = reading(bare, given.value, norms)
    base = bare._replace(outcome=found.outcome, letters=len(found.refusals), events=told_by(found))
    words = ids.learnt(given.value, base.events, partial(_events, base, norms))
    pieces, occurring = ids.cut(given.value, words)
    better = base._replace(pieces=pieces, ids=occurring)
    return better if _differ([_events(base, norms, better.renewed(salt)) for salt in (0, 1, 2)], base) else base


def _events(base, norms, value):
    """The events of another body, if it is one of the same kind."""
    found = reading(base, value, norms)
    alike = (found.outcome, len(found.refusals)) == (base.outcome, base.letters)
    return told_by(found) if alike else None


def _differ(variants, base):
    """Whether variants tell the same problems, each under ids of its own wherever there are ids."""
    if any(events is None or not ids.alike(base.events, events) for events in variants):
        return False
    places = [number for number, event in enumerate(base.events) if event.vendor_id is not None]
    return all(one[at].vendor_id != other[at].vendor_id for one, other in combinations(variants, 2) for at in places)
