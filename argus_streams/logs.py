"""Logging to standard error; a library that says the same line over and over is heard once in ten seconds."""

import logging
import sys
import threading
from time import gmtime, monotonic
from typing import Literal

# Warnings and up. "abc" is what Faust calls ours; what asks models would tell what they are told.
QUIET = ("faust", "mode", "aiokafka", "abc", "asyncio", "librdkafka", "anthropic", "httpx2")
POOL = "psycopg.pool"
AGAIN_SECONDS = 10.0

Form = Literal["text", "json"]
Extra = dict[str, object]

log = logging.getLogger(__name__)


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


class _Lines(logging.StreamHandler):  # type: ignore[type-arg]  # whose stream is standard error
    """Says what can not be formatted as it was written, for Python's own complaint would be no line of this form."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - Python's name
        if record.args:
            record.args = ()
            self.emit(record)


def about(topic: str, partition: int, offset: int | None = None, index: int | None = None) -> Extra:
    """What a line about a record, or about a partition, says of it beside its words: ``extra`` of Python's logging."""
    place = {"topic": topic, "partition": partition, "offset": offset, "index": index}
    return {"origin": {name: value for name, value in place.items() if value is not None}}


def quieten() -> None:
    """For commands that end with an answer or one line of error: no library tells the same beside it."""
    for name in (POOL, "librdkafka"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def configure(level: str, form: Form = "text", role: str = "") -> None:
    """Set up logging for a worker process; as JSON, one object a line, also of what nobody catches."""
    handler = _Lines()
    handler.setFormatter(_text() if form == "text" else _json(role))
    handler.addFilter(_Repeats())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in (*QUIET, POOL):
        logging.getLogger(name).setLevel(logging.WARNING)
    if form == "json":
        _catch()


def _text() -> logging.Formatter:
    return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")


def _json(role: str) -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter  # noqa: PLC0415 - of no use to most commands

    form = JsonFormatter(
        ["asctime", "levelname", "name", "message"],
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "exception"},
        static_fields={"role": role} if role else {},
    )
    form.converter, form.default_time_format, form.default_msec_format = gmtime, "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
    return form


def _catch() -> None:
    """Let warnings and what nobody catches be lines as all others."""
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda kind, error, trace: log.critical("ending: %s", error, exc_info=(kind, error, trace))
    threading.excepthook = lambda told: log.critical(
        "a thread ended: %s", told.exc_value, exc_info=told.exc_value or told.exc_type()
    )
    sys.unraisablehook = lambda told: log.error(
        "%s: %r", told.err_msg or "Exception ignored in", told.object, exc_info=told.exc_value
    )
