"""Up to where each partition's outcomes are counted, so that what is read again is not."""

from argus_streams.core.events import Origin

Marks = dict[str, dict[int, tuple[int, int]]]  # topic id → partition → (offset, index) counted last


def passed(marks: Marks, origin: Origin) -> bool:
    """Whether what stands there was counted already."""
    mark = marks.get(origin.topic, {}).get(origin.partition)
    return mark is not None and (origin.offset, origin.index) <= mark


def marked(marks: Marks, origin: Origin) -> Marks:
    """The marks with this one as the last of its partition."""
    return {**marks, origin.topic: {**marks.get(origin.topic, {}), origin.partition: (origin.offset, origin.index)}}
