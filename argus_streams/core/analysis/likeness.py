"""How alike two groups are, by what their fingerprints were made of: no embedding, and no message of one event."""

from collections.abc import Sequence

from msgspec import Struct

from argus_streams.core.grouping.parameterize import parameterize
from argus_streams.core.messages import Group

_TEXTS = ("message", "title", "fingerprint", "alert", "ci")
_NEAR = 4  # frames from the crash, where a frame counts half of the crashing one
_STACK = 0.6  # what stacks count of both


class Likeness(Struct, frozen=True):
    """A score from 0 to 1, and what it was drawn from."""

    score: float
    frames: float | None = None  # None = one of them has none
    message: float | None = None


def likeness(one: Group, other: Group) -> Likeness:
    """How much of types, frames and templates they share; 0 for other types or other kinds."""
    if one.kind != other.kind or _parts(one, "type") != _parts(other, "type"):
        return Likeness(0.0)
    frames = _frames(_parts(one, "frame"), _parts(other, "frame"))
    message = _messages(_words(one), _words(other))
    both = [score for score in (frames, message) if score is not None]
    if frames is None or message is None:
        return Likeness(max(both, default=0.0), frames, message)
    # Near-equal stacks are enough; a renamed function next to the crash is found by what both say.
    return Likeness(max(frames, _STACK * frames + (1 - _STACK) * message), frames, message)


def _parts(group: Group, name: str) -> tuple[str, ...]:
    return tuple(text for part, text in group.parts if part == name)


def _words(group: Group) -> set[str]:
    """Of what is said, without what varies: of the parts, else of the title."""
    told = [text for name, text in group.parts if name in _TEXTS] or [parameterize(group.title)]
    return {word for text in told for word in text.split()} - {group.type or "", f"{group.type}:"}


def _frames(one: Sequence[str], other: Sequence[str]) -> float | None:
    """The share of frames that both have, each weighed by how near it is to the crash."""
    if not one or not other:
        return None
    weights: dict[str, float] = {}
    for stack in (one, other):
        for distance, frame in enumerate(reversed(stack)):
            weights[frame] = max(weights.get(frame, 0.0), _NEAR / (_NEAR + distance))
    shared = set(one) & set(other)
    return sum(weights[frame] for frame in shared) / sum(weights.values())


def _messages(one: set[str], other: set[str]) -> float | None:
    """The share of words that both have (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else None
