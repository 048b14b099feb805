"""What other rules would make of groups: which events that are one group now would be one then, told in few words."""

from typing import Literal

from msgspec import Struct

Fate = Literal["stays", "moves", "splits", "joins", "appears", "vanishes"]
FATES: dict[Fate, str] = {
    "stays": "with the same events as now",
    "moves": "with the same events, under another id",
    "splits": "whose events would be several groups",
    "joins": "that would be one of what are several now",
    "appears": "that would be made of events that no group has now",
    "vanishes": "that would have no event any more",
}


class Part(Struct, frozen=True):
    """A group and the events of another that it has too."""

    project: str
    fingerprint: str
    title: str
    events: int


class Change(Struct, frozen=True, kw_only=True):
    """What becomes of one group: of an old one, or for ``joins`` and ``appears`` of a new one."""

    fate: Fate
    project: str
    fingerprint: str
    title: str
    events: int
    others: int  # groups of the other side that its events are in
    parts: tuple[Part, ...]  # the largest of those
    unread: int = 0  # events of it that would be none


class Summary(Struct, frozen=True):
    """What all changes add up to."""

    bodies: int
    events_now: int
    events_then: int
    fates: dict[str, int]  # groups by fate; old ones, of joins and appears the new ones


def fate_of_old(news: int, olds_of_it: int, *, same: bool) -> Fate:
    """What becomes of a group of today whose events ``news`` groups would have.

    ``olds_of_it`` and ``same`` are of that group if it is one: how many of today's would go into it, and whether it
    has the same fingerprint.
    """
    if news == 0:
        return "vanishes"
    if news > 1:
        return "splits"
    if olds_of_it > 1:
        return "joins"
    return "stays" if same else "moves"


def fate_of_new(olds: int) -> Fate | None:
    """What a group is that would be there, unless today's groups tell it already."""
    if olds == 0:
        return "appears"
    return "joins" if olds > 1 else None
