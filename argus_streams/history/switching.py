"""``argus replay promote`` and ``drop``: which generation readers see, and the end of one."""

from argus_streams import app
from argus_streams.adapters import generations, topics
from argus_streams.core.generations.naming import FIRST
from argus_streams.history.site import Refused, Site
from argus_streams.history.stages import lagging
from argus_streams.settings import Settings
from argus_streams.streaming.offsets import StillRunning

PATIENCE_SECONDS = 20.0  # until all that there was when it was asked has gone through every stage


async def promote(site: Site, name: str) -> str | None:
    """Make readers see a generation; the name of the one that they saw, ``None`` where it was this one.

    Raises ``Refused`` while a stage of it lags.
    """
    made, url = site.of(name), site.given.database()
    record = await site.record(name)
    if record.status == "live":
        return None
    if not record.ready:
        raise Refused(f"{name} is not ready: run `argus replay start {name}` again")
    stage = await lagging(site, made, PATIENCE_SECONDS)
    if stage is not None:
        raise Refused(
            f"{name} lags: {stage.role} has {stage.lag:,} records to read; see `argus replay status {name}`, and that "
            f"`argus worker all --generation {name}` runs"
        )
    former = await generations.promote(url, made.making().schema)
    return None if former is None else site.given.naming().with_schema(former).name


async def droppable(site: Site, name: str) -> None:
    """Raise ``Refused`` for the live generation, ``StillRunning`` for one whose workers run."""
    made = site.of(name)
    record = await generations.find(site.given.database(), made.making().schema)
    if record is not None and record.status == "live":
        raise Refused(f"{name} is live: promote another one first")
    if record is None and name == FIRST:
        raise Refused("the first generation is gone already")
    running = await site.offsets.running(_groups(made))
    if running:
        raise StillRunning(f"workers of {', '.join(running)} run: stop them first")


async def drop(site: Site, name: str) -> tuple[str, ...]:
    """Remove all of a generation; what was still there of it. Its row goes last: what stopped half-way goes on."""
    await droppable(site, name)
    made, url = site.of(name), site.given.database()
    schema = made.making().schema
    gone = [f"consumer group {each}" for each in await site.offsets.delete(_groups(made))]
    prefix = made.making().prefix
    own = [prefix + topic.name for topic in topics.load() if topic.kind != "input"]
    gone += [f"topic {each}" for each in topics.delete(site.given.kafka(), own)]
    if await generations.find(url, schema) is not None:
        await generations.drop(url, schema)
        gone.append(f"schema {schema}")
    return tuple(gone)


def _groups(made: Settings) -> list[str]:
    return [app.group_of(made, role) for role in app.ROLES]
