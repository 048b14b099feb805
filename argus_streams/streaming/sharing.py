"""Which member of a consumer group gets which partitions: evenly, and where they are already.

Evenly goes first: no member has two more than another. Faust's assignor lets 16 members keep 4 of 64 partitions each
when 4 more join, for that is what 20 may have at most, and the new ones idle.
"""

from collections.abc import Collection, Mapping, Sequence


def shares(
    held: Mapping[str, Collection[int]], partitions: int, load: Mapping[str, int]
) -> Mapping[str, Sequence[int]]:
    """Each of so many partitions to one member, by member; as many as can be stay with who held them.

    ``held`` has all members; where two name the same partition, one of them has been away. ``load`` is what members got
    of other topics: of members that held alike, who has least of that gets the one that is over.
    """
    few, over = divmod(partitions, len(held))
    order = sorted(held, key=lambda member: (-len(held[member]), load.get(member, 0), member))
    room = {member: few + (place < over) for place, member in enumerate(order)}
    shared: dict[str, list[int]] = {member: [] for member in held}
    free = []
    for number in range(partitions):
        holders = [member for member in order if number in held[member] and len(shared[member]) < room[member]]
        if holders:
            shared[holders[-1]].append(number)  # who held fewest has fewest others to keep
        else:
            free.append(number)
    for number in free:
        taker = min(order, key=lambda member: len(shared[member]) - room[member])
        shared[taker].append(number)
    return {member: sorted(numbers) for member, numbers in shared.items()}
