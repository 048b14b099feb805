"""Exceptions that are made of others: a cause is told before what it brought about, members before their group."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import msgspec

from argus_streams.core.events import ExceptionInfo
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS

MAX_DEPTH = 8  # of groups in groups

Block = list["str | Block"]  # lines, and among them the members of the group that they tell


class Node(NamedTuple):
    """One exception, what caused it, and what it groups."""

    exception: ExceptionInfo
    cause: "Node | None" = None
    members: "tuple[Node, ...]" = ()


def own(block: Block) -> list[str]:
    """The lines of a block that are not its members'."""
    return [item for item in block if isinstance(item, str)]


def members(block: Block) -> list[Block]:
    """The blocks inside a block, one a member."""
    return [item for item in block if not isinstance(item, str)]


def listed(root: Node | None) -> tuple[ExceptionInfo, ...]:
    """All that hangs on a node, itself last; with ids only where there is a group, as the vendors' reporters do."""
    found = list(_walked(root, None, count())) if root else []
    if not any(one.is_group for one in found):
        found = [msgspec.structs.replace(one, id=None, parent_id=None) for one in found]
    return tuple(found[-MAX_EXCEPTIONS:])


def _walked(node: Node, parent: int | None, ids: "count[int]") -> Iterator[ExceptionInfo]:
    number = next(ids)
    for below in (node.cause, *node.members):
        if below is not None:
            yield from _walked(below, number, ids)
    yield msgspec.structs.replace(node.exception, id=number, parent_id=parent, is_group=bool(node.members))
