"""How alike two groups are, by what their fingerprints were made of: no embedding, and no message of one event."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from argus_streams.core.messages import Group

_TEXTS = ("message", "title", "fingerprint", "alert", "ci")
_RIGHT = 4  # of the frames, those next to the crash count most


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
    message = _messages(_texts(one), _texts(other))
    told = [score for score in (frames, message) if score is not None]
    if not told:
        return Likeness(0.0)
    return Likeness(max(told), frames, message)


def _parts(group: Group, name: str) -> tuple[str, ...]:
    return tuple(text for part, text in group.parts if part == name)


def _texts(group: Group) -> list[str]:
    return [word for name, text in group.parts if name in _TEXTS for word in text.split()]


def _frames(one: Sequence[str], other: Sequence[str]) -> float | None:
    """The share of frames that both have, each weighed by how near it is to the crash."""
    if not one or not other:
        return None
    weights: dict[str, float] = {}
    for stack in (one, other):
        for distance, frame in enumerate(reversed(stack)):
            weights[frame] = max(weights.get(frame, 0.0), _RIGHT / (_RIGHT + distance))
    shared = set(one) & set(other)
    return sum(weights[frame] for frame in shared) / sum(weights.values())


def _messages(one: Collection[str], other: Collection[str]) -> float | None:
    """The share of words that both have (Jaccard)."""
    if not one or not other:
        return None
    first, second = set(one), set(other)
    return len(first & second) / len(first | second)
