"""Regions: how the topics are named that MirrorMaker 2 brings here from others."""

import re
from collections.abc import Collection, Iterable

ALIAS = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")  # of a region; Kafka's names of topics allow more


def checked(aliases: tuple[str, ...]) -> tuple[str, ...]:
    """The aliases. Raises ``ValueError`` where one can not be, or is named twice."""
    for alias in aliases:
        if not ALIAS.fullmatch(alias):
            raise ValueError(f"{alias!r} is not an alias: 1 to 32 of a-z, 0-9 and -, as MirrorMaker has it")
    if len(set(aliases)) < len(aliases):
        raise ValueError("a region is named twice")
    return aliases


def mirror(alias: str, topic: str) -> str:
    """The name here of a region's topic: MirrorMaker's DefaultReplicationPolicy, with its separator "."."""
    return f"{alias}.{topic}"


def everywhere(topics: Iterable[str], aliases: Collection[str]) -> tuple[str, ...]:
    """The topics, and after each what other regions have in theirs."""
    return tuple(name for topic in topics for name in (topic, *(mirror(alias, topic) for alias in aliases)))


def home(topic: str, mirrored: Collection[str]) -> str:
    """The topic of ``mirrored`` that ``topic`` is another region's version of; else the topic itself."""
    alias, _, name = topic.partition(".")
    return name if name in mirrored and ALIAS.fullmatch(alias) else topic
