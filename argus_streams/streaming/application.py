"""Faust's app, as this engine uses it: membership, assignment and agents, nothing that is kept or declared."""

import socket
import uuid
from collections.abc import Sequence
from typing import Any

import faust
from faust.serializers.codecs import Codec

from argus_streams.streaming.assignor import Assignor

SESSION_SECONDS = 10.0  # how long partitions stand still after a crash (aiokafka's 60 s would be a minute)
HEARTBEAT_SECONDS = 1.0  # until a worker hears that others come or go; with 3 s that is most of what a partition waits
REBALANCE_SECONDS = 15.0
# without a fetch aiokafka would leave the group, as it does not know that we hold, and never come back
POLL_SECONDS = 10 * 365 * 86_400.0
CHUNK_BYTES = 1024 * 1024  # one fetch of one partition, as it lies on the broker: perhaps compressed
CHUNK_RECORDS = 2_000  # given to the loop at once: bounds memory where compression hides how much it is
CHUNKS_WAITING = 32


class App(faust.App):
    """Faust's app without folders of its own: our state has one, and the current directory may be read-only."""

    def _create_directories(self) -> None:
        """Nothing is kept there."""


class Chunks(Codec):
    """Lets chunks through Faust's decoding untouched."""

    def _loads(self, s: Any) -> Any:
        return s

    def _dumps(self, s: Any) -> Any:
        return s


def application(group: str, servers: Sequence[str], credentials: Any) -> faust.App:
    """An app of this consumer group that was not started yet; servers are host:port."""
    return App(
        group,
        broker=[f"kafka://{server}" for server in servers],
        broker_credentials=credentials,
        canonical_url=f"http://{socket.gethostname()}-{uuid.uuid4().hex[:12]}:6066",  # keys Faust's assignment
        web_enabled=False,
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        PartitionAssignor=Assignor,
        table_standby_replicas=1,  # else aiokafka's round robin would be taken, which hands each topic out otherwise
        stream_buffer_maxsize=CHUNKS_WAITING,
        stream_wait_empty=True,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=HEARTBEAT_SECONDS,
        broker_rebalance_timeout=REBALANCE_SECONDS,
        broker_commit_interval=1.0,
        broker_max_poll_interval=POLL_SECONDS,
        broker_max_poll_records=CHUNK_RECORDS,
        consumer_max_fetch_size=CHUNK_BYTES,
        consumer_auto_offset_reset="earliest",
    )
