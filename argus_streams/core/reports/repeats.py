"""What of an incident's signals is news to a reader: an alert that flaps is one line, each deploy is its own."""

from collections.abc import Iterable

from argus_streams.core.findings import Member


def first_of_each(members: Iterable[Member]) -> list[tuple[Member, int]]:
    """The first signal of each kind about each group, and how many there are; in the order of the first ones."""
    alike: dict[tuple[str, str], list[Member]] = {}
    for member in members:
        what = member.subject if member.kind.startswith("group_") else member.signal_id
        alike.setdefault((member.kind, what), []).append(member)
    return [(each[0], len(each)) for each in alike.values()]
