"""How much of a load one core does, as it was measured."""

from argus_streams.core.planning.figures import Given

TARGET = 0.7  # of CPU and disk that is used on average, as autoscaling aims at; the rest is for peaks and catching up
DAY = 86_400.0  # s
GIB = 1024.0**3


def heavier(given: Given) -> float:
    """How many times the measured body one of the load is, never less than once: work by the byte is the worst case."""
    return max(1.0, given.load.body / given.figures.body.value)


def a_core(given: Given, role: str) -> float:
    """Bodies that a core of this role does in a second; only NORMALIZE and the broker handle the bodies' own bytes."""
    figure = given.figures.cpu[role].value
    return figure / heavier(given) if role in ("normalize", "broker") else figure
