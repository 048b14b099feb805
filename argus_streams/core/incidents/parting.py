"""Moves subjects out of an incident, because a person says that they are another problem."""

from collections.abc import Callable
from typing import TypeVar

from msgspec import structs

from argus_streams.core.grouping.state import worse
from argus_streams.core.incidents.cluster import Cluster

T = TypeVar("T")


def part(cluster: Cluster, subjects: frozenset[str], name: int) -> Cluster:
    """A new cluster of these subjects, which for good stays apart from the one that they leave."""
    moved = Cluster(name, cluster.status, opened=cluster.opened, live=cluster.live)
    signals = {each.signal_id for each in cluster.members if each.subject in subjects}
    moved.members, cluster.members = _split(cluster.members, lambda each: each.subject in subjects)
    moved.recent, cluster.recent = _split(cluster.recent, lambda each: each[2] in subjects)
    within = [each for each in cluster.links if (each.one in signals) == (each.other in signals)]
    moved.links, cluster.links = _split(within, lambda each: each.one in signals)
    moved.hidden = {one: by for one, by in cluster.hidden.items() if one in signals and by in signals}
    cluster.hidden = {one: by for one, by in cluster.hidden.items() if one not in signals and by not in signals}
    moved.subjects = {each: cluster.subjects.pop(each) for each in sorted(subjects) if each in cluster.subjects}
    moved.signals = sum(each.signals for each in moved.subjects.values())
    cluster.signals -= moved.signals
    _part_suspects(cluster, moved, subjects)
    for each in (moved, cluster):
        _tell_again(each)
    moved.apart, cluster.apart = [*cluster.apart, cluster.id], [*cluster.apart, name]
    return moved


def _part_suspects(cluster: Cluster, moved: Cluster, subjects: frozenset[str]) -> None:
    for key, suspect in list(cluster.suspects.items()):
        theirs, ours = _split(suspect.support, subjects.__contains__)
        if theirs:
            moved.suspects[key] = structs.replace(suspect, support=theirs)
        if ours:
            suspect.support = ours
        else:
            del cluster.suspects[key]


def _tell_again(cluster: Cluster) -> None:
    """What is told of a cluster's members, from these that are left."""
    cluster.services = list(dict.fromkeys(each.service for each in cluster.members if each.service))
    cluster.environments = list(dict.fromkeys(each.environment for each in cluster.members if each.environment))
    cluster.severity = "debug"
    for each in cluster.members:
        cluster.severity = worse(cluster.severity, each.severity or "debug")
    symptoms = [each.at for each in cluster.members if each.subject in cluster.subjects]
    cluster.first_at = min(symptoms, default=cluster.first_at)
    cluster.last_at = max((at for at, _, _ in cluster.recent), default=cluster.first_at)


def _split(items: list[T], chosen: Callable[[T], bool]) -> tuple[list[T], list[T]]:
    return [each for each in items if chosen(each)], [each for each in items if not chosen(each)]
