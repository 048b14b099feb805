"""What a worker measures of its turns, its position and its state."""

from argus_streams.metric import Metric

COUNTS = (1, 10, 30, 100, 300, 1_000, 2_000, 5_000)
BYTES = (1e3, 1e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7)
DELAYS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0, 604_800.0)

# -- counted once a turn -------------------------------------------------------------------------------------------

TURN = Metric("argus_turn_seconds", "histogram", "Time of a turn, from taking what waits to its confirmation.")
STEP = Metric(
    "argus_step_seconds",
    "histogram",
    "Time of one step of a turn: take, decide (waiting while holding included), forward, changelog, store.",
    ("step",),
)
DELAY = Metric(
    "argus_delay_seconds",
    "histogram",
    "Time from a record's arrival in Kafka to its confirmation here, of the oldest record of each partition in a turn.",
    ("topic",),
    DELAYS,
)
CHUNK_RECORDS = Metric("argus_chunk_records", "histogram", "Records of one partition that a fetch brought.", (), COUNTS)
CHUNK_BYTES = Metric(
    "argus_chunk_bytes", "histogram", "Bytes of keys and values of one partition that a fetch brought.", (), BYTES
)
RECORDS_IN = Metric("argus_records_in", "counter", "Records processed and confirmed.", ("topic",))
BYTES_IN = Metric(
    "argus_bytes_in", "counter", "Bytes of keys and values taken into a turn, repeats included.", ("topic",)
)
RECORDS_OUT = Metric(
    "argus_records_out", "counter", "Records written and acknowledged by the broker, changelog included.", ("topic",)
)
BYTES_OUT = Metric("argus_bytes_out", "counter", "Bytes of keys and values of them, before compression.", ("topic",))
LETTERS = Metric(
    "argus_letters",
    "counter",
    "Dead letters written. A worker tells 60 reasons apart; later ones are counted as `other`.",
    ("stage", "reason"),
)

# -- looked up when they are asked for -----------------------------------------------------------------------------

LAG = Metric(
    "argus_lag_records",
    "gauge",
    "Offsets between what is committed and the end of the partition, as of 10 s ago at most.",
    ("topic", "partition"),
)
HEADROOM = Metric(
    "argus_headroom_records",
    "gauge",
    "Offsets between the beginning of the partition and what is committed: below 0, retention has deleted what was not "
    "read.",
    ("topic", "partition"),
)
COMMIT_AGE = Metric(
    "argus_commit_age_seconds", "gauge", "Time since the last commit; it grows also while nothing comes."
)
RECOVERY_DONE = Metric("argus_recovery_done_records", "gauge", "Changelog offsets that the last recovery has read.")
RECOVERY_ALL = Metric("argus_recovery_all_records", "gauge", "Changelog offsets that the last recovery had to read.")
RECOVERY_TIME = Metric("argus_recovery_seconds", "gauge", "Time that the last recovery took, or has taken so far.")
HOLDS = Metric("argus_holds", "counter", "How often work began to wait for something outside.", ("cause",))
HELD = Metric("argus_held_seconds", "counter", "Time spent so.", ("cause",))
HOLDING = Metric(
    "argus_holding",
    "gauge",
    "1 while work waits: for Kafka (broker), for what the stage needs (outside), for a setting to be mended (setting), "
    "for permissions (refused), or for bytes that are damaged (unreadable).",
    ("cause",),
)
HOLES = Metric(
    "argus_holes",
    "counter",
    "Holes before a fetched chunk: asked for again (repaired), or still there in the answer (real).",
    ("kind",),
)
EXPIRED = Metric(
    "argus_expired_records",
    "counter",
    "Offsets that retention deleted before they were read: they are lost, and the ledger tells which.",
    ("topic",),
)
SALVAGED = Metric("argus_salvaged_batches", "counter", "Batches read around a record that the client can not decode.")
REBALANCES = Metric("argus_rebalances", "counter", "How often this worker gained or lost partitions, or was asked to.")
PARTITIONS = Metric("argus_partitions", "gauge", "Input partitions that this worker has.")
ALL_PARTITIONS = Metric("argus_input_partitions", "gauge", "Partitions of all its inputs, whoever has them.")
OVERWRITTEN = Metric(
    "argus_overwritten_records",
    "counter",
    "Changelog records of earlier owners that came late and were written over.",
)
QUEUE = Metric("argus_producer_queue_records", "gauge", "Records that wait in the producer for the broker.")
KEYS = Metric("argus_state_keys", "gauge", "Keys in the local store; RocksDB estimates them.")
STATE_BYTES = Metric("argus_state_bytes", "gauge", "Bytes of the local store on disk; RocksDB alone tells them.")
STATE_MEMORY = Metric(
    "argus_state_memory_bytes", "gauge", "Memory of RocksDB: block cache, write buffers and what it knows of its files."
)
STATE_FREE = Metric(
    "argus_state_free_bytes", "gauge", "What is free of the file system with the state folder; RocksDB alone has one."
)
STATE_ROOM = Metric("argus_state_room_bytes", "gauge", "How large that file system is.")
BUILD = Metric("argus_build_info", "gauge", "1; which version runs, in which consumer group.", ("version", "group"))
READY = Metric("argus_ready", "gauge", "1 while `/readyz` says that this worker is ready.")

PUSHED = (TURN, STEP, DELAY, CHUNK_RECORDS, CHUNK_BYTES, RECORDS_IN, BYTES_IN, RECORDS_OUT, BYTES_OUT, LETTERS)
PULLED = (
    BUILD, READY, PARTITIONS, ALL_PARTITIONS, LAG, HEADROOM, COMMIT_AGE, HOLDING, HOLDS, HELD, RECOVERY_DONE,
    RECOVERY_ALL, RECOVERY_TIME, REBALANCES, HOLES, EXPIRED, SALVAGED, OVERWRITTEN, QUEUE, KEYS, STATE_BYTES,
    STATE_MEMORY, STATE_FREE, STATE_ROOM,
)  # fmt: skip
