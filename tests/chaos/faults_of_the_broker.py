"""A broker that dies, and one that is slow, cut off, or refuses."""

import asyncio
import re

from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource
from waiting import until

from argus_streams.agents.wire import DEAD

SIZE = "max.message.bytes"
REFUSAL = re.compile(r"ending: .*(?:were not confirmed|refused a record)")
TINY = "60"  # bytes of a batch: less than any record needs


async def the_broker_is_killed_and_restarted(play):
    """As in a power cut of its process."""
    play.stage.house.broker.kill()
    await asyncio.sleep(play.random.uniform(2, 6))
    await asyncio.to_thread(play.stage.house.broker.restart)
    await play.mended(play.regulars)


async def acknowledgements_are_slow_connections_are_cut_and_the_network_swallows(play):
    """What is written arrives late, perhaps, or twice; a record that fails must not be overtaken by its successor."""
    async with play.stage.house.side_door.opened() as door:
        await play.replaced(KAFKA_BOOTSTRAP_SERVERS=door.bootstrap)
        door.delay(0.3)
        await asyncio.sleep(play.random.uniform(4, 6))
        for _ in range(6):
            door.cut()
            await asyncio.sleep(play.random.uniform(0.3, 1.5))
        door.hold()
        await asyncio.sleep(play.random.uniform(11, 14))  # above the session time-out
        door.mend()
        await asyncio.sleep(2)  # a worker notices that it was put out of its group only now
        await play.mended(play.regulars)
        play.say(f"  {door.connections} connections and {door.passed:,} bytes came through the side door")
        await play.replaced()


async def the_topics_that_a_stage_writes_refuse_records(play):
    """A produce error of a real broker: who can not write stops, and nothing is passed over."""
    topics = play.stage.topics
    for topic, role in ((topics.normalized, "normalize"), (topics.changelog, "correlate"), (topics.kept, "correlate")):
        await _refused(play, topic, role)


async def the_dead_letter_topic_refuses_writes(play):
    """A letter that can not be written stops the process: passed over, the body would be gone."""
    await _refused(play, f"{play.stage.topics.incoming}{DEAD}", "normalize")


async def _refused(play, topic, role):
    before = _refusals(play, role)
    await asyncio.to_thread(_set, play.stage, topic, SIZE, TINY)
    try:
        await until(lambda: _refusals(play, role) >= before + 2, f"{role} goes on, though {topic} refuses records")
    finally:
        await asyncio.to_thread(_reset, play.stage, topic, SIZE)
    await play.mended(play.regulars)


def _refusals(play, role):
    """How often a worker ended because the broker did not take what it wrote."""
    return len(REFUSAL.findall(play.regulars.log(role)))


def _set(stage, topic, name, value):
    _alter(stage, topic, ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET))


def _reset(stage, topic, name):
    """What it was, which is what its declaration says."""
    _alter(stage, topic, ConfigEntry(name, None, incremental_operation=AlterConfigOpType.DELETE))
    stage.build()


def _alter(stage, topic, entry):
    admin = AdminClient(stage.settings.kafka())
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])
    for answer in admin.incremental_alter_configs([resource]).values():
        answer.result(10)
