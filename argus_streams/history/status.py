"""``argus replay status``: the generations, how far each stage of them has read, and how long the rest may take."""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import NamedTuple

from msgspec import Struct
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from argus_streams.adapters import generations
from argus_streams.adapters.generations import Record, Status
from argus_streams.app import Role
from argus_streams.core.moments import moment
from argus_streams.history.site import Site
from argus_streams.history.stages import Stand, stands
from argus_streams.streaming.position import Partition

SAMPLE_SECONDS = 3.0  # between two looks at a generation that lags: commits come every second


class StageStatus(Struct, frozen=True):
    """One stage; numbers are records of its inputs since it began."""

    stage: Role
    done: int
    total: int
    lag: int
    per_second: float | None  # by which the lag shrinks; None = nothing to measure
    seconds_left: float | None  # None = not known, or it does not shrink


class GenerationStatus(Struct, frozen=True):
    """One generation; times are ms since 1970."""

    name: str
    status: Status
    ready: bool
    started_at: int
    since: int | None  # the inputs are read from here on; None = from their beginning
    seeded: int  # groups taken over
    stages: tuple[StageStatus, ...]


class _Look(NamedTuple):
    at: float  # s of a monotonic clock
    stands: Sequence[Stand]


async def statuses(site: Site, name: str | None) -> list[GenerationStatus]:
    """Of all generations, the oldest first, or of one."""
    if name is not None:
        return [await _status(site, await site.record(name))]
    found = await generations.every(site.given.database())
    return [await _status(site, each) for each in found if site.given.naming().owns(each.schema)]


def show(found: Sequence[GenerationStatus], out: Console) -> None:
    """Print them."""
    for each in found:
        since = "the beginning" if each.since is None else moment(each.since)
        taken = f", {each.seeded:,} groups taken over" if each.seeded else ""
        ready = "" if each.ready else ", NOT READY: run `argus replay start` again"
        head = f"{each.name}: {each.status}, reads from {since}, started {moment(each.started_at)}{taken}{ready}"
        out.print(head, markup=False, soft_wrap=True)
        out.print(_table(each.stages))


def _table(stages: Sequence[StageStatus]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("stage", "read", "of", "lag", "left"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for each in stages:
        table.add_row(each.stage, f"{each.done:,}", f"{each.total:,}", f"{each.lag:,}", _left(each))
    return table


def _left(stage: StageStatus) -> str:
    if not stage.lag:
        return "nothing"
    if stage.seconds_left is None:
        return "does not shrink"
    minutes, seconds = divmod(int(stage.seconds_left), 60)
    return f"about {minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"about {minutes} min {seconds} s"  # noqa: PLR2004 - minutes of an hour


async def _status(site: Site, record: Record) -> GenerationStatus:
    name = site.name_of(record)
    starts = {Partition(topic, partition): offset for topic, _, partition, offset in record.starts}
    first = await _look(site, name, starts)
    last = first
    if any(each.lag for each in first.stands):
        await asyncio.sleep(SAMPLE_SECONDS)
        last = await _look(site, name, starts)
    stages = tuple(_stage(one, two, last.at - first.at) for one, two in zip(first.stands, last.stands, strict=True))
    return GenerationStatus(name, record.status, record.ready, record.created_at, record.since, record.seeded, stages)


async def _look(site: Site, name: str, starts: Mapping[Partition, int]) -> _Look:
    return _Look(monotonic(), await stands(site, site.of(name), starts))


def _stage(before: Stand, now: Stand, seconds: float) -> StageStatus:
    rate = (before.lag - now.lag) / seconds if now.lag and seconds > 0 else None
    left = now.lag / rate if rate is not None and rate > 0 else None
    return StageStatus(now.role, now.done, now.done + now.lag, now.lag, rate, left)
