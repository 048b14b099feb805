"""Audits a deployment: what the command line, the demo and the tests call."""

from argus_streams.adapters import generations
from argus_streams.adapters.database import open_database
from argus_streams.adapters.holdings import PostgresHoldings
from argus_streams.auditing.cutting import BEGINNING, Began, Cutter, Scope
from argus_streams.auditing.drain import records_of
from argus_streams.auditing.evidence import Progress
from argus_streams.auditing.kafka import KafkaLog
from argus_streams.auditing.passes import Reading
from argus_streams.auditing.run import audit
from argus_streams.core.audit.verdict import Verdict
from argus_streams.core.generations.naming import FIRST
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition

PATIENCE_SECONDS = 30.0  # an audit takes longer than a busy database takes to answer


async def audited(given: Settings, scope: Scope, progress: Progress) -> Verdict:
    """What is missing or double in a deployment, as of now."""
    schema = given.making().schema
    async with open_database(given.database(), schema, connections=1, patience=PATIENCE_SECONDS) as database:
        await database.probe()
        began = await _began(given)
        projects = {topic: project for topic, (_, project) in given.input_defaults().items()}
        with records_of(given) as records:
            cut = await Cutter(given, records, began).cut(scope)
            return await audit(Reading(cut, KafkaLog(records), progress), PostgresHoldings(database), projects)


async def _began(given: Settings) -> Began:
    """Where the generation begins that workers make under these settings."""
    made = given.making()
    record = None if made.name == FIRST else await generations.find(given.database(), made.schema)
    if record is None:
        return BEGINNING
    return Began(record.since or 0, {Partition(topic, number): at for topic, _, number, at in record.starts})
