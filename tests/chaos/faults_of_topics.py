"""Topics that are deleted and made again under the same name."""

import asyncio
import time

import psycopg
import verdict
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from waiting import until

from argus_streams import app
from argus_streams.agents.wire import DEAD

TRIES = 30


async def the_inputs_are_deleted_and_made_again(play):
    """What stands under another id is another log: every position in the old one is void."""
    for topic, role in ((play.stage.topics.incoming, "normalize"), (play.stage.topics.normalized, "correlate")):
        play.audited = False  # the topics with the sightings of before are gone
        async with play.quiet():
            await play.stage.remember_ends()
            process = play.regulars.process(role)
            await _made_again(play, topic)
        await until(lambda: play.regulars.process(role) is not process, f"{role} goes on in {topic}")  # noqa: B023
        await play.mended(play.regulars)
        await asyncio.sleep(play.random.uniform(1, 3))


async def the_dead_letter_topic_is_gone_for_a_while(play):
    """Nothing is passed over, and what reads it does not start; an operator makes it again."""
    dead = f"{play.stage.topics.incoming}{DEAD}"
    play.audited = False  # the letters of before are gone
    before = play.regulars.restarts()
    async with play.quiet():
        await asyncio.to_thread(_delete, play.stage, dead)
    await until(lambda: play.regulars.restarts() > before or play.refused, "all goes on without a place for letters")
    await asyncio.sleep(play.random.uniform(2, 4))
    await asyncio.to_thread(play.stage.build)
    await play.stage.started_again(play.regulars)
    play.refused.clear()
    await play.mended(play.regulars)


async def the_changelog_is_deleted_and_made_again(play):
    """The state is gone: nobody counts on from nothing; an operator has all counted again (docs/operations)."""
    stage, crew = play.stage, play.regulars
    async with play.quiet():
        await _made_again(play, stage.topics.changelog)
        await until(lambda: play.refused, "GROUP counts on without its state")
        assert "was deleted or made anew, and the state in it is gone" in crew.log("correlate")
        told = verdict.complaints(play.oracle, await verdict.found(stage))
        assert not told, "\n".join(told)
        async with stage.unattended(crew):
            await crew.dismissed()
            await asyncio.to_thread(_forgotten, stage)
            crew.supervisor.start()
    play.refused.clear()
    await play.mended(crew)


def _forgotten(stage):
    """Positions and rows that the old state told."""
    group, admin = app.group_of(stage.settings, "correlate"), AdminClient(stage.settings.kafka())
    for _ in range(TRIES):  # a worker that ended without leaving is a member until its session is over
        try:
            admin.delete_consumer_groups([group], request_timeout=5)[group].result()
            break
        except KafkaException:
            time.sleep(1)
    else:
        raise TimeoutError(group)
    with psycopg.connect(stage.settings.database()) as connection:
        connection.execute("truncate argus_live.error_groups, argus_live.group_days cascade")


async def _made_again(play, topic):
    await asyncio.to_thread(_delete, play.stage, topic)
    await asyncio.to_thread(play.stage.build)


def _delete(stage, topic):
    admin = AdminClient(stage.settings.kafka())
    admin.delete_topics([topic], operation_timeout=10)[topic].result(10)
