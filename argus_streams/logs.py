"""Logging to standard error; a library that says the same line over and over is heard once in ten seconds."""

import logging
from time import monotonic

# Warnings and up. "abc" is what Faust calls ours; what asks models would tell what they are told.
QUIET = ("faust", "mode", "aiokafka", "abc", "asyncio", "librdkafka", "anthropic", "httpx2")
POOL = "psycopg.pool"
AGAIN_SECONDS = 10.0


class _Repeats(logging.Filter):
    """Drops what a library said in the same words (their format) within the last seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("argus_streams."):
            return True
        key, now = (record.name, str(record.msg)[:60]), monotonic()
        if now - self._said.get(key, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        self._said[key] = now
        return True


def quieten() -> None:
    """For commands that end with an answer or one line of error: no library tells the same beside it."""
    for name in (POOL, "librdkafka"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def configure(level: str) -> None:
    """Set up logging for a worker process."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_Repeats())
    for name in (*QUIET, POOL):
        logging.getLogger(name).setLevel(logging.WARNING)
