"""The clusters of a project while signals are folded into them: who is where, joined with whom, and kept apart."""

from collections.abc import Iterable
from typing import Protocol

from argus_streams.core.incidents.cluster import Cluster
from argus_streams.core.incidents.facts import Fact, identity
from argus_streams.core.incidents.rules import CHANGES


class Archive(Protocol):
    """Incidents that are over, for as long as they can open again."""

    def named(self, identity: int) -> Cluster | None: ...

    def holding(self, subject: str) -> Cluster | None:
        """The latest one that a subject was in."""
        ...


class Book:
    """Which cluster each signal and each subject is in."""

    def __init__(self, clusters: Iterable[Cluster], archive: Archive) -> None:
        self._archive = archive
        self.clusters: dict[int, Cluster] = {}
        self._homes: dict[int, int] = {}  # signal → cluster
        self._subjects: dict[str, int] = {}
        self._commits: dict[str, int] = {}
        for cluster in sorted(clusters, key=lambda each: (each.last_at, each.id)):
            self.enter(cluster)

    def enter(self, cluster: Cluster) -> None:
        """Know a cluster, its signals and its subjects."""
        self.clusters[cluster.id] = cluster
        self._move(cluster, cluster)
        for subject in cluster.subjects:
            self._subjects[subject] = cluster.id
        for commit in cluster.commits:
            self._commits[commit] = cluster.id

    def home(self, fact: Fact) -> Cluster | None:
        """The cluster that a signal is in; a commit is one change, whatever it is pushed and deployed to."""
        at = self._homes.get(fact.id)
        if at is None and fact.role in CHANGES and fact.commit:
            at = self._commits.get(fact.commit)
        return None if at is None else self._followed(at)

    def holds(self, fact: Fact) -> bool:
        """Whether this very signal is in a cluster."""
        return fact.id in self._homes

    def settle(self, fact: Fact, cluster: Cluster) -> None:
        """A signal is in this cluster from now on, and so is what is about the same subject."""
        self._homes[fact.id] = cluster.id
        if fact.subject in cluster.subjects:
            self._subjects[fact.subject] = cluster.id
        if fact.role in CHANGES and fact.commit:
            self._commits[fact.commit] = cluster.id

    def holding(self, subject: str) -> Cluster | None:
        """The cluster that a subject was in last."""
        at = self._subjects.get(subject)
        found = None if at is None else self._followed(at)
        if found is None:
            found = self._archive.holding(subject)
            if found is not None and found.id not in self.clusters:
                self.enter(found)
        return found

    def named(self, identity: int) -> Cluster | None:
        """The incident of this id, or the one that has taken its signals over."""
        at = identity if identity in self.clusters else self._homes.get(identity, identity)
        found = self._followed(at)
        if found is None:
            found = self._archive.named(identity)
            if found is not None:
                self.enter(found)
                found = self._followed(found.id)
        return found

    def begin(self, fact: Fact) -> Cluster:
        """A cluster of one."""
        free = fact.id
        while free in self.clusters:  # a signal that was split off, or merged away, has left its name behind
            free = identity(str(free), fact.signal_id)
        cluster = self.clusters[free] = Cluster(free)
        return cluster

    def drop(self, cluster: Cluster) -> None:
        """Nothing became of it."""
        self.clusters.pop(cluster.id, None)

    def unite(self, one: Cluster, other: Cluster, at: int, reason: str, by: str | None = None) -> Cluster:
        """Make one of two; the one that opened first takes the other over, a person's word goes before that."""
        first, second = (one, other) if by is not None else sorted((one, other), key=_seniority)
        opened = second.status != "pending"
        first.absorb(second)
        self._move(second, first)
        for subject in second.subjects:
            if subject in first.subjects:
                self._subjects[subject] = first.id
        if not opened:
            self.clusters.pop(second.id)
            return first
        self.clusters[second.id] = _tombstone(second, first, at, reason, by)
        return first

    def _move(self, cluster: Cluster, into: Cluster) -> None:
        for _, fact, _ in cluster.recent:
            self._homes[fact] = into.id
        for change in cluster.changes:
            self._homes[change] = into.id

    def apart(self, one: Cluster, other: Cluster) -> bool:
        """Whether people have parted them."""
        return any(self._same(at, other) for at in one.apart) or any(self._same(at, one) for at in other.apart)

    def _same(self, at: int, cluster: Cluster) -> bool:
        found = self._followed(at)
        return found is not None and found.id == cluster.id

    def _followed(self, at: int) -> Cluster | None:
        found = self.clusters.get(at)
        for _ in range(len(self.clusters)):
            if found is None or found.into is None:
                return found
            found = self.clusters.get(found.into)
        return found


def _seniority(cluster: Cluster) -> tuple[bool, int, int, int]:
    return cluster.status == "pending", cluster.opened, cluster.first_at, cluster.id


def _tombstone(gone: Cluster, taker: Cluster, at: int, reason: str, by: str | None) -> Cluster:
    return Cluster(
        gone.id,
        "merged",
        gone.first_at,
        gone.last_at,
        gone.opened,
        at,
        by,
        reason,
        taker.id,
        gone.severity,
        live=gone.live,
    )
