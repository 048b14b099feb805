"""What a group's signals tell: of its state, and of the event that was told whole where a sighting is the cause."""

from functools import lru_cache
from hashlib import blake2b

from msgspec import Struct

from argus_streams.core import tagged
from argus_streams.core.events import Event, Frame, Origin, Signal, SignalKind
from argus_streams.core.grouping.libraries import is_library
from argus_streams.core.grouping.state import GroupState
from argus_streams.core.grouping.users import number_of_users

FRAMES = 20  # files that a signal tells


class Subject(Struct, frozen=True):
    """Whom a signal is about, with a whole event of it; that of a command tells nothing."""

    project: str
    fingerprint: str
    event: Event = Event()


class Cause(Struct, frozen=True):
    """What a signal is told for; by kind and name it is the same however often and by whichever way it is told."""

    kind: SignalKind
    name: str  # sets it apart from the group's others of its kind; the same in each region, where places differ
    origin: Origin
    received_at: int  # ms, Kafka's time


def signal(state: GroupState, subject: Subject, cause: Cause) -> Signal:
    """The id is of the cause alone; the rest is of the moment."""
    about, event = state.about, subject.event
    environment = state.environments[0] if len(state.environments) == 1 else None
    return Signal(
        kind=cause.kind,
        subject=subject.fingerprint,
        title=about.title if about else subject.fingerprint,
        service=event.service or (about.service if about else None),
        environment=event.environment or environment,
        release=event.release or (state.last_release and state.last_release[1]),
        repository=event.repository,
        branch=event.branch,
        commit=event.commit,
        occurred_at=state.last_seen,
        project=subject.project,
        source=next(iter(state.sources), ""),
        signal_id=_id(subject, cause),
        origin=cause.origin,
        received_at=cause.received_at,
        of=about.kind if about else None,
        severity=state.severity,
        type=about.type if about else None,
        culprit=about.culprit if about else None,
        count=state.count,
        users=number_of_users(state.users),
        frames=own_files(event),
        flags=tagged.flags_on(event.tags),
        peers=tagged.peers(event.tags),
        trace_id=event.trace_id,
        session=event.session,
    )


def _id(subject: Subject, cause: Cause) -> str:
    kind, project, fingerprint, name = cause.kind, subject.project, subject.fingerprint, cause.name
    framed = f"{len(kind)}:{kind}{len(project)}:{project}{len(fingerprint)}:{fingerprint}{len(name)}:{name}"
    return blake2b(framed.encode(), digest_size=16).hexdigest()


def own_files(event: Event) -> tuple[str, ...]:
    """The files of the stack that are the sender's own, where it crashed first, causes before what they raised."""
    frames = [frame for exception in event.exceptions for frame in reversed(exception.frames) if frame.file]
    flagged = not all(frame.in_app for frame in frames)  # who flags all, as browsers' SDKs do, has not flagged
    found: dict[str, None] = {}
    for frame in frames:
        flag = frame.in_app if flagged else None
        if frame.file and frame.file not in found and (not _foreign(frame) if flag is None else flag):
            found[frame.file] = None
            if len(found) == FRAMES:
                break
    return tuple(found)


def _foreign(frame: Frame) -> bool:
    return _remembered(frame.function, frame.module, frame.file, frame.package)


_remembered = lru_cache(maxsize=16_384)(is_library)
