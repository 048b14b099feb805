"""Looks at a few of the bodies that were read for fields that their sender is not known to send, and says so."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from argus_streams.core import drift
from argus_streams.core.drift import Tree
from argus_streams.core.normalization import Incoming, Reading
from argus_streams.ports import FieldCounter

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024  # bytes: reports may have more, and as objects would take many times as much memory
DISTINCT = 200  # paths of all senders that are told apart: a stranger's keys must not fill logs and monitoring
OTHER = "other"  # the path of all that come later
SILENCE_SECONDS = 3600.0  # between two warnings of one path


class Lookout:
    """One a process. A source without known fields, or whose fields are ``*``, is not looked at."""

    def __init__(
        self,
        known: Mapping[str, Tree],
        counter: FieldCounter,
        scrub: Callable[[str], str],
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._known = known
        self._counter = counter
        self._scrub = scrub  # a key may be somebody's name or token
        self._clock = clock
        self._seen: set[str] = set()  # sources of this turn
        self._looked: Counter[str] = Counter()  # bodies by source, since the start
        self._found: Counter[tuple[str, str]] = Counter()  # by source and path
        self._warned: dict[tuple[str, str], float] = {}  # s of the clock

    def begin(self) -> None:
        """A turn begins. The first body of each source in it is looked at too, so that a rare sender's is soon."""
        self._seen.clear()

    def look(self, incoming: Incoming, reading: Reading) -> None:
        """Compare the body if it is one of the sample, was read, and is JSON."""
        source = incoming.source
        if source in self._seen and not drift.sampled(incoming.origin.offset):
            return
        known = self._known.get(source)
        if known is None or reading.outcome == "dead" or len(incoming.value) > LARGEST:
            return
        self._seen.add(source)
        documents = [each for each in drift.documents(incoming.value) if isinstance(each, dict | list)]
        if len(documents) == 1 or (documents and reading.outcome == "normalised"):  # of an envelope, one with an event
            self._compare(source, documents, known)

    def _compare(self, source: str, documents: Sequence[object], known: Tree) -> None:
        self._looked[source] += 1
        self._counter.looked_at(source)
        told = {path for each in documents for path in drift.unknown(each, known)}
        named = {self._named(source, self._scrub(path)) for path in told}
        for path in sorted(named):
            self._found[source, path] += 1
            self._counter.unknown(source, path)
            self._warn(source, path)

    def _named(self, source: str, path: str) -> str:
        return path if (source, path) in self._found or len(self._found) < DISTINCT else OTHER

    def _warn(self, source: str, path: str) -> None:
        now, last = self._clock(), self._warned.get((source, path))
        if last is not None and now - last < SILENCE_SECONDS:
            return
        self._warned[source, path] = now
        found, looked = self._found[source, path], self._looked[source]
        log.warning(
            "%s sends `%s`, which no version of this program has seen: %d of %d bodies looked at; "
            'see "Unknown fields" in docs/operations/README.md',
            source, path, found, looked,
        )  # fmt: skip
