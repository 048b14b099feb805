"""Ids of lately in the table, and read from it once while nobody else changes them."""

from collections.abc import Mapping

from argus_streams.agents.overlay import Overlay
from argus_streams.core.grouping.redelivery import Ids
from argus_streams.streaming.agent import State

IDS = ":ids"  # begins their keys; no slug begins with a colon


class Remembered:
    """The ids of each partition of the table."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Ids]] = {}  # with the epoch under which they were read

    def of(self, partition: int, state: State) -> Ids:
        """Those of a partition. What a turn added that did not come to its end is in none of them."""
        values, epoch = Overlay(state, partition, IDS), state.epoch(partition)
        known = self._known.get(partition)
        if known is not None and known[0] == epoch and not known[1].changed and known[1].version == values.get(""):
            return known[1]
        found = Ids(values.get)
        self._known[partition] = (epoch, found)
        return found


def keep(ids: Mapping[int, Ids], state: State) -> None:
    """Write what was added, by partition.

    After the groups: a kill may leave any beginning of what is written, and an id that is known, of an occurrence that
    is not counted, would make it a duplicate.
    """
    for partition, found in ids.items():
        if found.changed:
            for name, value in found.changes():
                state.put(partition, f"{IDS}/{name}".encode() if name else IDS.encode(), value)
