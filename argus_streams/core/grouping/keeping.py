"""Which events are kept whole: the setting ``store``."""

from collections.abc import Callable

from argus_streams.core.grouping.group import Applied
from argus_streams.core.messages import KeptEvent, Sighting

Keep = Callable[[Applied, Sighting], KeptEvent | None]


def exemplars(applied: Applied, seen: Sighting) -> KeptEvent | None:
    """Keep the events that tell something new: the 1st, 2nd, 4th, 8th ... of a group, and what regresses it."""
    if applied.kept is None or applied.because is None:
        return None
    return KeptEvent(project=seen.project, fingerprint=seen.fingerprint, reason=applied.because, event=applied.kept)


def everything(applied: Applied, seen: Sighting) -> KeptEvent | None:
    """Keep every counted event; NORMALIZE then sends each in a sighting of its own."""
    if applied.outcomes[0] != "counted":
        return None
    return KeptEvent(
        project=seen.project, fingerprint=seen.fingerprint, reason=applied.because or "all", event=seen.event
    )
