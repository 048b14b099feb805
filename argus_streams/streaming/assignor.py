"""Faust's assignor with shares of our own: its messages and its name, so that workers of both kinds make one group."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from faust.assignor.client_assignment import ClientAssignment, CopartitionedAssignment
from faust.assignor.cluster_assignment import ClusterAssignment
from faust.assignor.partition_assignor import PartitionAssignor

from argus_streams.streaming.sharing import shares


class Assignor(PartitionAssignor):
    """Topics of equal partition counts, read by the same members, are handed out alike: state goes with its inputs."""

    def _perform_assignment(self, cluster: Any, member_metadata: Mapping[str, Any]) -> Any:
        told = {member: self._get_client_metadata(metadata) for member, metadata in member_metadata.items()}
        subscribed = {member: list(metadata.subscription) for member, metadata in member_metadata.items()}
        before = ClusterAssignment()
        for member, metadata in told.items():
            before.add_client(member, subscribed[member], metadata)
        self._update_member_urls(told)
        alike = self._get_copartitioned_groups(before.topics(), cluster, subscribed)
        after = {member: ClientAssignment(actives={}, standbys={}) for member in told}
        load: Counter[str] = Counter()
        for count, topics in sorted(_flat(alike), key=lambda each: (-each[0], each[1])):
            held = {member: known.actives for member, known in before.copartitioned_assignments(set(topics)).items()}
            for member, numbers in shares(held, count, load).items():
                after[member].add_copartitioned_assignment(
                    CopartitionedAssignment(actives=set(numbers), topics=set(topics))
                )
                load[member] += len(numbers) * len(topics)
        return self._protocol_assignments(after, {}, {}, {})


def _flat(alike: Mapping[int, Iterable[Iterable[str]]]) -> list[tuple[int, list[str]]]:
    return [(count, sorted(topics)) for count, groups in alike.items() for topics in groups]
