"""What a chain of exceptions says of its cause: types and frames, or types and values where nothing has a stack."""

from collections.abc import Iterable, Iterator, Sequence

from argus_streams.core.events import Event, ExceptionInfo, Frame
from argus_streams.core.grouping.frames import read, spoken
from argus_streams.core.grouping.wordings import headline, said

Part = tuple[str, str]

_EXCEPTIONS = 10  # of a chain, the ones raised last
_FRAMES = 60  # of all exceptions together
_CRASHING = 8  # frames that speak where none is the project's own
_CYCLE = 4  # functions that call each other in turn
_MISSING = "<none>"
_CLASSLESS = ("*errors.", "*fmt.")  # all that a Go error without a type of its own says is its message
_GO = frozenset(
    {"go", "golang"}
)  # whose wrapped errors have no stack, and few reporters unwrap: the outermost says all
_WITHHELD = frozenset({"stripped_application_code"})  # what a scrubbed report calls each function of the app


def simple_type(name: str | None) -> str | None:
    """``ConnectionError`` of ``requests.exceptions.ConnectionError``: not every sender tells the namespace."""
    if not name:
        return None
    last = name.strip().replace("\\", ".").rpartition(".")[2]
    return last if last.replace("$", "_").isidentifier() else name.strip() or None


def stack_parts(event: Event) -> tuple[Part, ...]:
    """Types and frames of the chain, the cause first; empty if the values tell more than the frames do."""
    platform = spoken(event.exceptions, event.platform)
    chain = _relevant(event.exceptions, platform)
    stacks = _own_stacks(chain, platform)
    if not any(_telling(stack) for stack in stacks):
        if any(stacks) and any(exception.value for exception in chain):
            return ()  # the project's frames are there, their names are withheld: a library's would lead astray
        stacks = [_crashing(exception.frames, platform) for exception in chain]
    if not any(stacks):
        return ()
    if len(chain) > 1:
        stacks = _unshared(stacks)
    stacks = _bounded(stacks)
    return tuple([part for exception, keys in zip(chain, stacks, strict=True) for part in _told(exception, keys)])


def value_parts(event: Event) -> tuple[Part, ...]:
    """Types and templates of the values of the chain; empty if there is neither."""
    parts: list[Part] = []
    for exception in _relevant(event.exceptions, event.platform):
        name = None if exception.synthetic else simple_type(exception.type)
        if name:
            parts.append(("type", name))
        value = said(name, exception.value)
        if value:
            parts.append(("message", value))
    return tuple(parts)


def _told(exception: ExceptionInfo, keys: Sequence[str]) -> Iterator[Part]:
    name = None if exception.synthetic else simple_type(exception.type)
    if name or keys:
        yield "type", name or _MISSING
    if exception.type and exception.type.startswith(_CLASSLESS):
        yield "message", headline(exception.value) or _MISSING
    for key in keys:
        yield "frame", key


def _own_stacks(chain: Sequence[ExceptionInfo], platform: str | None) -> list[list[str]]:
    """The keys of the project's own frames.

    By the sender's flags; a sender that flags none, or all as browsers' SDKs do, has not flagged, and known library
    places decide.
    """
    if not all(frame.in_app for exception in chain for frame in exception.frames):
        stacks = [_collapsed(_flagged(exception.frames, platform)) for exception in chain]
        if any(stacks):
            return stacks
    return [_collapsed(_own(exception.frames, platform)) for exception in chain]


def _telling(stack: Iterable[str]) -> bool:
    return any(key not in _WITHHELD for key in stack)


def _flagged(frames: Iterable[Frame], platform: str | None) -> Iterator[str | None]:
    if not any(frame.in_app for frame in frames):
        return
    for frame in frames:
        key, own = read(frame, platform)
        if own if frame.in_app is None else frame.in_app:
            yield key


def _own(frames: Iterable[Frame], platform: str | None) -> Iterator[str | None]:
    for frame in frames:
        key, own = read(frame, platform)
        if own:
            yield key


def _crashing(frames: Iterable[Frame], platform: str | None) -> list[str]:
    """The keys next to the crash, where all frames are a library's."""
    keys = [key for frame in frames if (key := read(frame, platform)[0]) is not None]
    return _collapsed(keys)[-_CRASHING:]


def _collapsed(keys: Iterable[str | None]) -> list[str]:
    """Without recursion: neither ``a a`` nor ``a b a b`` says more than ``a`` or ``a b``, however deep it went."""
    kept: list[str] = []
    seen: set[str] = set()
    for key in keys:
        if key is None:
            continue
        kept.append(key)
        if key in seen:
            _fold_back(kept)
        seen.add(key)
    return kept


def _fold_back(kept: list[str]) -> None:
    for size in range(1, _CYCLE + 1):
        if len(kept) >= 2 * size and kept[-size:] == kept[-2 * size : -size]:
            del kept[-size:]
            return


def _unshared(stacks: list[list[str]]) -> list[list[str]]:
    """A cause without the callers that it shares with what was raised from it, as Java prints it ("... 23 more")."""
    told = []
    for stack, outer in zip(stacks, [*stacks[1:], []], strict=True):
        shared = set(outer)
        start = next((index for index, key in enumerate(stack) if key not in shared), len(stack))
        told.append(stack[start:])
    return told


def _bounded(stacks: list[list[str]]) -> list[list[str]]:
    """At most 60 keys, those next to the crash of what was raised last first."""
    left = _FRAMES
    kept: list[list[str]] = []
    for stack in reversed(stacks):
        kept.append(stack[-left:] if left else [])
        left -= len(kept[-1])
    return kept[::-1]


def _relevant(exceptions: Sequence[ExceptionInfo], platform: str | None) -> Sequence[ExceptionInfo]:
    """The exceptions that tell the problem: of a group its distinct kinds, without the wrapper if there is but one."""
    if any(exception.is_group for exception in exceptions):
        exceptions = _of_group(exceptions, platform) or exceptions
    elif platform in _GO:
        exceptions = [exception for exception in exceptions[:-1] if exception.frames] + list(exceptions[-1:])
    return exceptions[-_EXCEPTIONS:]


def _of_group(exceptions: Sequence[ExceptionInfo], platform: str | None) -> Sequence[ExceptionInfo] | None:
    """One of each kind in a group, or ``None`` if the ids make no tree."""
    known: dict[int | None, ExceptionInfo] = {
        exception.id: exception for exception in exceptions if exception.id is not None
    }
    roots = [exception for exception in exceptions if exception.parent_id is None]
    if len(known) != len(exceptions) or len(roots) != 1:
        return None
    children: dict[int | None, list[ExceptionInfo]] = {}
    for exception in sorted(exceptions, key=lambda each: each.id or 0):
        children.setdefault(exception.parent_id, []).append(exception)
    reached, found, waiting = 0, [], [roots[0]]
    while waiting:
        exception = waiting.pop()
        below = children.get(exception.id, [])
        reached += 1
        waiting.extend(below)
        if not exception.is_group and _raised_in(exception, known):
            found.append(exception)
    if reached != len(exceptions) or not found:
        return None  # a cycle, a missing parent, or nothing but wrappers
    kinds = {_kind(exception, platform): exception for exception in reversed(found)}
    if len(kinds) == 1:
        return _path(found[0], children)
    return [*(kinds[kind] for kind in sorted(kinds)), roots[0]]


def _raised_in(exception: ExceptionInfo, known: dict[int | None, ExceptionInfo]) -> bool:
    """Whether it is a member of a group, rather than the cause of another exception."""
    parent = known.get(exception.parent_id)
    return parent is not None and parent.is_group


def _kind(exception: ExceptionInfo, platform: str | None) -> tuple[Part, ...]:
    keys = _own_stacks([exception], platform)[0]
    return tuple(_told(exception, keys or [headline(exception.value) or ""]))


def _path(exception: ExceptionInfo, children: dict[int | None, list[ExceptionInfo]]) -> Sequence[ExceptionInfo]:
    """The exception with its first causes, the innermost first."""
    path = [exception]
    while below := children.get(path[-1].id):
        path.append(below[0])
    return path[::-1]
