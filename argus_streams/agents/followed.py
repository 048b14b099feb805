"""The followed bodies of a slice, and which of its sightings they brought about."""

from argus_streams.agents.tracing import Cause, Trace, message_of
from argus_streams.core.intake import SLUG
from argus_streams.core.messages import Sighting
from argus_streams.core.normalization import Incoming, Reading
from argus_streams.core.tracing import HEADER, Context, Value
from argus_streams.streaming.agent import Slice
from argus_streams.streaming.position import Record

CARRIED = 16  # problems of one body that are followed: a body may hold ten thousand


class Followed:
    """Remembers of a slice what its sightings are to name as their cause."""

    def __init__(self, trace: Trace, piece: Slice) -> None:
        self._trace = trace
        self._piece = piece
        self._causes: dict[tuple[str, str], dict[int, Context]] = {}  # by project and fingerprint, then by offset

    def add(self, incoming: Incoming, record: Record, reading: Reading) -> Context | None:
        """The span of a body whose sender asked for it; what the body brought about names it as its cause."""
        parent = self._trace.follow(incoming.headers[HEADER])
        if parent is None:
            return None
        error = reading.reason if reading.outcome == "dead" else ""
        told = _told(incoming, reading)
        context = self._trace.add(Cause(parent, message_of(self._piece, record)).span("normalize", told, error))
        for event, fingerprint in reading.events[:CARRIED]:
            self._causes.setdefault((event.project, fingerprint.value), {})[record.offset] = context
        return context

    def cause(self, seen: Sighting) -> Context | None:
        """What a sighting is to name: its one followed body, or a span that is linked with all of them."""
        causes = self._causes.get((seen.project, seen.fingerprint))
        if causes is None:
            return None
        found = {each.offset: causes[each.offset] for each in seen.occurrences if each.offset in causes}
        about = (seen.topic, str(seen.partition), seen.project, seen.fingerprint, *map(str, [*found][:1]))
        told: dict[str, Value] = {
            "argus.project": seen.project,
            "argus.fingerprint": seen.fingerprint,
            "argus.bodies": len(seen.occurrences),
        }
        return self._trace.joined("sighting", found.values(), about, told)


def _told(incoming: Incoming, reading: Reading) -> dict[str, Value]:
    """Ids, slugs, numbers and reasons: nothing of what the body says."""
    told: dict[str, Value] = {
        "argus.outcome": reading.outcome,
        "argus.reason": reading.reason,
        "argus.events": len(reading.events),
        "argus.fingerprints": tuple([fingerprint.value for _, fingerprint in reading.events[:CARRIED]]),
    }
    slugs = {"argus.project": incoming.project, "argus.source": incoming.source}
    return told | {name: slug for name, slug in slugs.items() if SLUG.match(slug)}
