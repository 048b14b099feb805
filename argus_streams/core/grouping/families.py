"""Groups that are linked, as people see them: one row, whose numbers are the sums of what each counts by itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from argus_streams.core.messages import Group

K = TypeVar("K", str, int)


class Family(NamedTuple):
    """Groups that count as one."""

    canonical: Group  # the one that all are linked with in the end
    members: Sequence[Group]  # itself among them, the latest first


def families(groups: Iterable[Group]) -> Sequence[Family]:
    """The groups by what they count with, in order of the one seen last; a link with a group not among them is none."""
    known = {(group.project, group.fingerprint): group for group in groups}
    found: dict[tuple[str, str], list[Group]] = {}
    for group in sorted(known.values(), key=lambda each: (-each.last_seen, each.project, each.fingerprint)):
        found.setdefault((group.project, _canonical(group, known)), []).append(group)
    return [Family(known[key], members) for key, members in found.items()]


def _canonical(group: Group, known: Mapping[tuple[str, str], Group]) -> str:
    """Where the chain of links ends; a circle ends at its first fingerprint by name.

    A chain may lead to a group that this one must not count with: then it counts with none.
    """
    chain = [group.fingerprint]
    while (other := known[group.project, chain[-1]].linked) and (group.project, other) in known:
        if other in group.apart:
            return group.fingerprint
        if other in chain:
            return min(chain[chain.index(other) :])
        chain.append(other)
    return chain[-1]


def summed(family: Family) -> Group:
    """The canonical group with the numbers of all; of users the most that one has, for nobody knows who is the same."""
    members = family.members
    return msgspec.structs.replace(
        family.canonical,
        count=sum(each.count for each in members),
        closed=sum(each.closed for each in members),
        duplicates=sum(each.duplicates for each in members),
        users=max(each.users for each in members),
        first_seen=min(each.first_seen for each in members),
        last_seen=max(each.last_seen for each in members),
        environments=tuple(sorted({name for each in members for name in each.environments})),
        sources=_sum(each.sources for each in members),
        hours=_sum(each.hours for each in members),
    )


def _sum(counts: Iterable[Mapping[K, int]]) -> dict[K, int]:
    total: dict[K, int] = {}
    for each in counts:
        for key, number in each.items():
            total[key] = total.get(key, 0) + number
    return total
